"""How often somebody may give a wrong password, code or token: counted in memory, in a bounded space.

MOST wrong ones in a row are free, by each name and from each network; after these each wrong one doubles the time in
which nothing is looked at, from a minute to an hour. A quarter of an hour without any, or a right one, ends it. Where
somebody signs in from a network in which they have a session, that is counted by itself: a stranger elsewhere who tries
their name does not lock them out.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from monitor.errors import TriedTooOften
from monitor.text import counted

MOST = 10
FORGOTTEN_AFTER = timedelta(minutes=15)
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
MOST_KNOWN = 8192
"""Of each kind of key; the one that was heard of longest ago is forgotten first."""

Key = tuple[str, str]
"""A kind, such as name or network, and which."""


@dataclass(slots=True)
class _Count:
    wrong: int
    until: datetime
    """When it is looked at again, or else when the last one was wrong."""


class Tries:
    """Counts what was wrong."""

    def __init__(self) -> None:
        self._counts: dict[str, OrderedDict[str, _Count]] = {}
        self._lock = Lock()

    def check(self, keys: Sequence[Key], now: datetime) -> None:
        """Raise TriedTooOften while one of these has to wait."""
        with self._lock:
            waits = [count.until - now for key in keys if (count := self._known(key, now)) and count.until > now]
        if waits:
            seconds = max(waits).total_seconds()
            minutes = counted(int(-(-seconds // 60)), "minute")
            raise TriedTooOften(f"too many tries went wrong: wait {minutes}, and try again then", wait=seconds)

    def wrong(self, keys: Sequence[Key], now: datetime) -> None:
        """Count one that was wrong."""
        with self._lock:
            for key in keys:
                count = self._known(key, now)
                self._put(key, _Count(wrong := (count.wrong if count else 0) + 1, now + _wait_after(wrong)))

    def right(self, keys: Sequence[Key]) -> None:
        """Forget these: one was right."""
        with self._lock:
            for kind, which in keys:
                self._of(kind).pop(which, None)

    def _of(self, kind: str) -> OrderedDict[str, _Count]:
        return self._counts.setdefault(kind, OrderedDict())

    def _known(self, key: Key, now: datetime) -> _Count | None:
        count = self._of(key[0]).get(key[1])
        # A clock that was set back lets nobody wait for longer than they would have to.
        is_over = count is not None and not -LONGEST_WAIT <= now - count.until < FORGOTTEN_AFTER
        return None if is_over else count

    def _put(self, key: Key, count: _Count) -> None:
        known = self._of(key[0])
        known[key[1]] = count
        known.move_to_end(key[1])
        if len(known) > MOST_KNOWN:
            known.popitem(last=False)


def _wait_after(wrong: int) -> timedelta:
    if wrong < MOST:
        return timedelta(0)
    doubled: timedelta = FIRST_WAIT * 2 ** min(wrong - MOST, 10)
    return min(doubled, LONGEST_WAIT)
