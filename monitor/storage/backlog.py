"""What waits in the outbox, and for whose digest it is time: how much, since when, and until when."""

from datetime import datetime

from sqlalchemy import Connection, func, select

from monitor.model import DeliveryState
from monitor.storage import rhythms
from monitor.storage.deliveries import BY_DUE, IS_CLAIMABLE, IS_OWED, IS_REJECTED, IS_SENDABLE
from monitor.storage.tables import deliveries
from monitor.storage.types import Moment


def next_due(tx: Connection) -> datetime | None:
    """When there is something to send or a digest to compose, in the future or the past; None if nothing waits."""
    query = select(deliveries.c.next_attempt_at).where(IS_CLAIMABLE).order_by(*BY_DUE).limit(1)
    return min(filter(None, (tx.scalar(query), rhythms.next_due(tx))), default=None)


def oldest_owed(tx: Connection) -> datetime | None:
    """When the longest-waiting delivery that may be sent was owed, or the first digest due; None if there is none."""
    oldest = tx.scalar(select(func.min(deliveries.c.owed_at, type_=Moment())).where(IS_SENDABLE))
    return min(filter(None, (oldest, rhythms.next_due(tx))), default=None)


def oldest_postponed(tx: Connection) -> datetime | None:
    """When the longest-waiting delivery that cannot be prepared was owed; None if there is none."""
    postponed = (deliveries.c.attempts == 0) & deliveries.c.outcome.is_not(None) & deliveries.c.finished_at.is_(None)
    query = select(func.min(deliveries.c.owed_at, type_=Moment())).where(IS_SENDABLE, postponed)
    oldest: datetime | None = tx.scalar(query)
    return oldest


def counts(tx: Connection) -> dict[DeliveryState, int]:
    """How many deliveries there are in each state."""
    count = select(func.count()).select_from(deliveries)
    total, owed, rejected = (tx.scalar(query) or 0 for query in (count, count.where(IS_OWED), count.where(IS_REJECTED)))
    return {
        DeliveryState.OWED: owed,
        DeliveryState.DELIVERED: total - owed - rejected,
        DeliveryState.REJECTED: rejected,
    }
