"""Send what was not taken, or was: the steps behind `monitor deliveries replay`, the operator's pages and the API.

The next delivery run sends it, with the id and the bytes that every attempt has.
"""

from datetime import datetime, timedelta

from monitor.alerts.outbox import CLAIMED_FOR
from monitor.errors import ConfigurationInvalid
from monitor.model import Delivery, DeliveryState, SubscriptionState
from monitor.storage import deliveries, replays, subscriptions
from monitor.storage.store import Store
from monitor.text import moment


def send_again(which: str, store: Store, *, now: datetime) -> Delivery:
    """Owe a delivery again, whatever came of it, with all attempts still ahead.

    NothingFound where *which* is none, ConfigurationInvalid where its subscription has ended.
    """
    with store.begin() as tx:
        return replays.replay(tx, which, now)


def send_failed_again(store: Store, *, since: datetime, now: datetime) -> int:
    """Owe again what was given up from *since* on, unless its subscription has ended; give how many there were."""
    with store.begin() as tx:
        return replays.replay_failed_since(tx, since, now)


def try_now(which: str, store: Store, *, now: datetime) -> Delivery:
    """Make the next attempt of a delivery that is owed due now; the attempts that were made count.

    NothingFound where *which* is none. ConfigurationInvalid where it is not owed, may not be sent, or somebody may be
    trying it: what is claimed would be sent twice.
    """
    with store.begin() as tx:
        delivery = deliveries.known(tx, [deliveries.find(tx, which)]).popitem()[1]
        _refuse_unless_owed(delivery, now)
        subscription = subscriptions.known(tx, [delivery.subscription_id])[delivery.subscription_id]
        if subscription.state is not SubscriptionState.ACTIVE and delivery.trial_id:
            raise ConfigurationInvalid(
                f"its subscription is {subscription.state}, so it waits: "
                f"`monitor subscriptions resume {subscription.id[:8]}` lets it go on"
            )
        if at := subscription.endpoint.disabled_at:
            raise ConfigurationInvalid(
                f"nothing is sent there since {moment(at)}, as nothing was taken for days: "
                f"`monitor subscriptions resume {subscription.id[:8]}` once the receiver works"
            )
        if deliveries.behind(tx, [delivery.id]):
            raise ConfigurationInvalid("it waits for an earlier delivery about the same trial: try that one")
        if not replays.hasten(tx, delivery.id, now, unless_before=now + CLAIMED_FOR):
            raise ConfigurationInvalid("somebody else was faster: look at the delivery again")
        return deliveries.known(tx, [delivery.id])[delivery.id]


def _refuse_unless_owed(delivery: Delivery, now: datetime) -> None:
    if delivery.standing is not DeliveryState.OWED:
        raise ConfigurationInvalid("it is not owed any more: replay it, if it is to be sent again")
    if delivery.next_attempt_at <= now + CLAIMED_FOR:
        minutes = CLAIMED_FOR // timedelta(minutes=1)
        raise ConfigurationInvalid(f"it is being tried just now, or will be within {minutes} minutes")
