"""Subscriptions a page at a time, the newest first, and how much each was sent of late."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Text, func, literal, select, tuple_, type_coerce

from monitor.errors import StoreCorrupt
from monitor.model import DeliveryState, Subscription, SubscriptionState
from monitor.storage.statements import rows_of
from monitor.storage.subscription_rows import WHOLE, restored_all
from monitor.storage.tables import deliveries, subscriptions
from monitor.storage.types import Moment

Place = tuple[datetime, str]
"""When a subscription was made, and its id: where it stands in the list."""

_by_time = (subscriptions.c.created_at, subscriptions.c.id)


def page(
    tx: Connection, *, states: Collection[SubscriptionState], before: Place | None, limit: int
) -> list[Subscription]:
    """Up to *limit* subscriptions in one of these states, the newest first, those that stand behind *before*.

    One whose row cannot be read is left out, and its place is skipped.
    """
    query = WHOLE.where(subscriptions.c.state.in_(states))
    if before is not None:
        query = query.where(tuple_(*_by_time) < tuple_(literal(before[0], Moment()), literal(before[1])))
    query = query.order_by(*(column.desc() for column in _by_time)).limit(limit)
    try:
        rows: Sequence[Row[Any]] = tx.execute(query).all()
    except StoreCorrupt:
        ids = tx.scalars(query.with_only_columns(subscriptions.c.id, maintain_column_froms=True)).all()
        rows = sorted(rows_of(tx, WHOLE, subscriptions.c.id, ids, {}), key=lambda row: (row.created_at, row.id))[::-1]
    return list(restored_all(tx, rows))


def counts(tx: Connection) -> dict[SubscriptionState, int]:
    """How many subscriptions are in each state, where there are any."""
    state = type_coerce(subscriptions.c.state, Text)
    found = {row[0]: row[1] for row in tx.execute(select(state, func.count()).group_by(state))}
    return {each: found[each] for each in SubscriptionState if each in found}


def taken_since(tx: Connection, ids: Collection[str], since: datetime) -> dict[str, int]:
    """How many messages each of these subscriptions was sent since then that were taken; those without any left out."""
    query = select(deliveries.c.subscription_id, func.count()).where(
        deliveries.c.subscription_id.in_(sorted(ids)),
        deliveries.c.standing == DeliveryState.DELIVERED,
        deliveries.c.created_at >= since,
    )
    return {row[0]: row[1] for row in tx.execute(query.group_by(deliveries.c.subscription_id))}
