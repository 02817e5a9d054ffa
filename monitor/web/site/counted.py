"""Counts that take long to make and change seldom, kept for a minute or less: one thread counts, others do not wait.

They are kept by what they count; each is made anew after some seconds, or where data have changed since. Whoever comes
then makes it, and all who come meanwhile get the former one.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import TypeVar, cast

T = TypeVar("T")

SECONDS = 60.0
MOST = 500
"""Counts that are kept: those asked for last."""


@dataclass(slots=True)
class _Count:
    """What was counted last; nothing where *version* is None."""

    lock: Lock = field(default_factory=Lock)
    version: str | None = None
    until: float = 0.0
    value: object = None

    def is_good(self, version: str) -> bool:
        return self.version == version and monotonic() < self.until


class Counted:
    """The counts that were asked for last."""

    def __init__(self) -> None:
        self._counts: OrderedDict[Hashable, _Count] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, version: str, count: Callable[[], T], *, seconds: float = SECONDS) -> T:
        """What *count* gives, of this *version* of the data; or what it gave before, while another thread counts.

        It is kept for so many *seconds*.
        """
        kept = self._kept(key)
        if not kept.is_good(version) and kept.lock.acquire(blocking=kept.version is None):
            try:
                if not kept.is_good(version):
                    kept.value = count()
                    kept.version, kept.until = version, monotonic() + seconds
            finally:
                kept.lock.release()
        return cast("T", kept.value)

    def forget(self) -> None:
        """Count all anew."""
        with self._lock:
            self._counts.clear()

    def _kept(self, key: Hashable) -> _Count:
        with self._lock:
            kept = self._counts.setdefault(key, _Count())
            self._counts.move_to_end(key)
            while len(self._counts) > MOST:
                self._counts.popitem(last=False)
            return kept
