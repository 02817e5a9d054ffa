"""End a subscription, say how much of what it would have told is dropped, and take that back.

What whoever is told ended themselves, by a link or by a complaint, nobody else takes back.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from monitor.alerts.changeable import refuse_if_operators
from monitor.alerts.subscribe import SubscribeContext
from monitor.errors import ConfigurationInvalid
from monitor.model import Subscription, SubscriptionState
from monitor.storage import bounces, confirmations, deliveries, endpoints, gathered, links, subscriptions

UNDONE_WITHIN = timedelta(days=30)
"""How long after it ended a subscription goes on as it was."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A subscription that has ended."""

    subscription: Subscription
    dropped: int
    """How many events waited for its next digest."""
    unsent: int
    """How many messages were owed."""


def end(subscription_id: str, context: SubscribeContext) -> Ended:
    """End a subscription. NothingFound where there is none of that id, ConfigurationInvalid for the operator's own."""
    with context.store.begin() as tx:
        return ended(tx, subscriptions.find(tx, subscription_id), now=context.clock())


def ended(tx: Connection, subscription: Subscription, *, now: datetime) -> Ended:
    """As `end`, within a transaction; one that has ended stays as it is, with who ended it."""
    refuse_if_operators(subscription)
    if subscription.state is SubscriptionState.ENDED:
        return Ended(subscription, 0, 0)
    deliveries.lock(tx, [subscription.id])
    dropped = gathered.waiting(tx, [subscription.id]).get(subscription.id, 0)
    unsent = deliveries.owed_to(tx, subscription.id)
    subscriptions.set_state(tx, subscription.id, SubscriptionState.ENDED, now)
    return Ended(subscriptions.find(tx, subscription.id), dropped, unsent)


def restored(tx: Connection, subscription: Subscription, *, now: datetime) -> Subscription:
    """Take back that a subscription ended, within a transaction; nothing where it has not.

    What was owed stays given up. ConfigurationInvalid where its receiver ended it or never confirmed it, where a file
    says what it hears of, where there is nothing left that it could tell, or where it is too long ago.
    """
    if subscription.state is not SubscriptionState.ENDED:
        return subscription
    if reason := _why_it_stays_ended(tx, subscription, now):
        raise ConfigurationInvalid(f"subscription {subscription.called} stays ended: {reason}")
    subscriptions.set_state(tx, subscription.id, SubscriptionState.ACTIVE, now)
    endpoints.enable(tx, subscription.endpoint.id)
    return subscriptions.find(tx, subscription.id)


def _why_it_stays_ended(tx: Connection, subscription: Subscription, now: datetime) -> str | None:
    if subscription.is_configured:
        return "it is made by config.toml, and comes back where it is written there again"
    if links.left_at(tx, subscription.id):
        return "its receiver left by a link in a mail, and takes that back by the same link"
    if bounces.reasons(tx, only=[subscription.id]):
        return "mails to it came back or were reported as unwanted; `monitor subscribe` makes another"
    if confirmations.is_missing(tx, subscription.id):
        return "the owner of the address never confirmed it"
    return _what_is_in_its_way(tx, subscription, now)


def _what_is_in_its_way(tx: Connection, subscription: Subscription, now: datetime) -> str | None:
    if subscription.ended_at is None or now - subscription.ended_at >= UNDONE_WITHIN:
        return f"that is taken back within {UNDONE_WITHIN.days} days; `monitor subscribe` makes another"
    if not (subscription.trials or subscription.everything or subscription.is_about_watches):
        return "what it was about is not watched any more; `monitor subscribe` makes another"
    if subscription.name and (other := subscriptions.called(tx, subscription.name)):
        return f"{other} has its name by now; end that one first, or `monitor subscribe` makes another"
    return None
