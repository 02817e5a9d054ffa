"""Pauses that end by themselves: when the next one does, and whose have."""

from datetime import datetime

from sqlalchemy import Connection, func, select, update

from monitor.storage.tables import subscriptions
from monitor.storage.types import Moment

_until = subscriptions.c.paused_until


def next_end(tx: Connection) -> datetime | None:
    """When the next one ends, in the future or the past; None where none does."""
    found: datetime | None = tx.scalar(select(func.min(_until, type_=Moment())).where(_until.is_not(None)))
    return found


def over(tx: Connection, *, now: datetime, limit: int) -> list[str]:
    """Up to *limit* subscriptions whose pause is over, by their ids, the one that waits longest first."""
    query = select(subscriptions.c.id).where(_until.is_not(None), _until <= now)
    return list(tx.scalars(query.order_by(_until).limit(limit)))


def forget(tx: Connection, subscription_id: str) -> None:
    """Let it not go on by itself."""
    tx.execute(update(subscriptions).where(subscriptions.c.id == subscription_id).values(paused_until=None))
