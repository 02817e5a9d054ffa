"""Leases: which process does the work that only one process per database may do at a time.

A lease names its holder, and has a number that the holder keeps increasing. It has no time on purpose: wall clocks are
set, and two machines' clocks differ. A process that waits watches the number by its own monotonic clock.

Every function is one statement whose condition is what was seen before, so if two processes want a lease at the same
time, one gets it, on either store.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, select, update

from monitor.storage.service_tables import leases
from monitor.storage.statements import add_new

SCHEDULER = "scheduler"
"""The lease of the process that looks at registries and sends."""
_WORKER = "worker "
TAKEN_AFTER = 30.0
"""Seconds for which the number has to stand still before the lease is anybody's."""


@dataclass(frozen=True, slots=True)
class Lease:
    """What a lease looked like at one moment."""

    holder: str
    beat: int


def get(tx: Connection, name: str) -> Lease | None:
    """The lease of that name; None if nobody holds it."""
    row = tx.execute(select(leases.c.holder, leases.c.beat).where(leases.c.name == name)).one_or_none()
    return Lease(*row) if row else None


def take(tx: Connection, name: str, holder: str, *, seen: Lease | None) -> bool:
    """Take a lease unless it changed since it was *seen* (None: nobody held it), and return whether that succeeded."""
    if seen is None:
        new = {"name": name, "holder": holder, "beat": 0}
        return bool(add_new(tx, leases, [new], returning=(leases.c.name,)))
    as_seen = (leases.c.name == name) & (leases.c.holder == seen.holder) & (leases.c.beat == seen.beat)
    return tx.execute(update(leases).where(as_seen).values(holder=holder, beat=seen.beat + 1)).rowcount == 1


def renew(tx: Connection, name: str, holder: str) -> bool:
    """Increase the number of a lease, and return whether *holder* still holds it."""
    held = (leases.c.name == name) & (leases.c.holder == holder)
    return tx.execute(update(leases).where(held).values(beat=leases.c.beat + 1)).rowcount == 1


def worker(holder: str) -> str:
    """The name of the lease with which a process that takes jobs shows that it lives."""
    return f"{_WORKER}{holder}"


def of_workers(tx: Connection) -> list[Lease]:
    """Those of all processes that take jobs."""
    query = select(leases.c.holder, leases.c.beat).where(leases.c.name.startswith(_WORKER, autoescape=True))
    return [Lease(*row) for row in tx.execute(query.order_by(leases.c.name))]


def end(tx: Connection, name: str, *, seen: Lease) -> bool:
    """End a lease that is as it was *seen*, and return whether that succeeded."""
    as_seen = (leases.c.name == name) & (leases.c.holder == seen.holder) & (leases.c.beat == seen.beat)
    return tx.execute(delete(leases).where(as_seen)).rowcount == 1


def clear(tx: Connection) -> None:
    """Release every lease, no matter who holds it."""
    tx.execute(delete(leases))


def release(tx: Connection, name: str, holder: str) -> None:
    """Release a lease; no effect if another process holds it."""
    tx.execute(delete(leases).where(leases.c.name == name, leases.c.holder == holder))
