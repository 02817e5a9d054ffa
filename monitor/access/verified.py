"""Which tokens a process verified lately, so that not every request costs a slow hash. Bounded, and in memory alone."""

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock

REMEMBERED = timedelta(minutes=5)
MOST_REMEMBERED = 1024


class VerifiedTokens:
    """Which tokens this process verified lately."""

    def __init__(self) -> None:
        self._until: OrderedDict[bytes, datetime] = OrderedDict()
        self._lock = Lock()

    def holds(self, digest: bytes, now: datetime) -> bool:
        """Whether it was."""
        with self._lock:
            until = self._until.get(digest)
        # One that is further ahead was noted before the clock was set back.
        return until is not None and now < until <= now + REMEMBERED

    def add(self, digest: bytes, now: datetime) -> None:
        """Remember one."""
        with self._lock:
            self._until[digest] = now + REMEMBERED
            self._until.move_to_end(digest)
            if len(self._until) > MOST_REMEMBERED:
                self._until.popitem(last=False)
