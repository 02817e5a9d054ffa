"""Many rows in one statement of PostgreSQL: an array a column, however many rows.

On PostgreSQL 18, a statement a row costs us three to seven times as much, and the server up to twice as much; a
parameter a value, four times. COPY costs the server a fifth less for short rows and hardly anything less for snapshots,
but it has no ON CONFLICT: each transaction would need a table of its own to copy into. `python -m bench rows` has it.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from psycopg import Connection
from psycopg.types.array import ListBinaryDumper
from sqlalchemy import ARRAY, Table, bindparam, column, func, select
from sqlalchemy.dialects import postgresql


@lru_cache(maxsize=256)
def inserting(table: Table, names: tuple[str, ...]) -> postgresql.Insert:
    """An insert of rows with these columns, given as `by_column`."""
    arrays = [bindparam(name, type_=ARRAY(table.c[name].type, dimensions=1)) for name in names]
    given = func.unnest(*arrays).table_valued(*(column(name, table.c[name].type) for name in names)).render_derived()
    return postgresql.insert(table).from_select(list(names), select(*given.c))


def by_column(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """The rows, of which each has the columns of the first, as a list a column."""
    return {name: [row[name] for row in rows] for name in rows[0]}


def are_apart(table: Table, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether no two of the rows have the same primary key: one statement changes a row once."""
    key = [each.name for each in table.primary_key if each.name in rows[0]]
    return not key or len({tuple(row.get(name) for name in key) for row in rows}) == len(rows)


def send_in_binary(connection: Connection[Any]) -> None:
    """Have a connection send lists as they are in memory: as text, bytes take us eight times as long."""
    connection.adapters.register_dumper(list, ListBinaryDumper)
