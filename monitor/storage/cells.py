"""Rows of any table as SQLite keeps them, on either store: read by their keys, held against their types, digested.

    text, integer, float, bytes, NULL     as they are
    boolean                               0 or 1
    time                                  `2026-11-22 17:00:00`, as `monitor.storage.moments`

So the same row is the same tuple on both stores, also one that is damaged: nothing is converted or refused that can be
read at all. The digest of a row is the SHA-256 of its cells as a JSON list, bytes as their hexadecimal digits.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy import BigInteger, Boolean, Column, Connection, Double, Integer, LargeBinary, Table, func, select, text

from monitor.storage.moments import as_text, of_text
from monitor.storage.moves import Cell
from monitor.storage.types import Moment, Name, OneOf

Cells = tuple[Cell, ...]

SPELLING = "spells a time in another way"
PART, PART_OF_LONG_ROWS = 500, 25
"""Rows that are fetched at a time; fewer of a table with bytes, of which a row may have some megabytes."""
_SURROGATES = re.compile("[\ud800-\udfff]")
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_IN_UTC = "replace(to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), '.000000', '')"


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is wrong with a cell: *mended* is what can be kept in its place; None where nothing can."""

    column: str
    reason: str
    mended: str | None
    is_spelling: bool = False
    """Whether it is the same, spelled otherwise: nobody need hear of that."""


class Shape:
    """A table, as its rows are read and judged."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.name = str(table.name)
        self.columns: list[Column[Any]] = list(table.columns)
        self.key = [self.columns.index(column) for column in table.primary_key.columns]
        has_bytes = any(isinstance(column.type, LargeBinary) for column in self.columns)
        self._part = PART_OF_LONG_ROWS if has_bytes else PART
        self._types = [_types(column) for column in self.columns]
        self._checks = [(place, check) for place, column in enumerate(self.columns) if (check := _check(column))]
        self._seen: set[tuple[type, ...]] = set()

    def key_of(self, row: Cells) -> Cells:
        """The key by which a row is found."""
        return tuple(row[place] for place in self.key)

    def count(self, tx: Connection) -> int:
        """How many rows there are."""
        return tx.scalar(select(func.count()).select_from(self.table)) or 0

    def rows(self, tx: Connection, *, after: Cells | None = None, in_order: bool = True) -> Iterator[Sequence[Cells]]:
        """The rows behind that key, in the order of their keys; a few at a time in memory.

        Where it is all the same, not *in_order* is faster.
        """
        is_postgresql = tx.dialect.name == "postgresql"
        mark = "%s" if is_postgresql else "?"
        names = ", ".join(_named(column.name) for column in self.columns)
        asked = ", ".join(map(_as_kept, self.columns)) if is_postgresql else names
        keys = ", ".join(_named(self.columns[place].name) for place in self.key)
        query = f"SELECT {asked} FROM {_named(self.name)}"  # noqa: S608 - names of our own tables and columns
        if after is not None:
            query += f" WHERE ({keys}) > ({', '.join([mark] * len(self.key))})"
        if in_order:
            query += f" ORDER BY {keys}"
        with _as_it_is(tx):
            options = {"stream_results": True, "max_row_buffer": self._part}
            found = tx.exec_driver_sql(query, after or (), execution_options=options)
            for part in found.partitions(self._part):
                yield [tuple(row) for row in part]

    def doubts(self, row: Cells) -> list[Doubt]:
        """What is not as this table's rows are; nothing of nearly every row, and that is found fast."""
        if tuple(map(type, row)) not in self._seen:
            if found := self._of_other_types(row):
                return found
            self._seen.add(tuple(map(type, row)))
        found = []
        for place, check in self._checks:
            cell = row[place]
            if cell is not None and (doubt := check(cell)):
                found.append(Doubt(self.columns[place].name, *doubt, is_spelling=doubt[0] == SPELLING))
        return found

    def _of_other_types(self, row: Cells) -> list[Doubt]:
        return [
            Doubt(column.name, f"holds {_NOUNS[type(cell)]} where {_NOUNS[types[0]]} belongs", None)
            for column, cell, types in zip(self.columns, row, self._types, strict=True)
            if cell is not None and type(cell) not in types
        ]


def digested(row: Cells) -> tuple[int, int]:
    """The digest of a row, and how long it is. Raise TypeError for text that is not UTF-8: see `mended`."""
    written = orjson.dumps(row, default=bytes.hex)
    return int.from_bytes(sha256(written).digest(), "big"), len(written)


def mended(row: Cells, *, also_nul: bool) -> Cells:
    """The row with a visible character in the place of what is no character and, with *also_nul*, of NUL."""
    pattern = _UNSTORABLE if also_nul else _SURROGATES
    return tuple(pattern.sub("\N{REPLACEMENT CHARACTER}", each) if isinstance(each, str) else each for each in row)


_NOUNS: dict[type, str] = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bytes: "bytes",
    type(None): "nothing",
}


def _types(column: Column[Any]) -> tuple[type, ...]:
    kind = column.type
    if isinstance(kind, LargeBinary):
        return (bytes,)
    if isinstance(kind, Integer | BigInteger | Boolean):
        return (int,)
    return (float, int) if isinstance(kind, Double) else (str,)


Check = Callable[[Any], tuple[str, str | None] | None]


def _check(column: Column[Any]) -> Check | None:
    kind = column.type
    if isinstance(kind, Moment):
        return _as_moment
    if isinstance(kind, Boolean):
        return _as_boolean
    if isinstance(kind, OneOf):
        return _Among(frozenset(member.value for member in kind.kind))
    return _Among(frozenset(kind.names)) if isinstance(kind, Name) else None


@lru_cache(maxsize=4096)
def _as_moment(cell: str) -> tuple[str, str | None] | None:
    try:
        spelled = as_text(of_text(cell))
    except ValueError:
        return "holds no time where one belongs", None
    return None if spelled == cell else (SPELLING, spelled)


def _as_boolean(cell: int) -> tuple[str, str | None] | None:
    return None if cell in (0, 1) else ("holds another number than 0 or 1", None)


class _Among:
    """Holds a text against those that there are. What is none of them is damage, and can be kept as it is."""

    def __init__(self, known: frozenset[str]) -> None:
        self.known = known

    def __call__(self, cell: str) -> tuple[str, str | None] | None:
        return None if cell in self.known else ("holds none of the words that belong there", cell)


def _named(name: str) -> str:
    return f'"{name}"'


def _as_kept(column: Column[Any]) -> str:
    """A column of PostgreSQL as SQLite keeps it."""
    name = _named(column.name)
    if isinstance(column.type, Moment):
        return _IN_UTC.format(name)
    return f"{name}::int" if isinstance(column.type, Boolean) else name


@contextmanager
def _as_it_is(tx: Connection) -> Iterator[None]:
    """Read text that is no UTF-8, too, and times as those of UTC."""
    if tx.dialect.name == "postgresql":
        tx.execute(text("SET LOCAL TimeZone = 'UTC'"))
        yield
        return
    connection: Any = tx.connection.driver_connection
    before = connection.text_factory
    connection.text_factory = _decoded
    try:
        yield
    finally:
        connection.text_factory = before


def _decoded(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
