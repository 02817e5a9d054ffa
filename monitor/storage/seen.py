"""Everything that was seen of some trials within a span of time, told or not, in bulk: what a rule is tried on.

No query is of more than some thousand rows at a time, and a damaged row spoils no other.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, exists, func, select

from monitor.errors import StoreCorrupt
from monitor.model import Json, Settlement, Significance
from monitor.storage.archive_tables import archived_documents
from monitor.storage.events import changes_in
from monitor.storage.pages import Key, Span, Within, is_of
from monitor.storage.settling_tables import settlements
from monitor.storage.sibling_tables import joined_siblings
from monitor.storage.statements import KEYS, chunks, is_one_of, rows_given, rows_of
from monitor.storage.tables import events, snapshots, trials, watched_trials

FIRST = 1
"""The number of a trial's baseline."""

_c = events.c
_of_event = (_c.id, _c.registry, _c.trial_id, _c.snapshot, _c.occurred_at, _c.changes)
_with_settlement = select(*_of_event, settlements.c.settlement, settlements.c.hold_id).outerjoin(
    settlements, settlements.c.event_id == _c.id
)

_by_trial = (_c.registry, _c.trial_id, _c.snapshot)
_of_trials = _with_settlement.where(_c.registry == bindparam("registry"), _c.trial_id.in_(KEYS)).order_by(*_by_trial)
_of_late = _of_trials.where(_c.occurred_at >= bindparam("since"), _c.significance >= bindparam("least")).limit(
    bindparam("limit")
)
_is_before = _c.occurred_at < bindparam("until")
_of_trials_before, _of_late_before = (each.where(_is_before) for each in (_of_trials, _of_late))


@dataclass(frozen=True, slots=True)
class Seen:
    """An event, and why it was not told, or not yet; None where whoever it concerned was.

    Its changes are as they are stored: a hundred thousand events have few that differ in what a rule looks at, and to
    make each a `Change` takes longer than all the rest.
    """

    registry: str
    trial_id: str
    snapshot: int
    occurred_at: datetime
    changes: Sequence[Mapping[str, Json]]
    settlement: Settlement | None = None
    hold_id: int | None = None


def seen(tx: Connection, within: Within, span: Span, *, damaged: dict[str, StoreCorrupt]) -> Iterator[Seen]:
    """The events of these trials, trial by trial, the oldest first; *damaged* has what cannot be read, by its id."""
    query = select(events.c.id).where(events.c.occurred_at >= span.since)
    if span.until is not None:
        query = query.where(events.c.occurred_at < span.until)
    ids = tx.scalars(query.where(is_of(within, events.c.registry, events.c.trial_id)).order_by(*_by_trial)).all()
    for row in rows_of(tx, _with_settlement.order_by(*_by_trial), _c.id, ids, damaged):
        try:
            yield _seen(row)
        except StoreCorrupt as error:
            damaged[row.id] = error


def newest_from(tx: Connection, within: Within, span: Span, most: int) -> datetime | None:
    """From when on there are *most* events of these trials; None where the span has fewer."""
    query = select(events.c.occurred_at).where(events.c.occurred_at >= span.since)
    query = query.where(is_of(within, events.c.registry, events.c.trial_id))
    found: datetime | None = tx.scalar(query.order_by(events.c.occurred_at.desc()).offset(most - 1).limit(1))
    return found


def of_trials(
    tx: Connection, registry: str, trial_ids: Iterable[str], *, until: datetime | None = None
) -> Iterator[Seen]:
    """The events of these trials before *until*, of each the oldest first. What cannot be read is left out."""
    query, values = (_of_trials, {}) if until is None else (_of_trials_before, {"until": until})
    for row in rows_given(tx, query, trial_ids, {}, {"registry": registry, **values}):
        with suppress(StoreCorrupt):
            yield _seen(row)


def of_late(
    tx: Connection, registry: str, trial_ids: Iterable[str], span: Span, *, least: Significance, limit: int
) -> list[Seen]:
    """Up to *limit* events of these trials that are as significant as *least*; what cannot be read is left out."""
    values = {"registry": registry, "since": span.since, "least": least, "limit": limit}
    query = _of_late
    if span.until is not None:
        query, values = _of_late_before, {**values, "until": span.until}
    found: list[Seen] = []
    for row in islice(rows_given(tx, query, trial_ids, {}, values), limit):
        with suppress(StoreCorrupt):
            found.append(_seen(row))
    return found


def without_event(tx: Connection, within: Within) -> list[tuple[str, str, int]]:
    """Registry, trial id and number of those later snapshots that have no event: nobody checked when they came.

    An import or a back-fill brought them, for a check that finds nothing new takes no snapshot.
    """
    c = snapshots.c
    has_event = exists().where(
        events.c.registry == c.registry, events.c.trial_id == c.trial_id, events.c.snapshot == c.number
    )
    query = select(c.registry, c.trial_id, c.number).where(c.number > FIRST, ~has_event)
    query = query.where(is_of(within, c.registry, c.trial_id))
    return [tuple(row) for row in tx.execute(query.order_by(c.registry, c.trial_id, c.number))]


def begins(tx: Connection, within: Within) -> datetime | None:
    """When the first snapshot of any of the trials was taken; None where none was."""
    first = select(func.min(snapshots.c.taken_at)).where(snapshots.c.number == FIRST)
    found: datetime | None = tx.scalar(first.where(is_of(within, snapshots.c.registry, snapshots.c.trial_id)))
    return found


def begun_after(tx: Connection, within: Within, at: datetime) -> int:
    """How many of the trials were first read later than that, and have no saved pages from before."""
    c = snapshots.c
    older = exists().where(archived_documents.c.registry == c.registry, archived_documents.c.trial_id == c.trial_id)
    first = select(func.count()).select_from(snapshots).where(c.number == FIRST, c.taken_at > at, ~older)
    return tx.scalar(first.where(is_of(within, c.registry, c.trial_id))) or 0


def unread(tx: Connection, within: Within) -> list[Key]:
    """Those of the trials, named or held by a watch, that were never read, in order."""
    if within.trials:
        read = select(trials.c.registry, trials.c.trial_id).where(trials.c.snapshot.is_not(None))
        found = tx.execute(read.where(is_of(within, trials.c.registry, trials.c.trial_id)))
        return sorted(set(within.trials) - {(row.registry, row.trial_id) for row in found})
    held = watched_trials.c
    is_read = exists().where(
        trials.c.registry == held.registry, trials.c.trial_id == held.trial_id, trials.c.snapshot.is_not(None)
    )
    query = select(held.registry, held.trial_id).where(~is_read)
    if within.watches:
        query = query.where(held.watch_id.in_(within.watches))
    return [(row.registry, row.trial_id) for row in tx.execute(query.distinct().order_by(held.registry, held.trial_id))]


def with_siblings(tx: Connection, keys: Iterable[Key]) -> set[Key]:
    """The trials, and those that joined watches as their siblings: who named the ones hears of the others."""
    c = joined_siblings.c
    found = set(keys)
    for chunk in chunks(sorted(found)):
        query = select(c.registry, c.trial_id).where(is_one_of(chunk, c.of_registry, c.of_trial_id))
        found |= {(row.registry, row.trial_id) for row in tx.execute(query)}
    return found


def read_trials(tx: Connection, registry: str) -> list[str]:
    """The ids of a registry's trials that were read, and that it still lists or listed last, in order."""
    is_read = and_(trials.c.registry == registry, trials.c.snapshot.is_not(None))
    return list(tx.scalars(select(trials.c.trial_id).where(is_read).order_by(trials.c.trial_id)))


def _seen(row: Row[Any]) -> Seen:
    event_id, registry, trial_id, snapshot, occurred_at, body, settlement, hold_id = tuple(row)
    return Seen(registry, trial_id, snapshot, occurred_at, changes_in(body, event_id), settlement, hold_id)
