"""A row a change of every event, to find and count events by: written with the event, in the same transaction.

A damaged event has no rows where the index is made anew: whoever reads it where it stands says that it is.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete

from monitor.model import Event
from monitor.storage import trial_index
from monitor.storage.index_tables import change_index
from monitor.storage.pages import Key
from monitor.storage.statements import add_new, chunks


def add(tx: Connection, events: Sequence[Event]) -> None:
    """Write the rows of these events, where they are not there yet."""
    if not events:
        return
    ids = trial_index.numbers(tx, ((event.registry, event.trial_id) for event in events))
    for chunk in chunks(events):
        add_new(tx, change_index, [row for event in chunk for row in _rows(event, ids)])


def start_over(tx: Connection) -> None:
    """Forget all rows."""
    tx.execute(delete(change_index))


def day_of(moment: datetime) -> str:
    """The day under which an event of that moment is found."""
    return f"{moment.astimezone(UTC):%Y-%m-%d}"


def _rows(event: Event, ids: dict[Key, int]) -> Iterable[dict[str, Any]]:
    day, number = day_of(event.occurred_at), ids[event.registry, event.trial_id]
    for place, change in enumerate(event.changes):
        yield {
            "day": day,
            "trial": number,
            "snapshot": event.snapshot,
            "place": place,
            "significance": int(change.significance),
            "topic": change.topic,
            "kind": change.kind,
        }
