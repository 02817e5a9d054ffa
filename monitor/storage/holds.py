"""Events that are held back together because so many similar ones look like a change by the registry itself."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

import orjson
from sqlalchemy import Connection, Row, insert, select, update

from monitor.errors import NothingFound
from monitor.storage.settling_tables import holds
from monitor.storage.unread import Unread, apart, rows_in_place

Decision = Literal["released", "discarded"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A row, column by column."""

    id: int = 0
    registry: str
    version: str
    fields: tuple[str, ...]
    """Those that changed in too many trials at once."""
    trials: int
    """In which one of them changed."""
    checked: int
    """How many trials the pass covered."""
    held_at: datetime
    decision: Decision | None = None
    decided_at: datetime | None = None
    decided_by: str | None = None
    """A user or a token; None at the command line, and where it is not decided."""
    waiting: int = 0
    """Later events of the same trials that wait behind it; no column: see `settlements.waiting`."""


def add(tx: Connection, hold: Hold) -> Hold:
    """Keep a hold, and give it with its number."""
    values = {"fields": orjson.dumps(hold.fields).decode()} | {
        name: getattr(hold, name) for name in ("registry", "version", "trials", "checked", "held_at")
    }
    return replace(hold, id=tx.execute(insert(holds).values(values).returning(holds.c.id)).scalar_one())


def listing(tx: Connection, *, undecided: bool = False, damaged: list[Unread] | None = None) -> list[Hold]:
    """Every hold, or those that wait for the operator, newest first; what cannot be read is put into *damaged*."""
    query = select(holds).order_by(holds.c.id.desc())
    if undecided:
        query = query.where(holds.c.decision.is_(None))
    return [_restored(row) for row in apart(rows_in_place(tx, query, (holds.c.id,), holds.c.id), damaged)]


def page(tx: Connection, *, before: int | None = None, limit: int) -> list[Hold | Unread]:
    """Up to *limit* holds, decided or not, the newest first: those of a lower number than *before*.

    What is wrong with one stands in its place.
    """
    query = select(holds).order_by(holds.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(holds.c.id < before)
    rows = rows_in_place(tx, query, (holds.c.id,), holds.c.id)
    return [row if isinstance(row, Unread) else _restored(row) for row in rows]


def of_version(tx: Connection, registry: str, version: str) -> Sequence[Hold]:
    """The undecided holds of one version of a registry's data."""
    return [hold for hold in listing(tx, undecided=True) if (hold.registry, hold.version) == (registry, version)]


def get(tx: Connection, hold_id: int) -> Hold:
    """That one. NothingFound where there is none of this number."""
    row = tx.execute(select(holds).where(holds.c.id == hold_id)).one_or_none()
    if row is None:
        raise NothingFound(f"nothing is held as {hold_id}: `monitor held list` shows what is")
    return _restored(row)


def decide(tx: Connection, hold_id: int, decision: Decision, *, by: str | None, at: datetime) -> None:
    """Record what was decided, and by whom; None: at the command line."""
    tx.execute(update(holds).where(holds.c.id == hold_id).values(decision=decision, decided_by=by, decided_at=at))


def _restored(row: Row[Any]) -> Hold:
    """A hold whose fields are damaged has none: it can be decided all the same."""
    fields: tuple[str, ...] = ()
    with suppress(TypeError, ValueError):
        fields = tuple(str(each) for each in orjson.loads(row.fields))
    return Hold(**{**row._mapping, "fields": fields})
