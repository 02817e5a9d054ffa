"""Every attempt to deliver, and what the receiver answered."""

from dataclasses import fields, replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from monitor.model import Attempt
from monitor.storage.tables import attempts, deliveries

_names = [field.name for field in fields(Attempt)]
_columns = [attempts.c[name] for name in _names]

_its = {column: bindparam(f"its_{column.name}", type_=column.type) for column in _columns}
_highest = select(func.max(attempts.c.number)).where(attempts.c.delivery_id == _its[attempts.c.delivery_id])
_number = func.coalesce(_highest.scalar_subquery(), 0) + 1
_add = insert(attempts).values(_its | {attempts.c.number: _number}).returning(attempts.c.number)
_lock = select(deliveries.c.id).where(deliveries.c.id == _its[attempts.c.delivery_id]).with_for_update()


def add(tx: Connection, attempt: Attempt) -> Attempt:
    """Store an attempt, numbered after the earlier ones of its delivery, and return it as stored.

    A replayed delivery counts from 1 again, and two processes may have tried at once after a claim expired, so the
    number that the attempt came with is ignored. The delivery is locked, so no two attempts get the same number.
    """
    tx.execute(_lock, {"its_delivery_id": attempt.delivery_id})
    values = {f"its_{name}": getattr(attempt, name) for name in _names}
    return replace(attempt, number=tx.execute(_add, values).scalar_one())


def of_delivery(tx: Connection, delivery_id: str) -> list[Attempt]:
    """The stored attempts of a delivery, oldest first."""
    query = select(*_columns).where(attempts.c.delivery_id == delivery_id).order_by(attempts.c.number)
    return [Attempt(**row._mapping) for row in tx.execute(query)]


def forget(tx: Connection, before: datetime) -> int:
    """Delete the attempts made before that time, and return how many there were."""
    return tx.execute(delete(attempts).where(attempts.c.at < before)).rowcount
