"""The one place that makes HTTP sessions.

    polite    GETs to a registry: paced, retried, bounded
    guarded   POSTs to other people's URLs: only to addresses that may be reached, once, bounded
    network   whom to trust, and by which proxy to go
    answers   what a server answered, or why it did not, in words
    deadline  a deadline that holds    adapter   the connections of `requests`, bounded by it
    reading   heads that are whole, bodies that end

The rule to keep: everything that a server can do to us is bounded here, and no exception of the libraries escapes.
"""

from monitor.http.answers import Response, status_in_words
from monitor.http.guarded import GuardedSession
from monitor.http.network import Network
from monitor.http.polite import ATTEMPTS, LONGEST_LEFT_ALONE, PoliteSession, checked_base_url, library

__all__ = [
    "ATTEMPTS",
    "LONGEST_LEFT_ALONE",
    "GuardedSession",
    "Network",
    "PoliteSession",
    "Response",
    "checked_base_url",
    "library",
    "status_in_words",
]
