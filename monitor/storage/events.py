"""What each snapshot changed compared with the one before."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import Connection, Row, and_, bindparam, func, select

from monitor.errors import NothingFound, StoreCorrupt
from monitor.model import Change, Event, Significance
from monitor.model.ids import event_id
from monitor.storage import bodies, change_index
from monitor.storage.statements import KEYS, add_new, chunks, is_one_of, rows_given
from monitor.storage.tables import events

_READ_AT_ONCE = 100
MOST_KEPT, MOST_KEPT_BYTES = 1024, 2048
"""Events, and compressed bytes of each, whose changes are kept: many read the newest, and they never change."""
_of_trial = (
    select(events)
    .where(events.c.registry == bindparam("registry"), events.c.trial_id == bindparam("trial_id"))
    .order_by(events.c.snapshot)
)


def add(tx: Connection, events_: Sequence[Event], *, trace: str | None = None) -> list[Event]:
    """Store events, and return the new ones. Their snapshots are stored in the same transaction.

    *trace* is that of the pass that made them, see `monitor.trace`.
    """
    new: set[str] = set()
    for chunk in chunks(events_):
        rows = add_new(tx, events, [row_of(event) | {"trace": trace} for event in chunk], returning=(events.c.id,))
        new.update(row.id for row in rows)
    added = [event for event in events_ if event.id in new]
    change_index.add(tx, added)
    return added


def of_trial(
    tx: Connection, registry: str, trial_id: str, *, damaged: dict[int, StoreCorrupt] | None = None
) -> list[Event]:
    """Every event of a trial, the oldest first.

    Where *damaged* is given, one that cannot be read is put there by the number of its snapshot, and raises nothing.
    """
    found = []
    for row in tx.execute(_of_trial, {"registry": registry, "trial_id": trial_id}):
        try:
            found.append(restored(row))
        except StoreCorrupt as error:
            if damaged is None:
                raise
            damaged[row.snapshot] = error
    return found


def get(tx: Connection, event_id: str) -> Event:
    """That event. Raise NothingFound where there is none of this id."""
    row = tx.execute(select(events).where(events.c.id == event_id)).one_or_none()
    if row is None:
        raise NothingFound(f"there is no event {event_id}: `monitor history TRIAL_ID` lists those of a trial")
    return restored(row)


def known(tx: Connection, ids: Iterable[str], *, damaged: dict[str, StoreCorrupt]) -> dict[str, Event]:
    """Those of the events that exist, by id. One that cannot be read is put into *damaged*."""
    found: dict[str, Event] = {}
    for row in rows_given(tx, _known, ids, damaged):
        try:
            found[row.id] = restored(row)
        except StoreCorrupt as error:
            damaged[row.id] = error
    return found


_known = select(events).where(events.c.id.in_(KEYS))


def existing(tx: Connection, ids: Iterable[str]) -> set[str]:
    """Those of the ids that events have."""
    query = select(events.c.id)
    return {each for chunk in chunks(ids) for each in tx.scalars(query.where(events.c.id.in_(chunk)))}


def latest_ids(tx: Connection, registry: str, trial_ids: Iterable[str], *, least: Significance) -> dict[str, str]:
    """The id of the last event of each trial that has one as significant as *least*, by trial id."""
    newest = func.max(events.c.snapshot)
    query = (
        select(events.c.trial_id, newest.label("snapshot"))
        .where(events.c.registry == registry, events.c.significance >= least)
        .group_by(events.c.trial_id)
    )
    return {
        row.trial_id: event_id(registry, row.trial_id, row.snapshot)
        for chunk in chunks(trial_ids)
        for row in tx.execute(query.where(events.c.trial_id.in_(chunk)))
    }


def latest_id(tx: Connection) -> str | None:
    """The id of the event that was seen last; None before the first."""
    newest_first = (
        key.desc() for key in (events.c.occurred_at, events.c.registry, events.c.trial_id, events.c.snapshot)
    )
    latest: str | None = tx.scalar(select(events.c.id).order_by(*newest_first).limit(1))
    return latest


def after(tx: Connection, registry: str, snapshots: Mapping[str, int]) -> dict[str, list[Event]]:
    """By trial id, the events of these trials behind a snapshot of each, in order; damaged ones are left out."""
    found: dict[str, list[Event]] = {}
    for chunk in chunks(snapshots):
        query = select(events).where(events.c.registry == registry, events.c.trial_id.in_(chunk))
        for row in tx.execute(query.order_by(events.c.trial_id, events.c.snapshot)).all():
            if row.snapshot > snapshots[row.trial_id]:
                with suppress(StoreCorrupt):
                    found.setdefault(row.trial_id, []).append(restored(row))
    return found


def row_of(event: Event) -> dict[str, Any]:
    """The row that it is stored as."""
    return {
        "id": event.id,
        "registry": event.registry,
        "trial_id": event.trial_id,
        "snapshot": event.snapshot,
        "occurred_at": event.occurred_at,
        "significance": event.significance,
        "changes": bodies.compress(orjson.dumps([change.as_json() for change in event.changes])),
    }


def latest_of(tx: Connection, registry: str, trial_ids: Iterable[str], *, since: datetime) -> dict[str, Event]:
    """The last event of each of the trials, by trial id; those of before *since* and damaged ones are left out."""
    newest = (
        select(events.c.trial_id, func.max(events.c.snapshot).label("snapshot"))
        .where(events.c.registry == registry)
        .group_by(events.c.trial_id)
    )
    found: dict[str, Event] = {}
    for chunk in chunks(trial_ids):
        last = newest.where(events.c.trial_id.in_(chunk)).subquery()
        same = (events.c.trial_id == last.c.trial_id) & (events.c.snapshot == last.c.snapshot)
        of_late = (events.c.registry == registry) & (events.c.occurred_at >= since)
        for row in tx.execute(select(events).join(last, same).where(of_late)).all():
            with suppress(StoreCorrupt):
                found[row.trial_id] = restored(row)
    return found


def between(tx: Connection, trials: Iterable[tuple[str, str]], *, since: datetime, until: datetime) -> list[Event]:
    """The events of these trials, as (registry, trial id), from *since* to *until*; damaged ones are left out."""
    is_within = and_(events.c.occurred_at >= since, events.c.occurred_at <= until)
    found: list[Event] = []
    for chunk in chunks(trials):
        query = select(events).where(is_one_of(chunk, events.c.registry, events.c.trial_id), is_within)
        for row in tx.execute(query.order_by(events.c.id)).all():
            with suppress(StoreCorrupt):
                found.append(restored(row))
    return found


def inspect(tx: Connection) -> Iterator[str | None]:
    """Read all events, a few at a time in memory, and yield what is wrong with each, or None."""
    for row in tx.execute(select(events).order_by(events.c.id).execution_options(yield_per=_READ_AT_ONCE)):
        try:
            restored(row)
        except StoreCorrupt as error:
            yield str(error)
        else:
            yield None


def changes_in(body: bytes, event_id: str) -> Sequence[Any]:
    """The changes of an event as they are stored, which may make no sense. StoreCorrupt where they are no list."""
    what = f"event {event_id}"
    content = bodies.decompress(body, what=what)
    try:
        changes = orjson.loads(content)
    except ValueError as error:
        raise bodies.damaged(what, "its changes make no sense") from error
    if not isinstance(changes, list):
        raise bodies.damaged(what, "its changes make no sense")
    return changes


def _restored(body: bytes, event_id: str) -> tuple[Change, ...]:
    return tuple(Change.from_json(change) for change in changes_in(body, event_id))


_kept = lru_cache(maxsize=MOST_KEPT)(_restored)
"""By the whole of what is stored: what a restore or a damaged disk makes of an event is another one."""


def restored(row: Row[Any]) -> Event:
    """The event of a row that has its columns. StoreCorrupt where it is damaged."""
    try:
        changes = (_kept if len(row.changes) <= MOST_KEPT_BYTES else _restored)(row.changes, row.id)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise bodies.damaged(f"event {row.id}", "its changes make no sense") from error
    return Event(
        registry=row.registry,
        trial_id=row.trial_id,
        snapshot=row.snapshot,
        occurred_at=row.occurred_at,
        changes=changes,
    )
