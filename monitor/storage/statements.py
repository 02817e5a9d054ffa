"""Statements that every table needs: rows in bulk, on either store."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import (
    JSON,
    BindParameter,
    Column,
    ColumnElement,
    Connection,
    CursorResult,
    Row,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    cast,
    column,
    false,
    func,
    or_,
)
from sqlalchemy.dialects import sqlite

from monitor.errors import StoreCorrupt

T = TypeVar("T")

CHUNK = 1000
"""Rows or ids a statement: SQLite takes 32,766 parameters at most, and a statement is compiled once for each size."""

KEYS: BindParameter[Any] = bindparam("keys", expanding=True)
"""What `rows_given` looks for."""


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Lists of up to *size* items, in order."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def is_one_of(
    keys: Iterable[tuple[str, str]], registry: ColumnElement[str], trial_id: ColumnElement[str]
) -> ColumnElement[bool]:
    """Whether the registry and the trial id of a row are one of these pairs.

    SQLite uses no index for a list of pairs, but one for a column after the other.
    """
    by_registry: dict[str, list[str]] = {}
    for of, each in sorted(set(keys)):
        by_registry.setdefault(of, []).append(each)
    parts = [and_(registry == of, trial_id.in_(ids)) for of, ids in by_registry.items()]
    return or_(*parts) if parts else false()


def values_in(parameter: str, dialect: str) -> ColumnElement[Any]:
    """The values of a JSON list that a statement has as its *parameter*, as the one column of a table.

    One parameter, however many values: SQLAlchemy and the drivers take microseconds for each.
    """
    text = bindparam(parameter, type_=Text)
    function = func.json_array_elements(cast(text, JSON)) if dialect == "postgresql" else func.json_each(text)
    column_: ColumnElement[Any] = function.table_valued(column("value", JSON)).c.value
    return column_


def add_new(
    tx: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *, returning: Sequence[Column[Any]] = ()
) -> Sequence[Row[Any]]:
    """Insert the rows whose key is not there yet; give *returning* of those, in no order.

    A row that another process inserts at the same moment is not returned here.
    """
    if not rows:
        return []

    def where_missing(insert: sqlite.Insert) -> sqlite.Insert:
        statement = insert.on_conflict_do_nothing()
        return statement.returning(*returning) if returning else statement  # type: ignore[return-value]

    done = insert_all(tx, table, rows, where_missing)
    return done.all() if returning else []


def rows_of(
    tx: Connection,
    query: Select[Any],
    column: ColumnElement[Any],
    keys: Iterable[Any],
    damaged: dict[Any, StoreCorrupt],
) -> Iterator[Row[Any]]:
    """The rows of *query* in which *column* is one of *keys*. A key whose row cannot be read is put into *damaged*.

    Only where some row cannot be read does each key cost a statement.
    """
    return rows_given(tx, query.where(column.in_(KEYS)), keys, damaged)


def rows_given(
    tx: Connection,
    query: Select[Any],
    keys: Iterable[Any],
    damaged: dict[Any, StoreCorrupt],
    values: Mapping[str, Any] | None = None,
) -> Iterator[Row[Any]]:
    """As `rows_of`, of a *query* made beforehand, in which some column is one of KEYS; with the *values* of the others.

    To make a query takes several times as long as to ask it.
    """
    for chunk in chunks(keys):
        try:
            rows = tx.execute(query, {**(values or {}), "keys": chunk}).all()
        except StoreCorrupt as error:
            if len(chunk) == 1:
                damaged[chunk[0]] = error
            else:
                for key in chunk:
                    yield from rows_given(tx, query, [key], damaged, values)
        else:
            yield from rows


def put(
    tx: Connection,
    table: Table,
    rows: Iterable[Mapping[str, Any]],
    *,
    keeping: Collection[str] = (),
    others: Mapping[str, Any] | None = None,
) -> None:
    """Insert rows; where the key is there already, replace everything else but the columns *keeping*.

    *others* are columns and what they become in a row that was there.
    """
    key = [column.name for column in table.primary_key]

    def in_its_place(insert: sqlite.Insert) -> sqlite.Insert:
        replaced = {
            column.name: insert.excluded[column.name]
            for column in table.c
            if not column.primary_key and column.name not in keeping
        }
        return insert.on_conflict_do_update(index_elements=key, set_={**replaced, **(others or {})})

    for chunk in chunks(rows):
        insert_all(tx, table, chunk, in_its_place)


def add_to(tx: Connection, table: Table, rows: Sequence[Mapping[str, Any]], counted: str) -> None:
    """Insert rows; where the key is there already, add to the column *counted*.

    Give them in an order that no two transactions differ in.
    """

    def more(insert: sqlite.Insert) -> sqlite.Insert:
        key = [column.name for column in table.primary_key]
        return insert.on_conflict_do_update(
            index_elements=key, set_={counted: table.c[counted] + insert.excluded[counted]}
        )

    if rows:
        insert_all(tx, table, rows, more)


def insert_all(
    tx: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    finish: Callable[[sqlite.Insert], sqlite.Insert],
) -> CursorResult[Any]:
    """Insert rows that have the same columns, by a statement that *finish* makes of the bare one.

    One statement for all on PostgreSQL, and on SQLite, where a statement costs little, one for each.
    """
    if len(rows) > 1 and tx.dialect.name == "postgresql":
        from monitor.storage import arrays  # it loads PostgreSQL's dialect

        if arrays.are_apart(table, rows):
            return tx.execute(finish(arrays.inserting(table, tuple(rows[0]))), arrays.by_column(rows))  # type: ignore[arg-type]
    return tx.execute(finish(inserting(tx, table)), rows)


def inserting(tx: Connection, table: Table) -> sqlite.Insert:
    """An insert that can say ON CONFLICT. Both dialects have one of the same interface, and no common class."""
    if tx.dialect.name == "postgresql":
        # Loaded only here: 40 ms that a SQLite user need not wait for.
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)  # type: ignore[return-value]
    return sqlite.insert(table)
