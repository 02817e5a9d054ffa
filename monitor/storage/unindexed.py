"""Which trials the index is to be made anew for: noted in the transaction that writes what it does not have yet.

A trial is taken off once its rows are written, behind its registry's lock and only as of its latest snapshot: so
nothing that is written meanwhile is passed over (see `monitor.watching.indexing`).
"""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, select, true

from monitor.storage.index_tables import unindexed
from monitor.storage.pages import Key
from monitor.storage.statements import add_new, chunks
from monitor.storage.tables import trials


class Unindexed(NamedTuple):
    """A trial whose rows are to be made."""

    registry: str
    trial_id: str
    with_events: bool
    """Whether the rows of its events are, too."""


def note(tx: Connection, keys: Iterable[Key]) -> None:
    """Have the rows of these trials made anew; those of their events are there, or written by who writes the events."""
    rows = [{"registry": registry, "trial_id": trial_id, "with_events": False} for registry, trial_id in set(keys)]
    add_new(tx, unindexed, rows)


def note_all(tx: Connection) -> None:
    """Have the whole index made anew, its events included."""
    tx.execute(delete(unindexed))
    every = select(trials.c.registry, trials.c.trial_id, true()).where(trials.c.snapshot.is_not(None))
    tx.execute(unindexed.insert().from_select(("registry", "trial_id", "with_events"), every))


def some(tx: Connection, registries: Collection[str], *, limit: int) -> list[Unindexed]:
    """Up to *limit* of them, in order, all of one of these registries."""
    first = select(func.min(unindexed.c.registry)).where(unindexed.c.registry.in_(registries)).scalar_subquery()
    query = select(unindexed).where(unindexed.c.registry == first).order_by(unindexed.c.trial_id).limit(limit)
    return [Unindexed(row.registry, row.trial_id, row.with_events) for row in tx.execute(query)]


def drop(tx: Connection, registry: str, trial_ids: Iterable[str]) -> None:
    """Take these off: their rows are written. Hold the registry's lock."""
    for chunk in chunks(trial_ids):
        tx.execute(delete(unindexed).where(unindexed.c.registry == registry, unindexed.c.trial_id.in_(chunk)))


def count(tx: Connection) -> int:
    """How many there are."""
    return tx.scalar(select(func.count()).select_from(unindexed)) or 0
