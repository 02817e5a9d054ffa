"""Rows of a list of which one may be damaged: what is wrong with it stands in its place, and the others are read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Column, Connection, Row, Select

from monitor.errors import StoreCorrupt

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Unread:
    """A row that cannot be read."""

    name: str
    """What it is known by."""
    why: str


def readable(rows: Iterable[T | Unread]) -> list[T]:
    """Those of the rows that can be read."""
    return [row for row in rows if not isinstance(row, Unread)]


def apart(rows: Iterable[T | Unread], damaged: list[Unread] | None) -> list[T]:
    """Those of the rows that can be read; the others are put into *damaged*, where that is given."""
    rows = list(rows)
    if damaged is not None:
        damaged += [row for row in rows if isinstance(row, Unread)]
    return readable(rows)


def rows_in_place(
    tx: Connection, query: Select[Any], key: Sequence[Column[Any]], name: Column[Any]
) -> list[Row[Any] | Unread]:
    """The rows of a query in its order; *key* tells one from another, and *name* is the part of it that people read.

    Only where some row cannot be read does each cost a statement.
    """
    try:
        return list(tx.execute(query).all())
    except StoreCorrupt:
        keys = tx.execute(query.with_only_columns(*key, maintain_column_froms=True)).all()
    return [_row(tx, query, dict(zip(key, each, strict=True)), name) for each in keys]


def _row(tx: Connection, query: Select[Any], key: dict[Column[Any], Any], name: Column[Any]) -> Row[Any] | Unread:
    try:
        return tx.execute(query.where(*(column == value for column, value in key.items()))).one()
    except StoreCorrupt as error:
        known = key[name]
        return Unread(known.hex() if isinstance(known, bytes) else str(known), str(error))
