"""What is known of each trial right now: one row a trial, watched or not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter

from sqlalchemy import Connection, and_, null, or_, select, update

from monitor.model import State
from monitor.storage.statements import chunks, put
from monitor.storage.tables import trials, watched_trials


@dataclass(frozen=True, slots=True)
class Trial:
    """A row, column by column."""

    registry: str
    trial_id: str
    state: State | None = None
    """What the latest snapshot says; None before the first one."""
    merged_into: str | None = None
    title: str | None = None
    snapshot: int | None = None
    """The number of the latest snapshot."""
    digest: bytes | None = None
    """That of the latest document seen, which equals the latest snapshot or was judged to be equal to it."""
    probe_digest: bytes | None = None
    build: str | None = None
    verified_version: str | None = None
    """The registry's version at which this trial was last known to be as the latest snapshot says."""
    verified_at: datetime | None = None
    read_in_full_at: datetime | None = None
    misses: int = 0
    """How many times in a row the registry said that it knows no such trial, before that is believed."""
    first_missed_at: datetime | None = None


_columns = [trials.c[field.name] for field in fields(Trial)]
_values = attrgetter(*(field.name for field in fields(Trial)))
_names = tuple(field.name for field in fields(Trial))


def known(tx: Connection, registry: str, trial_ids: Iterable[str]) -> dict[str, Trial]:
    """Those of the trials that have a row, by trial id."""
    query = select(*_columns).where(trials.c.registry == registry)
    return {
        row.trial_id: Trial(*row)
        for chunk in chunks(trial_ids)
        for row in tx.execute(query.where(trials.c.trial_id.in_(chunk))).all()
    }


def watched(tx: Connection, registry: str, *, unverified_at: str | None = None) -> list[Trial]:
    """The trials of all watches, in the order of their ids, without those that merged into another.

    A trial that was never looked at comes with its ids only. With *unverified_at*, leave out those that are verified
    at that version of the registry.
    """
    ids = select(watched_trials.c.registry, watched_trials.c.trial_id).distinct().subquery("watched")
    query = (
        select(ids.c.registry, ids.c.trial_id, *_columns[2:])
        .select_from(
            ids.outerjoin(trials, and_(trials.c.registry == ids.c.registry, trials.c.trial_id == ids.c.trial_id))
        )
        .where(ids.c.registry == registry, or_(trials.c.state.is_(null()), trials.c.state != State.MERGED))
        .order_by(ids.c.trial_id)
    )
    if unverified_at is not None:
        query = query.where(trials.c.verified_version.is_distinct_from(unverified_at))
    # A trial without a row has no count of misses.
    return [
        Trial(*row) if row.misses is not None else Trial(row.registry, row.trial_id) for row in tx.execute(query).all()
    ]


def verified(tx: Connection, registry: str, trial_ids: Iterable[str], *, version: str | None, at: datetime) -> None:
    """Note that these trials still are as their latest snapshots say. Misses stay: they are the caller's to judge."""
    statement = update(trials).where(trials.c.registry == registry).values(verified_version=version, verified_at=at)
    for chunk in chunks(trial_ids):
        tx.execute(statement.where(trials.c.trial_id.in_(chunk)))


def record(tx: Connection, rows: Sequence[Trial]) -> None:
    """Write these rows whole, in place of what was there."""
    put(tx, trials, (dict(zip(_names, _values(row), strict=True)) for row in rows))
