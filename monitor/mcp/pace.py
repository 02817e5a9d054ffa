"""How often agents may change something: one that runs wild is stopped before it does much."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from threading import Lock

AN_HOUR = 30
"""Calls that change something, for each who asks."""
WITHIN = timedelta(hours=1)
MOST_KNOWN = 1_000
"""Of those who ask, how many are remembered."""


class Pace:
    """When each who asks has changed something of late. For one process, from any thread."""

    def __init__(self, most: int = AN_HOUR) -> None:
        self._most = most
        self._lock = Lock()
        self._changes: OrderedDict[str, deque[datetime]] = OrderedDict()

    def take(self, who: str, now: datetime) -> datetime | None:
        """Count a change; None where it may be made, else when the next one may be."""
        with self._lock:
            made = self._changes.pop(who, None) or deque()
            self._changes[who] = made
            if len(self._changes) > MOST_KNOWN:
                self._changes.popitem(last=False)
            while made and not now - WITHIN < made[0] <= now:  # the clock may have been set back
                made.popleft()
            if len(made) >= self._most:
                return made[0] + WITHIN
            made.append(now)
            return None
