"""A sandbox that answers like ISRCTN's XML API: queries by the moment of the last edit or by words, and single trials.

trials -> markup -> sandbox      invented trials, the XML they are served as, and the answers
asked                            what a query means
"""

from monitor.sandbox.isrctn.sandbox import Sandbox

__all__ = ["Sandbox"]
