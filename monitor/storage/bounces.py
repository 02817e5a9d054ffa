"""What mail systems reported of deliveries, and what that did to subscriptions.

A report is known by its digest, so that one which is read twice counts once. Those that did something are kept; what
was only noted is forgotten after a while, as attempts are.
"""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, func, or_, select, update

from monitor.errors import NothingFound, StoreCorrupt
from monitor.language.worded import Worded, worded
from monitor.model import DeliveryState, SubscriptionState
from monitor.model.report import Bounce, BounceEffect, ReportKind
from monitor.storage.bounce_tables import bounced_subscriptions, bounces
from monitor.storage.ids import find_id
from monitor.storage.statements import add_new, put, rows_of
from monitor.storage.tables import deliveries, endpoints, subscriptions
from monitor.storage.unread import Unread, apart, rows_in_place
from monitor.text import one_line

LISTED = 50
_columns = [bounces.c[field.name] for field in fields(Bounce)]
_WORDS = {
    ReportKind.HARD: "it came back: there is no such mailbox",
    ReportKind.SOFT: "it came back",
    ReportKind.FULL: "it came back: the mailbox is full",
    ReportKind.COMPLAINT: "its reader reported it as unwanted",
    ReportKind.DELAYED: "a server is still trying to deliver it",
}
_REASONS = {
    ReportKind.HARD: worded("mail to it comes back, as there is no such mailbox"),
    ReportKind.FULL: worded("its mailbox was full three times in seven days"),
    ReportKind.COMPLAINT: worded("its reader reported a mail as unwanted"),
}


@dataclass(frozen=True, slots=True)
class Sent:
    """A delivery that was sent at least once, and where it went."""

    delivery_id: str
    endpoint_id: str
    channel: str
    shown: str
    standing: DeliveryState


def sent(tx: Connection, text: str) -> Sent | None:
    """The delivery of that id, or whose id alone begins so, if it was ever ready to be sent; None for other texts."""
    try:
        whole_id = find_id(tx, deliveries.c.id, text, noun="delivery", remedy="")
    except NothingFound:
        return None
    # The mail that asks for a confirmation is forgotten once that is given.
    was_ready = or_(deliveries.c.standing == DeliveryState.DELIVERED, deliveries.c.body.is_not(None))
    query = (
        select(deliveries.c.id, endpoints.c.id, endpoints.c.way, endpoints.c.shown, deliveries.c.standing)
        .join_from(deliveries, subscriptions, subscriptions.c.id == deliveries.c.subscription_id)
        .join(endpoints, endpoints.c.id == subscriptions.c.endpoint_id)
        .where(deliveries.c.id == whole_id, was_ready)
    )
    row = tx.execute(query).one_or_none()
    return Sent(*row) if row else None


def add(tx: Connection, bounce: Bounce) -> bool:
    """Keep a report, and return whether it is new."""
    return bool(add_new(tx, bounces, [asdict(bounce)], returning=(bounces.c.digest,)))


def unheeded(tx: Connection, endpoint_id: str, kind: ReportKind, *, since: datetime) -> int:
    """How many deliveries to an endpoint came back so after *since*, and did nothing yet."""
    query = select(func.count(bounces.c.delivery_id.distinct())).where(
        bounces.c.endpoint_id == endpoint_id,
        bounces.c.kind == kind,
        bounces.c.read_at > since,
        bounces.c.effect.is_(None),
    )
    return tx.scalar(query) or 0


def heed(tx: Connection, bounce: Bounce, effect: BounceEffect, subscription_ids: list[str]) -> None:
    """Note what a report did, and to which subscriptions; what came before it in the same way is heeded with it."""
    alike = and_(bounces.c.endpoint_id == bounce.endpoint_id, bounces.c.kind == bounce.kind, bounces.c.effect.is_(None))
    tx.execute(update(bounces).where(or_(alike, bounces.c.digest == bounce.digest)).values(effect=effect))
    put(tx, bounced_subscriptions, [{"subscription_id": each, "digest": bounce.digest} for each in subscription_ids])


def of_delivery(tx: Connection, delivery_id: str, *, damaged: list[Unread] | None = None) -> list[Bounce]:
    """What was reported of a delivery, the oldest first; what cannot be read is put into *damaged*."""
    query = select(*_columns).where(bounces.c.delivery_id == delivery_id).order_by(bounces.c.read_at, bounces.c.digest)
    rows = apart(rows_in_place(tx, query, (bounces.c.digest,), bounces.c.digest), damaged)
    return [Bounce(**row._mapping) for row in rows]


def latest(tx: Connection, delivery_ids: Iterable[str]) -> dict[str, str]:
    """What was reported last of those deliveries of which anything was, in words, by their ids."""
    damaged: dict[str, StoreCorrupt] = {}
    query = select(*_columns).order_by(bounces.c.read_at, bounces.c.digest)
    rows = rows_of(tx, query, bounces.c.delivery_id, delivery_ids, damaged)
    found = {row.delivery_id: in_words(row.kind, row.diagnostic, row.read_at) for row in rows}
    return found | {each: _unread(error) for each, error in damaged.items()}


def listing(tx: Connection, *, limit: int = LISTED, damaged: list[Unread] | None = None) -> list[tuple[Bounce, str]]:
    """The latest reports, newest first, each with its address; what cannot be read is put into *damaged*."""
    query = select(*_columns, endpoints.c.shown).join(endpoints, endpoints.c.id == bounces.c.endpoint_id)
    ordered = query.order_by(bounces.c.read_at.desc(), bounces.c.digest).limit(limit)
    rows = apart(rows_in_place(tx, ordered, (bounces.c.digest,), bounces.c.digest), damaged)
    return [(Bounce(**{column.name: row._mapping[column.name] for column in _columns}), row.shown) for row in rows]


def page(
    tx: Connection, *, before: tuple[datetime, bytes] | None = None, limit: int
) -> list[tuple[Bounce, str, str] | Unread]:
    """Up to *limit* reports, newest first, behind the one of that moment and digest; as `listing`, with the channel.

    What is wrong with one stands in its place.
    """
    query = select(*_columns, endpoints.c.shown, endpoints.c.way).join(
        endpoints, endpoints.c.id == bounces.c.endpoint_id
    )
    if before is not None:
        at, digest = before
        is_earlier = or_(bounces.c.read_at < at, bounces.c.digest < digest)
        query = query.where(bounces.c.read_at <= at, is_earlier)
    ordered = query.order_by(bounces.c.read_at.desc(), bounces.c.digest.desc()).limit(limit)
    rows = rows_in_place(tx, ordered, (bounces.c.digest,), bounces.c.digest)
    return [row if isinstance(row, Unread) else _reported(row) for row in rows]


def _reported(row: Row[Any]) -> tuple[Bounce, str, str]:
    return Bounce(**{column.name: row._mapping[column.name] for column in _columns}), row.shown, row.way


def reasons(tx: Connection, *, only: Collection[str] | None = None) -> dict[str, str]:
    """Why subscriptions hear of nothing that a report ended, paused or disabled, by their ids; *only* of these."""
    query = (
        select(
            bounced_subscriptions.c.subscription_id,
            bounces.c.kind,
            bounces.c.diagnostic,
            bounces.c.read_at,
        )
        .join(bounces, bounces.c.digest == bounced_subscriptions.c.digest)
        .join(subscriptions, subscriptions.c.id == bounced_subscriptions.c.subscription_id)
        .join(endpoints, endpoints.c.id == subscriptions.c.endpoint_id)
        .where(or_(subscriptions.c.state != SubscriptionState.ACTIVE, endpoints.c.disabled_at.is_not(None)))
    )
    if only is not None:
        query = query.where(bounced_subscriptions.c.subscription_id.in_(sorted(only)))
    key = bounced_subscriptions.c.subscription_id
    return {
        each.name if isinstance(each, Unread) else each.subscription_id: _unread(each.why)
        if isinstance(each, Unread)
        else reason(each.kind, each.diagnostic, each.read_at)
        for each in rows_in_place(tx, query, (key, bounced_subscriptions.c.digest), key)
    }


def _unread(why: object) -> str:
    return f"what was reported of it cannot be read: {why}"


def reason(kind: ReportKind, diagnostic: str, at: datetime) -> Worded:
    """Why an address gets no more mail, on one line."""
    if not diagnostic:
        return worded("{reason}, {day}", reason=_REASONS[kind], day=at.date())
    return worded("{reason}, {day} ({said})", reason=_REASONS[kind], day=at.date(), said=one_line(diagnostic))


def in_words(kind: ReportKind, diagnostic: str, at: datetime) -> str:
    """What was reported of a mail, on one line."""
    return f"{_WORDS[kind]}, {_said(diagnostic, at)}"


def _said(diagnostic: str, at: datetime) -> str:
    return f"{at:%Y-%m-%d}" + (f" ({one_line(diagnostic)})" if diagnostic else "")


def forget_subscription(tx: Connection, subscription_id: str, *, with_endpoint: str | None) -> None:
    """Delete what a subscription is known to have suffered; *with_endpoint*, all that came back from that, too."""
    theirs = select(deliveries.c.id).where(deliveries.c.subscription_id == subscription_id)
    tx.execute(update(bounces).where(bounces.c.delivery_id.in_(theirs)).values(delivery_id=None))
    tx.execute(delete(bounced_subscriptions).where(bounced_subscriptions.c.subscription_id == subscription_id))
    if with_endpoint:
        tx.execute(delete(bounces).where(bounces.c.endpoint_id == with_endpoint))


def forget(tx: Connection, *, before: datetime) -> None:
    """Delete what was noted before that, and did nothing."""
    tx.execute(delete(bounces).where(bounces.c.read_at < before, bounces.c.effect.is_(None)))
