"""Go on after a pause, when somebody says so or its time is over, and tell what was missed where that is wanted."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from monitor.alerts.catching_up import missed_by, tell
from monitor.alerts.changeable import refuse_unless_wanted
from monitor.alerts.subscribe import SubscribeContext
from monitor.model import Subscription, SubscriptionState
from monitor.storage import endpoints, pauses, subscriptions
from monitor.storage.store import Store

AT_ONCE = 100
"""Pauses that end in one run; the next one goes on."""


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
    endpoints.enable(tx, subscription.endpoint.id)
    return _go_on(tx, subscription, catch_up=catch_up, now=now)


def resume_those_over(store: Store, *, now: datetime) -> int:
    """Go on with those whose pause is over, and tell each what it missed as one digest; give how many there were.

    Each is a transaction. One that cannot be read stays paused, and is not looked at again.
    """
    with store.read() as tx:
        ended_at = pauses.next_end(tx)
        ids = pauses.over(tx, now=now, limit=AT_ONCE) if ended_at is not None and ended_at <= now else []
    for each in ids:
        with store.begin_alone() as tx:
            found = subscriptions.known(tx, [each], damaged={}).get(each)
            pauses.forget(tx, each)
            if found is not None and found.state is SubscriptionState.PAUSED:
                _go_on(tx, found, catch_up=True, now=now)
    return len(ids)


def _go_on(tx: Connection, subscription: Subscription, *, catch_up: bool, now: datetime) -> int:
    missed = missed_by(tx, subscription)
    subscriptions.set_state(tx, subscription.id, SubscriptionState.ACTIVE, now)
    if catch_up and missed and subscription.paused_at:
        tell(tx, subscription, missed, "pause", since=subscription.paused_at, now=now)
    return len(missed)


def missed_so_far(subscription_id: str, context: SubscribeContext) -> int:
    """How many events a paused subscription would have told by now; 0 of one that is not paused."""
    with context.store.read() as tx:
        return len(missed_by(tx, subscriptions.find(tx, subscription_id)))
