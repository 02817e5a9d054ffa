"""A sandbox that answers like DRKS: the file of all trials, a zip of JSON.

trials -> bulk -> sandbox        invented trials, the file that they are packed into, and the answers
"""

from monitor.sandbox.drks.sandbox import Sandbox

__all__ = ["Sandbox"]
