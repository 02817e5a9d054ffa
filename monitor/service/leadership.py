"""The lease that makes one process at a database the active one.

No wall clock takes part, so none that is set or wrong can make two leaders or none. The holder moves a number in the
database. Who waits takes over once the number has not moved for TAKEN_AFTER by its own monotonic clock, or at once
where the holder is a process of this machine that is gone. A holder that could not move the number for HOLDS_FOR stops
working, and before anybody can take over: HOLDS_FOR counts from before the number was moved, TAKEN_AFTER from after.
"""

from collections.abc import Callable

from structlog.typing import FilteringBoundLogger

from monitor.storage import leases
from monitor.storage.holders import in_words, is_gone
from monitor.storage.leases import SCHEDULER, TAKEN_AFTER, Lease
from monitor.storage.store import Store

BEAT_EVERY = 10.0
HOLDS_FOR = 25.0


class Leadership:
    """Whether this process, *own*, is the active one.

    `step` is to be called every BEAT_EVERY seconds; *won* is called when it makes this process the active one.
    """

    def __init__(
        self,
        store: Store,
        own: str,
        *,
        monotonic: Callable[[], float],
        log: FilteringBoundLogger,
        won: Callable[[], None] = lambda: None,
    ) -> None:
        self.reached_at: float | None = None
        """When the database last did what it was asked; None before the first time."""
        self._store = store
        self._own = own
        self._monotonic = monotonic
        self._log = log
        self._won = won
        self._renewed_at: float | None = None
        self._seen: tuple[Lease, float] | None = None
        self._waiting_for: str | None = None

    @property
    def active(self) -> bool:
        """Whether this process may work now."""
        return self._renewed_at is not None and self._monotonic() - self._renewed_at < HOLDS_FOR

    @property
    def standing(self) -> str:
        """Leader or standby; unknown where the database has not said yet, or no more."""
        if self.active:
            return "leader"
        return "standby" if self._waiting_for else "unknown"

    def step(self) -> None:
        """Keep the lease, or try to get it. Raise StoreError where the database does not answer."""
        if self._renewed_at is None:
            self._try()
        else:
            self._renew()
        self.reached_at = self._monotonic()

    def release(self) -> None:
        """Let the next one take over at once."""
        if self._renewed_at is not None:
            self._renewed_at = None
            with self._store.begin() as tx:
                leases.release(tx, SCHEDULER, self._own)

    def _renew(self) -> None:
        asked_at = self._monotonic()
        with self._store.begin() as tx:
            held = leases.renew(tx, SCHEDULER, self._own)
        self._renewed_at = asked_at if held else None
        if not held:
            self._log.warning("another process has taken over, this one waits")

    def _try(self) -> None:
        asked_at = self._monotonic()
        with self._store.read() as tx:
            lease = leases.get(tx, SCHEDULER)
        if not self._is_free(lease, asked_at):
            self._wait_for(lease)
            return
        with self._store.begin() as tx:
            taken = leases.take(tx, SCHEDULER, self._own, seen=lease)
        if taken:
            self._renewed_at, self._seen, self._waiting_for = asked_at, None, None
            self._log.info("active: this process looks at registries and sends what is owed")
            self._won()

    def _is_free(self, lease: Lease | None, now: float) -> bool:
        if lease is None or is_gone(lease.holder):
            return True
        if self._seen is None or self._seen[0] != lease:
            self._seen = lease, self._monotonic()
        return now - self._seen[1] >= TAKEN_AFTER

    def _wait_for(self, lease: Lease | None) -> None:
        if lease and self._waiting_for != lease.holder:
            self._waiting_for = lease.holder
            self._log.info("standby: another process is active, this one waits", active=in_words(lease.holder))
