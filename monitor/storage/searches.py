"""The searches of watches that find their trials themselves, and the version of the data each was listed at."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, select, update

from monitor.errors import StoreCorrupt
from monitor.model import Search
from monitor.storage.statements import chunks, put, rows_of
from monitor.storage.tables import searches, watches


@dataclass(frozen=True, slots=True)
class WatchedSearch:
    """What a watch looks for in a registry."""

    watch_id: int
    registry: str
    search: Search
    listed_version: str | None = None
    """The registry's version up to which its trials are known; None before the first listing."""
    listed_in_full_at: datetime | None = None
    """When a listing in full was believed last; None before the first."""


is_everything = and_(*(searches.c[name].is_(None) for name in ("sponsor", "condition", "expression")))
"""As `Search.is_everything`, of a row."""


def put_anew(tx: Connection, watch_id: int, registry: str, search: Search) -> None:
    """Make that watch look for *search*, starting with a first listing."""
    wanted = {"sponsor": search.sponsor, "condition": search.condition, "expression": search.expression}
    blank = {"listed_version": None, "listed_in_full_at": None}
    put(tx, searches, [{"watch_id": watch_id, "registry": registry, "role": search.role, **wanted, **blank}])


def get(tx: Connection, watch_id: int) -> WatchedSearch | None:
    """What that watch looks for; None where it holds trials by their ids, or is gone."""
    return known(tx, [watch_id]).get(watch_id)


def known(tx: Connection, watch_ids: Iterable[int]) -> dict[int, WatchedSearch]:
    """Those of the watches that look for something, by watch."""
    return {
        row.watch_id: _restored(row)
        for chunk in chunks(watch_ids)
        for row in tx.execute(select(searches).where(searches.c.watch_id.in_(chunk)))
    }


def of_registry(
    tx: Connection, registry: str, *, damaged: dict[int, StoreCorrupt] | None = None
) -> list[WatchedSearch]:
    """Every search in a registry, that of the oldest watch first.

    One that cannot be read is left out, and put into *damaged* by its watch where that is given.
    """
    query = _of_registry(registry)
    try:
        return [_restored(row) for row in tx.execute(query)]
    except StoreCorrupt:
        ids = tx.scalars(query.with_only_columns(searches.c.watch_id)).all()
        return [
            _restored(row) for row in rows_of(tx, query, searches.c.watch_id, ids, {} if damaged is None else damaged)
        ]


def looking_for(tx: Connection, registry: str, search: Search) -> int | None:
    """The oldest watch that a command made to look for exactly this; None where there is none."""
    query = _of_registry(registry).join(watches, watches.c.id == searches.c.watch_id)
    query = query.where(watches.c.origin == "command")
    return next((row.watch_id for row in tx.execute(query) if _restored(row).search == search), None)


def listed(tx: Connection, watch_ids: Iterable[int], version: str, *, in_full_at: datetime | None = None) -> None:
    """Record that everything up to *version* is found; *in_full_at* is when a full listing was believed."""
    values: dict[str, Any] = {"listed_version": version}
    if in_full_at is not None:
        values["listed_in_full_at"] = in_full_at
    for chunk in chunks(watch_ids):
        tx.execute(update(searches).where(searches.c.watch_id.in_(chunk)).values(values))


def _of_registry(registry: str) -> Select[Any]:
    return select(searches).where(searches.c.registry == registry).order_by(searches.c.watch_id)


def _restored(row: Row[Any]) -> WatchedSearch:
    search = Search(sponsor=row.sponsor, role=row.role, condition=row.condition, expression=row.expression)
    return WatchedSearch(row.watch_id, row.registry, search, row.listed_version, row.listed_in_full_at)
