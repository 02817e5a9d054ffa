"""The line under the frame of every page: how much was seen, of when the data are, when the last and the next look are.

It counts all watched trials, so it is read anew only every few seconds, by whoever asks first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Lock
from time import monotonic

from monitor.errors import StoreError
from monitor.model.stamps import built_at
from monitor.storage import coverage, events, health, registries, trials
from monitor.storage.pages import Within
from monitor.storage.store import Store

READ_EVERY = 5.0
"""Seconds."""
REST = 50
"""So it takes two hundredths of the time, however many trials are watched."""
NEVER_READ = float("-inf")


class Sight(StrEnum):
    """How much can be trusted that nothing was missed."""

    WHOLE = "whole"
    LATE = "late"
    """A part was not seen."""
    BLIND = "blind"
    """No registry was read of late, or the database does not answer."""
    NOTHING = "nothing"
    """Nothing is watched."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What was seen, at a moment."""

    sight: Sight
    seen: int = 0
    watched: int = 0
    denied: int = 0
    """Of those, numbers that their registry does not know: of them nothing can be missed."""
    unread: int = 0
    """Watched trials that were never read."""
    data_of: datetime | None = None
    """The version of the registries' data; the oldest, where there are several registries."""
    looked_at: datetime | None = None
    """When a registry was last read."""
    next_at: datetime | None = None
    """When the next look is due; None where none is, or where it was due before the last one, as while it lasts."""
    registries: Sequence[str] = ()
    latest: str | None = None
    """The id of the event that was seen last."""
    version: str = ""
    """Changes with what any page shows of trials: names the latest event too."""
    news: str = ""
    """The same without what each look changes though it finds nothing new: how many trials were seen, and when."""


NO_ANSWER = Proof(Sight.BLIND)


class ProofReader:
    """Reads it, and keeps it for READ_EVERY seconds; where it takes long, REST times as long."""

    def __init__(self, store: Store, *, check_every: timedelta, names: Mapping[str, str]) -> None:
        """*names* are those of the registries, by key."""
        self._store = store
        self._check_every = check_every
        self._names = names
        self._lock = Lock()
        self._kept = NO_ANSWER
        self._until = NEVER_READ

    def read(self, now: datetime) -> Proof:
        """The proof as of the last few seconds; NO_ANSWER where the database gives none."""
        if monotonic() >= self._until and self._lock.acquire(blocking=self._until == NEVER_READ):
            try:
                began = monotonic()
                self._kept = self._fresh(now)
                ended = monotonic()
                self._until = ended + max(READ_EVERY, REST * (ended - began))
            finally:
                self._lock.release()
        return self._kept

    def kept(self) -> Proof | None:
        """The proof as it was read a few seconds ago; None where it is to be read anew."""
        return self._kept if monotonic() < self._until else None

    def since(self, now: datetime) -> datetime:
        """Since when a trial has to have been checked to count as seen now."""
        return coverage.seen_since(now, check_every=self._check_every)

    def forget(self) -> None:
        """Read it anew when it is asked for next: something was done."""
        self._until = NEVER_READ

    def _fresh(self, now: datetime) -> Proof:
        try:
            with self._store.read() as tx:
                seen = coverage.by_registry(tx, Within(), since=self.since(now))
                watched = sum(coverage.watched_by_registry(tx).values())
                denied = sum(coverage.denied_by_registry(tx).values())
                named = [registries.last_said(tx, each).named_at for each in sorted(trials.watched_registries(tx))]
                looks = health.readable_listing(tx)
                latest = events.latest_id(tx)
        except StoreError:
            return NO_ANSWER
        looked = [at for at in named if at]
        looked_at = max(looked, default=None)
        versions = [at for each in seen if each.version and (at := built_at(each.version))]
        checked = sum(each.checked for each in seen)
        read = sum(each.read for each in seen)
        sight = self._sight(checked + denied, watched, looked_at, now)
        news = (sight, latest, watched, denied, read, *((each.registry, each.version) for each in seen))
        coming = [each.next_check_at for each in looks if looked_at is None or each.next_check_at > looked_at]
        seen_at = (checked, *(each.named_at for each in seen), *looked)
        return Proof(
            sight=sight,
            seen=checked,
            watched=watched,
            denied=denied,
            unread=max(watched - read, 0),
            data_of=min(versions, default=None),
            looked_at=looked_at,
            next_at=min(coming, default=None),
            registries=tuple(self._names.get(each.registry, each.registry) for each in seen),
            latest=latest,
            version=repr((*news, *seen_at)),
            news=repr(news),
        )

    def _sight(self, settled: int, watched: int, looked_at: datetime | None, now: datetime) -> Sight:
        if not watched:
            return Sight.NOTHING
        if looked_at is None or looked_at < self.since(now):
            return Sight.BLIND
        return Sight.WHOLE if settled >= watched else Sight.LATE
