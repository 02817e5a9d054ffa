"""Whether a service is at work in a database that is about to be replaced or moved."""

from collections.abc import Callable
from contextlib import closing
from time import monotonic, sleep

from monitor.errors import MonitorError, StoreUnavailable
from monitor.storage import jobs, leases
from monitor.storage.copying import sqlite_file
from monitor.storage.holders import in_words, is_running
from monitor.storage.leases import Lease
from monitor.storage.store import Store

_LOOKS_EVERY = 0.5


def refuse_while_serving(url: str, *, what: str, silence: float = leases.TAKEN_AFTER) -> None:
    """Raise StoreUnavailable if a service is using the database: it would go on with what it has in memory.

    *what* is to be done once it has ended, as an imperative. To find out about a service on another machine takes
    *silence* seconds.
    """
    lease, workers = _standing(url)
    if workers:
        raise StoreUnavailable(
            f"`monitor serve` or `monitor worker` takes jobs from the database: stop them all, and {what} then (one "
            f"that was killed counts for {jobs.ALIVE_FOR} seconds)"
        )
    if lease and _is_held(lease, lambda: _standing(url)[0], silence):
        raise StoreUnavailable(
            f"`monitor serve` is at work in the database ({in_words(lease.holder)}): stop it, and {what} then"
        )


def _is_held(lease: Lease, look: Callable[[], Lease | None], silence: float) -> bool:
    """Whether its holder is alive: one that cannot be seen here must increase the lease's number within *silence*."""
    until = monotonic() + silence
    while (running := is_running(lease.holder)) is None:
        if monotonic() >= until:
            return False
        sleep(_LOOKS_EVERY)
        if (now := look()) != lease:
            return now is not None
    return running


def _standing(url: str) -> tuple[Lease | None, int]:
    """The lease of the active service, and how many queues workers serve; nothing of a database that cannot be read."""
    file = sqlite_file(url)
    if file is not None and (not file.exists() or file.stat().st_size == 0):
        return None, 0
    try:
        with closing(Store.as_it_is(url, even_newer=True)) as store, store.read() as tx:
            return leases.get(tx, leases.SCHEDULER), jobs.workers(tx)
    except MonitorError:
        return None, 0
