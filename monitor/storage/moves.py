"""What a database knows of its own move: that everything is going from here, or comes here, and how far that is.

From the moment a move begins, the database that everything goes from refuses every write, also of processes that have
it open and of older versions of the program: triggers do that. `monitor.storage.store` refuses to open either database
until it is whole, and the one that was left for good.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, delete, func, inspect, select, text, update

from monitor.errors import StoreUnavailable
from monitor.storage.metadata import metadata
from monitor.storage.move_tables import move_remarks, moved_tables, moves

OWN = frozenset({"claims", "leases", "moves", "moved_tables", "move_remarks"})
"""Tables that are about this database, and the processes at it: they never move."""

Cell = str | int | float | bytes | None
"""A value as SQLite keeps it."""

TABLE = moves.name
"""Whether it is there says whether a database can know of a move."""

_UNDER_WAY = text("SELECT arrives, other, finished_at FROM moves WHERE NOT arrives OR finished_at IS NULL")
_MODULUS = 2**256
_FUNCTION = "refuse_as_moved"
_REFUSED = "MV001"
"""The SQLSTATE with which PostgreSQL refuses a write to what was moved: `monitor.storage.failures` knows it."""


@dataclass(frozen=True, slots=True)
class Move:
    """A move, as one of its two databases knows it."""

    id: str
    arrives: bool
    other: str
    begun_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Moved:
    """How far a table has come. *digest* is the sum of the SHA-256 of its rows, whatever their order."""

    name: str
    last: tuple[Cell, ...] | None = None
    moved: int = 0
    digest: int = 0
    is_proved: bool = False


@dataclass(frozen=True, slots=True)
class Remark:
    """A row that did not come as it was, or not at all."""

    table: str
    key: tuple[Cell, ...]
    is_left: bool
    reason: str


class Overtaken(StoreUnavailable):
    """Another process moves the same."""


def refuse(tx: Connection, name: str) -> None:
    """Raise StoreUnavailable for a database that everything went from, or that is not whole yet."""
    for arrives, other, finished_at in tx.execute(_UNDER_WAY):
        if arrives:
            raise StoreUnavailable(
                f"{name} is not whole yet, it comes from {other}: go on with `monitor move --to`, store.url being that"
            )
        if finished_at is None:
            raise StoreUnavailable(
                f"{name} is on its way to {other}: go on with `monitor move --to`, or give it up with "
                "`monitor move --undo`"
            )
        raise StoreUnavailable(f"{name} was moved to {other}: set store.url to that")


def every(tx: Connection) -> list[Move]:
    """All that the database knows of, the last one last."""
    return [Move(*row) for row in tx.execute(select(moves).order_by(moves.c.begun_at, moves.c.id))]


def leaving(tx: Connection) -> Move | None:
    """The move by which everything goes from here, or went. The schema may be an older one."""
    if not inspect(tx).has_table(TABLE):
        return None
    return next((move for move in every(tx) if not move.arrives), None)


def arriving(tx: Connection) -> Move | None:
    """The last move by which something came here."""
    return next((move for move in reversed(every(tx)) if move.arrives), None)


def leave(tx: Connection, move: Move) -> None:
    """Note that everything goes from here, and refuse every write but this from then on."""
    tx.execute(moves.insert().values(_values(move)))
    if tx.dialect.name == "postgresql":
        tx.execute(
            text(
                f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION 'it was moved' USING ERRCODE = '{_REFUSED}'; END $$"
            )
        )
    for statement in _guarding(tx.dialect.name):
        tx.execute(text(statement))


def stay(tx: Connection, move: Move) -> None:
    """Take that back."""
    if tx.dialect.name == "postgresql":
        tx.execute(text(f"DROP FUNCTION IF EXISTS {_FUNCTION}() CASCADE"))
    else:
        for name in tx.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            if name.startswith(f"{_FUNCTION}_"):
                tx.execute(text(f'DROP TRIGGER "{name}"'))
    tx.execute(delete(moves).where(moves.c.id == move.id))


def arrive(tx: Connection, move: Move, tables: Iterable[str]) -> None:
    """Note that everything comes here, these tables of it."""
    tx.execute(moves.insert().values(_values(move)))
    rows = [{"move_id": move.id, **_state(Moved(name))} for name in tables]
    tx.execute(moved_tables.insert(), rows)


def forget(tx: Connection, move: Move) -> None:
    """Forget a move that was given up."""
    for table, column in ((move_remarks, move_remarks.c.move_id), (moved_tables, moved_tables.c.move_id)):
        tx.execute(delete(table).where(column == move.id))
    tx.execute(delete(moves).where(moves.c.id == move.id))


def finish(tx: Connection, move: Move, now: datetime) -> None:
    """Note that the move is done, as far as this database is concerned."""
    tx.execute(update(moves).where(moves.c.id == move.id).values(finished_at=now))


def progress(tx: Connection, move: Move) -> dict[str, Moved]:
    """How far each table has come, in the order of their names."""
    rows = tx.execute(select(moved_tables).where(moved_tables.c.move_id == move.id)).all()
    return {row.name: _moved(row) for row in sorted(rows, key=lambda row: str(row.name))}


def go_on(tx: Connection, move: Move, before: Moved, after: Moved) -> None:
    """Note how far a table is after this transaction. Raise Overtaken unless it was where it is thought to be.

    Called before the rows are written: who comes second waits here for the first, and then finds that it is second.
    """
    this = (moved_tables.c.move_id == move.id) & (moved_tables.c.name == before.name)
    as_before = (moved_tables.c.moved == before.moved) & moved_tables.c.last.is_not_distinct_from(_key(before.last))
    if tx.execute(update(moved_tables).where(this & as_before).values(_state(after))).rowcount != 1:
        raise Overtaken("another process is moving the same: let it go on, or end it and try again")


def remark(tx: Connection, move: Move, remarks: Iterable[Remark]) -> None:
    """Note rows that are not what they were."""
    rows = [
        {
            "move_id": move.id,
            "name": each.table,
            "key": _key(each.key),
            "is_left": each.is_left,
            "reason": each.reason,
        }
        for each in remarks
    ]
    if rows:
        tx.execute(move_remarks.insert(), rows)


def remarks(tx: Connection, move: Move) -> list[Remark]:
    """All such rows, in the order of their tables and keys."""
    query = select(move_remarks).where(move_remarks.c.move_id == move.id).order_by(move_remarks.c.name)
    rows = tx.execute(query.order_by(move_remarks.c.key)).all()
    return [Remark(row.name, _cells(row.key) or (), row.is_left, row.reason) for row in rows]


def left(tx: Connection, move: Move, table: str) -> int:
    """How many rows of a table did not come."""
    of = (move_remarks.c.move_id == move.id) & (move_remarks.c.name == table) & move_remarks.c.is_left
    return tx.scalar(select(func.count()).select_from(move_remarks).where(of)) or 0


def added(digest: int, more: int) -> int:
    """The digest of rows, and of more of them."""
    return (digest + more) % _MODULUS


def _guarding(dialect: str) -> Iterable[str]:
    for name in (each.name for each in metadata.sorted_tables if each.name not in OWN or each.name == "leases"):
        if dialect == "postgresql":
            yield (
                f"CREATE TRIGGER {_FUNCTION} BEFORE INSERT OR UPDATE OR DELETE ON {name} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {_FUNCTION}()"
            )
        else:
            for act in ("INSERT", "UPDATE", "DELETE"):
                yield (
                    f"CREATE TRIGGER {_FUNCTION}_{name}_{act.lower()} BEFORE {act} ON {name} "
                    "BEGIN SELECT RAISE(ABORT, 'it was moved'); END"
                )


def _values(move: Move) -> dict[str, object]:
    return {
        "id": move.id,
        "arrives": move.arrives,
        "other": move.other,
        "begun_at": move.begun_at,
        "finished_at": move.finished_at,
    }


def _state(moved: Moved) -> dict[str, object]:
    return {
        "name": moved.name,
        "last": _key(moved.last),
        "moved": moved.moved,
        "digest": moved.digest.to_bytes(32, "big"),
        "is_proved": moved.is_proved,
    }


def _moved(row: Row[tuple[object, ...]]) -> Moved:
    return Moved(row.name, _cells(row.last), row.moved, int.from_bytes(row.digest, "big"), row.is_proved)


def _key(cells: tuple[Cell, ...] | None) -> str | None:
    """A key as JSON, bytes as the one text of a list."""
    if cells is None:
        return None
    return json.dumps([[each.hex()] if isinstance(each, bytes) else each for each in cells])


def _cells(text_: str | None) -> tuple[Cell, ...] | None:
    if text_ is None:
        return None
    return tuple(bytes.fromhex(each[0]) if isinstance(each, list) else each for each in json.loads(text_))
