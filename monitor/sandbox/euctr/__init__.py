"""A sandbox that answers like EUCTR: the feed of the last seven days, and its downloads in text form.

trials -> texts -> sandbox       invented trials, the texts that they are served as, and the answers
"""

from monitor.sandbox.euctr.sandbox import Sandbox

__all__ = ["Sandbox"]
