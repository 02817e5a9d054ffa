"""A row a change of every event, to find and count events by: written with the event, in the same transaction.

A damaged event has no rows where the index is made anew: whoever reads it where it stands says that it is.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete

from monitor.model import Event
from monitor.storage import changed_trials, trial_index
from monitor.storage.index_tables import change_counts, change_index
from monitor.storage.pages import Key
from monitor.storage.statements import add_new, add_to, chunks

_c = change_index.c


def add(tx: Connection, events: Sequence[Event]) -> None:
    """Write the rows of these events, where they are not there yet."""
    if not events:
        return
    ids = trial_index.numbers(tx, ((event.registry, event.trial_id) for event in events))
    written = (_c.trial, _c.day, _c.registry, _c.significance, _c.topic)
    for chunk in chunks(events):
        rows = [row for event in chunk for row in _rows(event, ids)]
        new = add_new(tx, change_index, rows, returning=written)
        _count(tx, Counter((row.day, row.registry, row.significance, row.topic) for row in new))
        changed_trials.add(tx, new)


def start_over(tx: Connection) -> None:
    """Forget all rows, and what is counted of them."""
    tx.execute(delete(change_index))
    tx.execute(delete(change_counts))
    changed_trials.start_over(tx)


def day_of(moment: datetime) -> str:
    """The day under which an event of that moment is found."""
    return f"{moment.astimezone(UTC):%Y-%m-%d}"


def _count(tx: Connection, counts: Mapping[tuple[str, str, int, str], int]) -> None:
    """Add these to the counts, in an order that no two transactions differ in."""
    names = ("day", "registry", "significance", "topic")
    rows = [{**dict(zip(names, key, strict=True)), "changes": count} for key, count in sorted(counts.items())]
    add_to(tx, change_counts, rows, "changes")


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
            "registry": event.registry,
        }
