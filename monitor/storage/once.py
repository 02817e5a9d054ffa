"""What programs asked for under a key of their own, and what they were answered: the same is done once.

A key is written in the transaction of what it stands for, and so is the answer: after a crash, both are there or
neither. Two processes that are asked for the same at one moment do it in turn: the second waits for the first's row.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from monitor.storage.api_tables import done_once
from monitor.storage.statements import add_new


@dataclass(frozen=True, slots=True)
class Asked:
    """A request under a key."""

    whose: str
    """The token that asked, by its id: others may choose the same key."""
    key: str
    request: bytes
    """Its digest."""


@dataclass(frozen=True, slots=True)
class Done:
    """What there is of a key. *status* and *answer* are None of what was begun and is not known to be done."""

    request: bytes
    begun_at: datetime
    status: int | None
    answer: bytes | None


def find(tx: Connection, asked: Asked) -> Done | None:
    """What there is of this key, if anything."""
    query = select(done_once).where(done_once.c.whose == asked.whose, done_once.c.key == asked.key)
    row = tx.execute(query).one_or_none()
    return Done(row.request, row.begun_at, row.status, row.answer) if row else None


def begin(tx: Connection, asked: Asked, *, now: datetime) -> Done | None:
    """Note that it is begun; what there is of the key already is given, and nothing is noted."""
    values = {"whose": asked.whose, "key": asked.key, "request": asked.request, "begun_at": now}
    made = add_new(tx, done_once, [{**values, "status": None, "answer": None}], returning=(done_once.c.key,))
    return None if made else find(tx, asked)


def finish(tx: Connection, asked: Asked, status: int, answer: bytes) -> None:
    """Note what was answered."""
    same = (done_once.c.whose == asked.whose) & (done_once.c.key == asked.key)
    tx.execute(update(done_once).where(same).values(status=status, answer=answer))


def take_back(tx: Connection, asked: Asked) -> None:
    """Forget the key: nothing was done."""
    tx.execute(delete(done_once).where(done_once.c.whose == asked.whose, done_once.c.key == asked.key))


def forget(tx: Connection, *, begun_before: datetime, limit: int) -> int:
    """Forget up to *limit* keys that were begun before then; give how many."""
    old = select(done_once.c.whose, done_once.c.key).where(done_once.c.begun_at < begun_before).limit(limit)
    rows = tx.execute(old).all()
    for row in rows:
        tx.execute(delete(done_once).where(done_once.c.whose == row.whose, done_once.c.key == row.key))
    return len(rows)
