"""Fields and values from registries that we do not know: a row for each, with the trial that had it first.

A row is never updated, so the process that adds it knows that nobody was told of it before.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, literal, select, tuple_

from monitor.ports import Oddity
from monitor.storage.service_tables import drift
from monitor.storage.statements import add_new, chunks
from monitor.storage.unread import Unread, apart, rows_in_place


@dataclass(frozen=True, slots=True)
class Drift:
    """A field or a value that was unknown when *trial_id* was seen to have it."""

    registry: str
    path: str
    value: str | None
    """None where the field itself was unknown."""
    trial_id: str
    first_seen_at: datetime


def add(tx: Connection, registry: str, oddities: Iterable[tuple[Oddity, str]], *, at: datetime) -> list[Drift]:
    """Store oddities, each with a trial that has it; return the new ones, sorted by path.

    Call it once in a transaction and last: the rows go in by order, and whoever waits here for another process holds
    nothing that the other still wants.
    """
    examples: dict[tuple[str, str], str] = {}
    for oddity, trial_id in oddities:
        examples.setdefault((oddity.path, oddity.value or ""), trial_id)
    new: list[Drift] = []
    for chunk in chunks(sorted(examples.items())):
        rows = [_row(registry, *key, trial_id, at) for key, trial_id in chunk]
        new += map(_restored, add_new(tx, drift, rows, returning=list(drift.c)))
    return sorted(new, key=lambda row: (row.path, row.value or ""))


def listing(tx: Connection, *, damaged: list[Unread] | None = None) -> list[Drift]:
    """All of them, of every registry, newest first; what cannot be read is put into *damaged*."""
    query = select(drift).order_by(drift.c.first_seen_at.desc(), drift.c.path, drift.c.value)
    rows = rows_in_place(tx, query, (drift.c.registry, drift.c.path, drift.c.value), drift.c.path)
    return [_restored(row) for row in apart(rows, damaged)]


def count(tx: Connection, *, most: int) -> int:
    """How many there are, *most* at most."""
    found = select(drift.c.path).limit(most).subquery()
    return tx.scalar(select(func.count()).select_from(found)) or 0


def page(tx: Connection, *, before: Drift | None = None, limit: int) -> list[Drift | Unread]:
    """Up to *limit* of them, the newest first: those behind *before*. What is wrong with one stands in its place."""
    columns = (drift.c.first_seen_at, drift.c.registry, drift.c.path, drift.c.value)
    query = select(drift).order_by(*(column.desc() for column in columns)).limit(limit)
    if before is not None:
        place = (before.first_seen_at, before.registry, before.path, before.value or "")
        at = [literal(value, column.type) for value, column in zip(place, columns, strict=True)]
        query = query.where(tuple_(*columns).op("<", is_comparison=True)(tuple_(*at)))
    rows = rows_in_place(tx, query, (drift.c.registry, drift.c.path, drift.c.value), drift.c.path)
    return [row if isinstance(row, Unread) else _restored(row) for row in rows]


def _row(registry: str, path: str, value: str, trial_id: str, at: datetime) -> dict[str, Any]:
    return {"registry": registry, "path": path, "value": value, "trial_id": trial_id, "first_seen_at": at}


def _restored(row: Row[Any]) -> Drift:
    return Drift(row.registry, row.path, row.value or None, row.trial_id, row.first_seen_at)
