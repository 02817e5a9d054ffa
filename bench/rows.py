"""Ways to write many rows to PostgreSQL: a statement a row, an array a column as the program does, and COPY.

Processor time, ours and the server's, of short rows as the index has them, and of snapshots.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from time import process_time
from typing import Any

import psycopg
from psycopg import sql

from bench.figures import Figure
from bench.postgres import Server, server
from bench.wanted import Wanted

Rows = list[tuple[Any, ...]]
NOW = datetime(2026, 11, 22, 17, tzinfo=UTC)
BATCHES = 60
WORDS = ("words", ("text", "int4"), 1_500)
SNAPSHOTS = ("snapshots", ("text", "text", "int4", "bytea", "timestamptz", "int4", "bytea"), 250)
"""A table, the types of its columns, of which the first three or fewer are its key, and rows a batch."""


def measure(wanted: Wanted) -> Iterator[Figure]:
    """Microseconds a row."""
    with server() as database, psycopg.connect(database.address) as connection:
        for name, types, count in (WORDS, SNAPSHOTS):
            columns = ", ".join(f"c{place} {type_}" for place, type_ in enumerate(types))
            key = ", ".join(f"c{place}" for place in range(min(len(types), 3)))
            connection.execute(sql.SQL(f"CREATE TABLE {name} ({columns}, PRIMARY KEY ({key}))"))
            connection.commit()
            for way, write in WAYS.items():
                wanted.say(f"{name}: {way}")
                ours, theirs = _measured(database, connection, name, types, write, count)
                yield Figure(f"rows: {name}, {way}: our processor time a row", ours, "µs")
                yield Figure(f"rows: {name}, {way}: the server's", theirs, "µs")


Write = Callable[[psycopg.Connection[Any], str, Sequence[str], Rows], None]


def _measured(
    database: Server, connection: psycopg.Connection[Any], name: str, types: Sequence[str], write: Write, count: int
) -> tuple[float, float]:
    connection.execute(sql.SQL(f"TRUNCATE {name}"))
    made = [_rows(name, range(batch * count, (batch + 1) * count)) for batch in range(BATCHES)]
    theirs, ours = database.processor_seconds(), process_time()
    for rows in made:
        write(connection, name, types, rows)
        connection.commit()
    spent = process_time() - ours, database.processor_seconds() - theirs
    return spent[0] * 1e6 / (BATCHES * count), spent[1] * 1e6 / (BATCHES * count)


def _rows(name: str, numbers: range) -> Rows:
    if name == WORDS[0]:
        return [(f"word{number * 7919 % 5000}", number) for number in numbers]
    return [
        ("clinicaltrials.gov", f"NCT{number:08}", 1, os.urandom(32), NOW, 15_000, os.urandom(3_800))
        for number in numbers
    ]


def _a_statement_a_row(connection: psycopg.Connection[Any], name: str, types: Sequence[str], rows: Rows) -> None:
    values = ", ".join(f"%s::{each}" for each in types)
    query = sql.SQL(f"INSERT INTO {name} VALUES ({values}) ON CONFLICT DO NOTHING")
    connection.cursor().executemany(query, rows)


def _an_array_a_column(connection: psycopg.Connection[Any], name: str, types: Sequence[str], rows: Rows) -> None:
    arrays = ", ".join(f"%b::{each}[]" for each in types)
    query = sql.SQL(f"INSERT INTO {name} SELECT * FROM unnest({arrays}) ON CONFLICT DO NOTHING")
    connection.execute(query, [list(column) for column in zip(*rows, strict=True)])


def _copy(connection: psycopg.Connection[Any], name: str, types: Sequence[str], rows: Rows) -> None:
    with connection.cursor().copy(sql.SQL(f"COPY {name} FROM STDIN (FORMAT BINARY)")) as copy:
        copy.set_types(types)
        for row in rows:
            copy.write_row(row)


WAYS: dict[str, Write] = {
    "a statement a row": _a_statement_a_row,
    "an array a column": _an_array_a_column,
    "COPY": _copy,
}
