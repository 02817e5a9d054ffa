"""Every attempt to deliver, and what the receiver answered."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, insert, select, tuple_

from monitor.model import Attempt
from monitor.storage.statements import chunks, rows_of
from monitor.storage.tables import attempts, deliveries

MOST_FORGOTTEN = 10_000
"""In one transaction: of one event a million attempts may grow old in one hour."""

_names = [field.name for field in fields(Attempt)]
_columns = [attempts.c[name] for name in _names]

_its = {column: bindparam(f"its_{column.name}", type_=column.type) for column in _columns}
_highest = select(func.max(attempts.c.number)).where(attempts.c.delivery_id == _its[attempts.c.delivery_id])
_number = func.coalesce(_highest.scalar_subquery(), 0) + 1
_add = insert(attempts).values(_its | {attempts.c.number: _number})
_lock = (
    select(deliveries.c.id)
    .where(deliveries.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(deliveries.c.id)
    .with_for_update()
)


def add(tx: Connection, made: Iterable[Attempt]) -> None:
    """Store attempts, each numbered after the earlier ones of its delivery.

    A replayed delivery counts from 1 again, and two processes may have tried at once after a claim expired, so the
    number that an attempt came with is ignored. The deliveries are locked, in one order for everyone, so no two
    attempts get the same number.
    """
    for chunk in chunks(made):
        tx.execute(_lock, {"ids": sorted({attempt.delivery_id for attempt in chunk})})
        tx.execute(_add, [{f"its_{name}": getattr(attempt, name) for name in _names} for attempt in chunk])


def of_delivery(tx: Connection, delivery_id: str) -> list[Attempt]:
    """The stored attempts of a delivery, oldest first."""
    query = select(*_columns).where(attempts.c.delivery_id == delivery_id).order_by(attempts.c.number)
    return [Attempt(**row._mapping) for row in tx.execute(query)]


def of_deliveries(tx: Connection, delivery_ids: Iterable[str]) -> dict[str, list[Attempt]]:
    """The stored attempts of those deliveries that were tried, oldest first, by the delivery.

    Without those of a delivery of which one cannot be read.
    """
    found: dict[str, list[Attempt]] = {}
    query = select(*_columns).order_by(attempts.c.delivery_id, attempts.c.number)
    for row in rows_of(tx, query, attempts.c.delivery_id, delivery_ids, {}):
        found.setdefault(row.delivery_id, []).append(Attempt(**row._mapping))
    return found


def oldest(tx: Connection) -> datetime | None:
    """When the first of all attempts that are kept was made; None where there are none."""
    made_at: datetime | None = tx.scalar(select(attempts.c.at).order_by(attempts.c.at).limit(1))
    return made_at


def forget(tx: Connection, before: datetime) -> int:
    """Delete attempts made before that time, the oldest first and MOST_FORGOTTEN at most; give how many there were."""
    key = (attempts.c.delivery_id, attempts.c.number)
    oldest = select(*key).where(attempts.c.at < before).order_by(attempts.c.at).limit(MOST_FORGOTTEN)
    return tx.execute(delete(attempts).where(tuple_(*key).in_(oldest))).rowcount
