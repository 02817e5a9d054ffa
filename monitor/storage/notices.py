"""What the operator should know about the program. Stored even if nobody is told: `monitor doctor` shows them.

What a subscriber is asked is a notice too, because it goes out as one does; but it is nothing for the operator.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from datetime import datetime

from sqlalchemy import Connection, select

from monitor.errors import StoreCorrupt
from monitor.model import Notice, SubscriptionState
from monitor.model.subscriber_notice import SubscriberNotice
from monitor.storage import deliveries
from monitor.storage.places import Place, is_behind
from monitor.storage.statements import add_new, rows_of
from monitor.storage.tables import endpoints, notices, subscriptions
from monitor.storage.unread import Unread, rows_in_place

LISTED = 50

_columns = [notices.c[field.name] for field in fields(Notice)]
_is_for_operator = notices.c.kind.not_in([str(kind) for kind in SubscriberNotice])


def notify_operator(tx: Connection, notice: Notice, *, except_at: str | None = None) -> bool:
    """Store a notice and owe it to the operator; return whether it is new. One that was told before is not told again.

    *except_at* is an endpoint that gets no notice, because the notice is about it.
    """
    if not add_new(tx, notices, [asdict(notice)], returning=(notices.c.id,)):
        return False
    query = (
        select(subscriptions.c.id)
        .join(endpoints, endpoints.c.id == subscriptions.c.endpoint_id)
        .where(subscriptions.c.origin == "operator", subscriptions.c.state == SubscriptionState.ACTIVE)
    )
    if except_at:
        query = query.where(endpoints.c.id != except_at)
    deliveries.owe_notice(tx, notice, tx.scalars(query).all())
    return True


def ask_subscribers(tx: Connection, told: Sequence[tuple[Notice, Sequence[str]]], *, at: datetime) -> None:
    """Store notices of a kind of `SubscriberNotice`, and owe each to its subscriptions, from *at* on."""
    add_new(tx, notices, [asdict(notice) for notice, _ in told])
    deliveries.owe_notices(tx, told, at)


def keep(tx: Connection, imported: Iterable[Notice]) -> int:
    """Store notices of another store, and owe them to nobody; return how many are new."""
    return len(add_new(tx, notices, [asdict(notice) for notice in imported], returning=(notices.c.id,)))


def known(tx: Connection, ids: set[str], *, damaged: dict[str, StoreCorrupt]) -> dict[str, Notice]:
    """The notices of these ids, as far as they exist; those that cannot be read are put into *damaged*."""
    rows = rows_of(tx, select(*_columns), notices.c.id, sorted(ids), damaged)
    return {row.id: Notice(**row._mapping) for row in rows}


def page(tx: Connection, *, before: Place | None = None, limit: int) -> list[Notice | Unread]:
    """Up to *limit* notices to the operator, newest first, behind a place. What is wrong with one stands there."""
    query = select(*_columns).where(_is_for_operator)
    if before is not None:
        query = query.where(is_behind(notices.c.occurred_at, notices.c.id, before))
    ordered = query.order_by(notices.c.occurred_at.desc(), notices.c.id.desc()).limit(limit)
    rows = rows_in_place(tx, ordered, (notices.c.id,), notices.c.id)
    return [row if isinstance(row, Unread) else Notice(**row._mapping) for row in rows]


def listing(tx: Connection, limit: int = LISTED) -> list[Notice]:
    """The latest notices to the operator, newest first, without damaged ones."""
    query = select(*_columns).where(_is_for_operator).order_by(notices.c.occurred_at.desc(), notices.c.id).limit(limit)
    try:
        rows = list(tx.execute(query).all())
    except StoreCorrupt:
        newest = (
            select(notices.c.id)
            .where(_is_for_operator)
            .order_by(notices.c.occurred_at.desc(), notices.c.id)
            .limit(limit)
        )
        rows = [row for key in tx.scalars(newest).all() for row in rows_of(tx, query, notices.c.id, [key], {})]
    return [Notice(**row._mapping) for row in rows]
