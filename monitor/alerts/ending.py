"""End a subscription, and say how much of what it would have told is dropped."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from monitor.alerts.changeable import refuse_if_operators
from monitor.alerts.subscribe import SubscribeContext
from monitor.model import Subscription, SubscriptionState
from monitor.storage import deliveries, gathered, subscriptions


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
    """As `end`, within a transaction."""
    refuse_if_operators(subscription)
    deliveries.lock(tx, [subscription.id])
    dropped = gathered.waiting(tx, [subscription.id]).get(subscription.id, 0)
    unsent = deliveries.owed_to(tx, subscription.id)
    subscriptions.set_state(tx, subscription.id, SubscriptionState.ENDED, now)
    return Ended(subscriptions.find(tx, subscription.id), dropped, unsent)
