"""What each snapshot told that the one before did not."""

from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, Row, func, select

from monitor.errors import NothingFound
from monitor.model import Change, Event
from monitor.storage import bodies
from monitor.storage.statements import add_new, chunks
from monitor.storage.tables import events


def add(tx: Connection, events_: Sequence[Event]) -> list[Event]:
    """Keep events; give those that were not there yet. Their snapshots are kept in the same transaction."""
    new: set[str] = set()
    for chunk in chunks(events_):
        rows = add_new(tx, events, [_row(event) for event in chunk], returning=(events.c.id,))
        new.update(row.id for row in rows)
    return [event for event in events_ if event.id in new]


def of_trial(tx: Connection, registry: str, trial_id: str) -> list[Event]:
    """Every event of a trial, the oldest first."""
    query = (
        select(events).where(events.c.registry == registry, events.c.trial_id == trial_id).order_by(events.c.snapshot)
    )
    return [restored(row) for row in tx.execute(query)]


def get(tx: Connection, event_id: str) -> Event:
    """That event. Raise NothingFound where there is none of this id."""
    row = tx.execute(select(events).where(events.c.id == event_id)).one_or_none()
    if row is None:
        raise NothingFound(f"there is no event {event_id}: `monitor history TRIAL_ID` lists those of a trial")
    return restored(row)


def _row(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "registry": event.registry,
        "trial_id": event.trial_id,
        "snapshot": event.snapshot,
        "occurred_at": event.occurred_at,
        "significance": event.significance,
        "changes": bodies.compress(orjson.dumps([change.as_json() for change in event.changes])),
    }


def latest_of(tx: Connection, registry: str, trial_ids: Iterable[str]) -> dict[str, Event]:
    """The last event of each of the trials that has one, by trial id."""
    newest = (
        select(events.c.trial_id, func.max(events.c.snapshot).label("snapshot"))
        .where(events.c.registry == registry)
        .group_by(events.c.trial_id)
    )
    found: dict[str, Event] = {}
    for chunk in chunks(trial_ids):
        last = newest.where(events.c.trial_id.in_(chunk)).subquery()
        same = (events.c.trial_id == last.c.trial_id) & (events.c.snapshot == last.c.snapshot)
        for row in tx.execute(select(events).join(last, same).where(events.c.registry == registry)):
            found[row.trial_id] = restored(row)
    return found


def restored(row: Row[Any]) -> Event:
    """The event of a row that has its columns. StoreCorrupt where it is damaged."""
    changes = orjson.loads(bodies.decompress(row.changes, what=f"event {row.id}"))
    return Event(
        registry=row.registry,
        trial_id=row.trial_id,
        snapshot=row.snapshot,
        occurred_at=row.occurred_at,
        changes=tuple(Change.from_json(change) for change in changes),
    )
