"""Subscriptions that people asked for themselves, until they confirm them: single-use tokens, and how many there were.

Of a token only its digest can be looked up. What the mail is to carry is kept encrypted until it is used or has lapsed,
and then both are gone, with the mail that carried it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from monitor.model import SubscriptionState, delivery_id
from monitor.storage import subscriptions as subscription_rows
from monitor.storage.notices import TO_CONFIRM
from monitor.storage.opt_in_tables import confirmations
from monitor.storage.tables import deliveries, subscriptions

WITHIN = timedelta(hours=48)
"""How long a subscription waits."""


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


def from_network(tx: Connection, network: bytes, *, since: datetime) -> int:
    """How many confirmations somebody in that network asked for after *since*."""
    is_theirs = (confirmations.c.network == network) & (confirmations.c.asked_at > since)
    return tx.scalar(select(func.count()).select_from(confirmations).where(is_theirs)) or 0


def to_endpoint(tx: Connection, endpoint_id: str, *, since: datetime) -> int:
    """How many confirmations an address was asked for after *since*."""
    query = select(func.count()).select_from(confirmations).where(_to(endpoint_id), confirmations.c.asked_at > since)
    return tx.scalar(query) or 0


def refuse(tx: Connection, endpoint_id: str) -> None:
    """Count that more was asked for, and nothing sent: a write, as for one that is sent, which takes as long."""
    latest = select(func.max(confirmations.c.asked_at)).where(_to(endpoint_id)).scalar_subquery()
    which = _to(endpoint_id) & (confirmations.c.asked_at == latest)
    tx.execute(update(confirmations).where(which).values(refused=confirmations.c.refused + 1))


def use(tx: Connection, subscription_id: str) -> None:
    """Make its token confirm nothing any more, and forget the mail that carried it."""
    _forget_tokens(tx, confirmations.c.subscription_id == subscription_id)
    _forget_mails(tx, [subscription_id])


def lapse(tx: Connection, *, before: datetime, at: datetime) -> None:
    """End what was asked for *before* and never confirmed, and forget its tokens; later, who asked when."""
    query = (
        select(subscriptions.c.id)
        .join(confirmations, confirmations.c.subscription_id == subscriptions.c.id)
        .where(subscriptions.c.state == SubscriptionState.PENDING, confirmations.c.asked_at <= before)
    )
    for subscription_id in tx.scalars(query).all():
        subscription_rows.set_state(tx, subscription_id, SubscriptionState.ENDED, at)
        use(tx, subscription_id)
    tx.execute(delete(confirmations).where(confirmations.c.asked_at <= before))


def is_any_to_lapse(tx: Connection, *, before: datetime) -> bool:
    """Whether `lapse` would do anything."""
    query = select(confirmations.c.subscription_id).where(confirmations.c.asked_at <= before).limit(1)
    return tx.scalar(query) is not None


def notice_id(subscription_id: str) -> str:
    """The id of the notice that asks for the confirmation of a subscription."""
    return f"{TO_CONFIRM}/{subscription_id}"


def _to(endpoint_id: str) -> ColumnElement[bool]:
    theirs = select(subscriptions.c.id).where(subscriptions.c.endpoint_id == endpoint_id)
    return confirmations.c.subscription_id.in_(theirs)


def _forget_tokens(tx: Connection, which: ColumnElement[bool]) -> None:
    tx.execute(update(confirmations).where(which).values(token_digest=None, sealed=None))


def _forget_mails(tx: Connection, subscription_ids: list[str]) -> None:
    """What is left of a mail that has no use any more holds no token."""
    ids = [delivery_id(notice_id(each), each) for each in subscription_ids]
    tx.execute(update(deliveries).where(deliveries.c.id.in_(ids)).values(body=None))
