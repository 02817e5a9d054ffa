"""A sandbox that answers like CTIS: searches that are posted, and whole records.

trials -> rows -> sandbox        invented trials, the rows of searches that follow from them, and the answers
"""

from monitor.sandbox.ctis.sandbox import Sandbox

__all__ = ["Sandbox"]
