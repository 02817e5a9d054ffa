"""That this process lives, as others see it, and that others do: each moves the number of a lease of its own.

No wall clock takes part: see `monitor.service.leadership`. What is known of others is what this process has seen by its
own monotonic clock; while it saw nothing, because the database was away or it slept, nobody's time has run.
"""

from collections.abc import Callable
from datetime import datetime

from structlog.typing import FilteringBoundLogger

from monitor.storage import claims, leases
from monitor.storage.holders import in_words, is_gone
from monitor.storage.leases import TAKEN_AFTER, Lease
from monitor.storage.store import Store

BEAT_EVERY = 10.0
HOLDS_FOR = 25.0
"""Seconds after its last beat for which a process may count on not being taken for gone."""
_SLEPT = 2 * BEAT_EVERY


class Presence:
    """The lease of this process, *own*, and what is seen of those of others. Call `step` every BEAT_EVERY seconds."""

    def __init__(
        self,
        own: str,
        *,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float],
        log: FilteringBoundLogger,
    ) -> None:
        self.own = own
        self._clock = clock
        self._monotonic = monotonic
        self._log = log
        self._epoch = 0
        self._renewed_at: float | None = None
        self._looked_at: float | None = None
        self._seen: dict[str, tuple[Lease, float]] = {}

    def epoch(self) -> int | None:
        """A number that changes when others took this process for gone; None where they may be about to."""
        held = self._renewed_at is not None and self._monotonic() - self._renewed_at < HOLDS_FOR
        return self._epoch if held else None

    def step(self, store: Store) -> None:
        """Show that this process lives, and make due what those hold that do not. Raise StoreError."""
        asked_at = self._monotonic()
        with store.begin() as tx:
            if not leases.renew(tx, leases.worker(self.own), self.own):
                leases.take(tx, leases.worker(self.own), self.own, seen=None)
                self._epoch += 1
        self._renewed_at = asked_at
        for lease in self._gone(store):
            with store.begin() as tx:
                # Of several that see it gone, one does so.
                is_first = leases.end(tx, leases.worker(lease.holder), seen=lease)
                count = claims.give_back(tx, lease.holder, now=self._clock()) if is_first else 0
            if is_first:
                self._log.warning("a worker has died", worker=in_words(lease.holder), deliveries=count)

    def leave(self, store: Store) -> None:
        """Be gone, as nothing is held any more."""
        self._renewed_at = None
        with store.begin() as tx:
            leases.release(tx, leases.worker(self.own), self.own)

    def _gone(self, store: Store) -> list[Lease]:
        with store.read() as tx:
            others = [each for each in leases.of_workers(tx) if each.holder != self.own]
        now = self._monotonic()
        if self._looked_at is None or now - self._looked_at > _SLEPT:
            self._seen = {}
        self._looked_at = now
        former = self._seen
        self._seen = {
            each.holder: former[each.holder] if former.get(each.holder, (None,))[0] == each else (each, now)
            for each in others
        }
        return [each for each, since in self._seen.values() if is_gone(each.holder) or now - since >= TAKEN_AFTER]
