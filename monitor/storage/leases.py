"""Who does what only one process at a database may do at a time.

A lease says who holds it, and a number that the holder keeps moving. No clock is in it, on purpose: wall clocks are
set, and those of two machines differ. Who waits watches the number by a monotonic clock of its own.

Every function is one statement whose condition names what was seen before, so of two processes that want a lease at
once one gets it, on either store.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, select, update

from monitor.storage.statements import add_new
from monitor.storage.tables import leases

SCHEDULER = "scheduler"
"""The lease of the process that looks at registries and sends."""
TAKEN_AFTER = 30.0
"""Seconds for which the number has to stand still before the lease is anybody's."""


@dataclass(frozen=True, slots=True)
class Lease:
    """What a lease looked like at one moment."""

    holder: str
    beat: int


def get(tx: Connection, name: str) -> Lease | None:
    """The lease of that name; None where nobody holds it."""
    row = tx.execute(select(leases.c.holder, leases.c.beat).where(leases.c.name == name)).one_or_none()
    return Lease(*row) if row else None


def take(tx: Connection, name: str, holder: str, *, seen: Lease | None) -> bool:
    """Take a lease that is still as it was *seen*, None for one that nobody held; give whether that went well."""
    if seen is None:
        new = {"name": name, "holder": holder, "beat": 0}
        return bool(add_new(tx, leases, [new], returning=(leases.c.name,)))
    as_seen = (leases.c.name == name) & (leases.c.holder == seen.holder) & (leases.c.beat == seen.beat)
    return tx.execute(update(leases).where(as_seen).values(holder=holder, beat=seen.beat + 1)).rowcount == 1


def renew(tx: Connection, name: str, holder: str) -> bool:
    """Move the number of a lease; give whether *holder* still holds it."""
    held = (leases.c.name == name) & (leases.c.holder == holder)
    return tx.execute(update(leases).where(held).values(beat=leases.c.beat + 1)).rowcount == 1


def clear(tx: Connection) -> None:
    """Take every lease from whoever holds it."""
    tx.execute(delete(leases))


def release(tx: Connection, name: str, holder: str) -> None:
    """Give a lease up; without effect where somebody else holds it."""
    tx.execute(delete(leases).where(leases.c.name == name, leases.c.holder == holder))
