"""A database with rows in every table that there is, made by the schema: a new table has some without anybody's doing.

Values are what such columns can hold at the most awkward: emoji, quotes, backslashes and tabs, what looks like NULL to
COPY, bytes of every value, the first and the last second of a century, numbers at the end of their range.
"""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Connection, Double, Integer, LargeBinary, Table

from monitor.storage.metadata import metadata
from monitor.storage.moves import OWN
from monitor.storage.types import Moment, Name, OneOf

ROWS = 7
TEXTS = (
    "",
    "\\N",
    "\\.",
    "tab\there",
    "line\r\nline",
    "“Łódź” \U0001f9ec",
    "it's; -- '\"",
    "NULL",
    "\\x00",
    "a\\",
    "é\u0301",
)
MOMENTS = (
    datetime(2026, 11, 22, 12, tzinfo=UTC),
    datetime(1999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    datetime(2026, 3, 29, 1, 30, 0, 120000, tzinfo=UTC),
)
NUMBERS = (0, 1, -1, 2**31 - 1, -(2**31))
FLOATS = (0.0, -0.1, 1e300, 5e-324, 0.1 + 0.2)


def fill(tx: Connection) -> None:
    """Put some rows into every table that moves."""
    there: dict[str, list[dict[str, Any]]] = {}
    for table in metadata.sorted_tables:
        if table.name not in OWN:
            there[table.name] = rows = [_row(table, number, there) for number in range(ROWS)]
            tx.execute(table.insert(), rows)


def _row(table: Table, number: int, there: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    rng = Random(f"{table.name} {number}")
    row = {column.name: _value(column, number, rng) for column in table.columns}
    for constraint in table.foreign_key_constraints:
        referred = constraint.elements[0].column.table.name
        found = there[referred][number]
        for element in constraint.elements:
            row[element.parent.name] = found[element.column.name]
    return row


def _value(column: Column[Any], number: int, rng: Random) -> Any:
    is_free = not (column.primary_key or _is_unique(column))
    if is_free and column.nullable and number == 3:
        return None
    return _free(column.type, rng) if is_free else _one_of_many(column.type, number)


def _free(kind: Any, rng: Random) -> Any:
    """A value at the edge of what there is."""
    for known, values in (
        (Moment, MOMENTS),
        (Double, FLOATS),
        (LargeBinary, (b"", bytes(range(256)))),
        (Boolean, (False, True)),
        (BigInteger, (0, 2**63 - 1)),
        (Integer, NUMBERS),
    ):
        if isinstance(kind, known):
            return rng.choice(values)
    return rng.choice(_words(kind) or TEXTS)


def _one_of_many(kind: Any, number: int) -> Any:
    """A value that no other row of the table has, where there are enough of them."""
    if isinstance(kind, Moment):
        return MOMENTS[0] + timedelta(seconds=number)
    if isinstance(kind, LargeBinary):
        return bytes(range(256)) + bytes([number]) if number else b""
    if isinstance(kind, Integer):
        return number + 1
    words = _words(kind)
    return words[number % len(words)] if words else f"{TEXTS[number]} {number}"


def _words(kind: Any) -> tuple[Any, ...]:
    if isinstance(kind, OneOf):
        return tuple(kind.kind)
    return kind.names if isinstance(kind, Name) else ()


def _is_unique(column: Column[Any]) -> bool:
    kinds = {type(each).__name__ for each in column.table.constraints if column.name in each.columns}  # type: ignore[attr-defined]
    return "UniqueConstraint" in kinds
