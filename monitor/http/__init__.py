"""The one place that makes HTTP sessions.

    polite    GETs to a registry: paced, retried, bounded
    guarded   POSTs to other people's URLs: only to allowed addresses, once, bounded
    network   which certificates to trust, and which proxy to use
    answers   an answer, or why there was none, in words
    deadline  a deadline that is kept    adapter   the connections of `requests`, bounded by it
    reading   complete heads, and bodies up to a limit

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
