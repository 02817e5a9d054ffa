"""Subscriptions that people asked for themselves, until they confirm them: single-use tokens, and how many there were.

Of a token only its digest can be looked up. What the mail is to carry is kept encrypted until it is used or has lapsed,
and then both are gone, with the mail that carried it. What was never confirmed is deleted, the only subscriptions that
ever are: nobody agreed that their address be kept.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from monitor.model import SubscriptionState, delivery_id
from monitor.model.subscriber_notice import SubscriberNotice
from monitor.storage import bounces
from monitor.storage import subscriptions as subscription_rows
from monitor.storage.digest_tables import rhythms
from monitor.storage.opt_in_tables import confirmations, links
from monitor.storage.question_tables import questions
from monitor.storage.tables import attempts, deliveries, endpoints, notices, subscribed_trials, subscriptions

WITHIN = timedelta(hours=48)
"""How long a subscription waits."""
FORGOTTEN_AFTER = timedelta(days=3)
"""From when it was asked for: whatever was under way to the address has come to its end by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """What a subscription waits for."""

    subscription_id: str
    token_digest: bytes
    sealed: bytes
    network: bytes
    asked_at: datetime


def add(tx: Connection, wanted: Confirmation) -> None:
    """Wait for a confirmation."""
    values = {name: getattr(wanted, name) for name in wanted.__slots__}
    tx.execute(insert(confirmations).values(**values, refused=0))


def waiting(tx: Connection, token_digest: bytes, *, since: datetime) -> str | None:
    """The subscription that this token confirms, if it was asked for after *since*; None where it confirms none."""
    query = select(confirmations.c.subscription_id).where(
        confirmations.c.token_digest == token_digest, confirmations.c.asked_at > since
    )
    return tx.scalar(query)


def sealed(tx: Connection, subscription_id: str) -> bytes | None:
    """The token that its mail is to carry, encrypted; None where it was used or has lapsed."""
    return tx.scalar(select(confirmations.c.sealed).where(confirmations.c.subscription_id == subscription_id))


def is_missing(tx: Connection, subscription_id: str) -> bool:
    """Whether a subscription was asked for on a page and has not been confirmed."""
    unconfirmed = confirmations.c.confirmed_at.is_(None)
    return tx.scalar(select(confirmations.c.subscription_id).where(_of(subscription_id), unconfirmed)) is not None


def from_network(tx: Connection, network: bytes, *, since: datetime) -> int:
    """How many confirmations somebody in that network asked for after *since*."""
    is_theirs = (confirmations.c.network == network) & (confirmations.c.asked_at > since)
    return tx.scalar(select(func.count()).select_from(confirmations).where(is_theirs)) or 0


def to_address(tx: Connection, shown: str, *, since: datetime) -> list[str]:
    """The subscriptions that were asked for after *since* for an address, in whatever case; the latest first."""
    query = (
        select(confirmations.c.subscription_id)
        .join(subscriptions, subscriptions.c.id == confirmations.c.subscription_id)
        .join(endpoints, endpoints.c.id == subscriptions.c.endpoint_id)
        .where(confirmations.c.asked_at > since, func.lower(endpoints.c.shown) == func.lower(shown))
        .order_by(confirmations.c.asked_at.desc(), confirmations.c.subscription_id)
    )
    return list(tx.scalars(query).all())


def refuse(tx: Connection, subscription_id: str) -> None:
    """Count that more was asked for after this one, and nothing sent: a write takes as long as when it is sent."""
    tx.execute(update(confirmations).where(_of(subscription_id)).values(refused=confirmations.c.refused + 1))


def use(tx: Connection, subscription_id: str, *, at: datetime) -> None:
    """Make its token confirm nothing any more, and forget the mail that carried it."""
    tx.execute(update(confirmations).where(_of(subscription_id)).values(confirmed_at=at))
    drop(tx, subscription_id)


def drop(tx: Connection, subscription_id: str) -> None:
    """As `use`, of a subscription that is not confirmed."""
    tx.execute(update(confirmations).where(_of(subscription_id)).values(token_digest=None, sealed=None))
    carried = delivery_id(notice_id(subscription_id), subscription_id)
    tx.execute(update(deliveries).where(deliveries.c.id == carried).values(body=None))


def lapse(tx: Connection, *, now: datetime) -> None:
    """End what was not confirmed WITHIN its time; and FORGOTTEN_AFTER that, forget it, and the address with it."""
    query = (
        select(subscriptions.c.id)
        .join(confirmations, confirmations.c.subscription_id == subscriptions.c.id)
        .where(subscriptions.c.state == SubscriptionState.PENDING, confirmations.c.asked_at <= now - WITHIN)
    )
    for subscription_id in tx.scalars(query).all():
        subscription_rows.set_state(tx, subscription_id, SubscriptionState.ENDED, now)
        drop(tx, subscription_id)
    is_old = confirmations.c.asked_at <= now - FORGOTTEN_AFTER
    unconfirmed = select(confirmations.c.subscription_id).where(is_old, confirmations.c.confirmed_at.is_(None))
    for subscription_id in tx.scalars(unconfirmed).all():
        _forget(tx, subscription_id)
    tx.execute(delete(confirmations).where(is_old))


def is_any_to_lapse(tx: Connection, *, now: datetime) -> bool:
    """Whether `lapse` would do anything."""
    waits = confirmations.c.token_digest.is_not(None) & (confirmations.c.asked_at <= now - WITHIN)
    is_old = confirmations.c.asked_at <= now - FORGOTTEN_AFTER
    return tx.scalar(select(confirmations.c.subscription_id).where(waits | is_old).limit(1)) is not None


def notice_id(subscription_id: str) -> str:
    """The id of the notice that asks for the confirmation of a subscription."""
    return f"{SubscriberNotice.CONFIRM}/{subscription_id}"


def _of(subscription_id: str) -> ColumnElement[bool]:
    return confirmations.c.subscription_id == subscription_id


def _forget(tx: Connection, subscription_id: str) -> None:
    """Delete a subscription that nobody confirmed, with what asked for that, and its address where it has no other."""
    endpoint_id = tx.scalar(select(subscriptions.c.endpoint_id).where(subscriptions.c.id == subscription_id))
    others = select(subscriptions.c.id).where(
        subscriptions.c.endpoint_id == endpoint_id, subscriptions.c.id != subscription_id
    )
    is_alone = tx.scalar(others.limit(1)) is None
    bounces.forget_subscription(tx, subscription_id, with_endpoint=endpoint_id if is_alone else None)
    theirs = deliveries.c.subscription_id == subscription_id
    tx.execute(delete(attempts).where(attempts.c.delivery_id.in_(select(deliveries.c.id).where(theirs))))
    tx.execute(delete(deliveries).where(theirs))
    tx.execute(delete(notices).where(notices.c.id == notice_id(subscription_id)))
    for table in (subscribed_trials, links, rhythms, questions, confirmations):
        tx.execute(delete(table).where(table.c.subscription_id == subscription_id))
    tx.execute(delete(subscriptions).where(subscriptions.c.id == subscription_id))
    if is_alone:
        tx.execute(delete(endpoints).where(endpoints.c.id == endpoint_id))
