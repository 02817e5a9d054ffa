"""Go on after a pause, and tell what was missed where that is asked for."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from monitor.alerts.catching_up import missed_by, tell
from monitor.alerts.subscribe import SubscribeContext, refuse_unless_wanted
from monitor.model import Subscription, SubscriptionState
from monitor.storage import endpoints, subscriptions


@dataclass(frozen=True, slots=True)
class Resumed:
    """A subscription that goes on."""

    subscription: Subscription
    missed: int
    """How many events it would have told while it was paused."""


def resume(subscription_id: str, context: SubscribeContext, *, catch_up: bool = False) -> Resumed:
    """Make a subscription active, and give a disabled endpoint another chance; with *catch_up*, tell what it missed.

    ConfigurationInvalid for one that has ended, or is not confirmed.
    """
    with context.store.begin_alone() as tx:
        subscription = subscriptions.find(tx, subscription_id)
        refuse_unless_wanted(subscription)
        missed = go_on(tx, subscription, catch_up=catch_up, now=context.clock())
        return Resumed(subscriptions.find(tx, subscription.id), missed)


def go_on(tx: Connection, subscription: Subscription, *, catch_up: bool, now: datetime) -> int:
    """As `resume`, within a transaction; give how many events it missed."""
    missed = missed_by(tx, subscription)
    subscriptions.set_state(tx, subscription.id, SubscriptionState.ACTIVE, now)
    endpoints.enable(tx, subscription.endpoint.id)
    if catch_up and missed and subscription.paused_at:
        tell(tx, subscription, missed, "pause", since=subscription.paused_at, now=now)
    return len(missed)


def missed_so_far(subscription_id: str, context: SubscribeContext) -> int:
    """How many events a paused subscription would have told by now; 0 of one that is not paused."""
    with context.store.read() as tx:
        return len(missed_by(tx, subscriptions.find(tx, subscription_id)))
