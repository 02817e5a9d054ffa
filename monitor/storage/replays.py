"""Owing deliveries again, or sooner, as the operator asks for it: see `monitor.alerts.sending_again`."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, exists, update

from monitor.errors import ConfigurationInvalid
from monitor.model import Delivery, DeliveryState, SubscriptionState
from monitor.storage.deliveries import IS_OWED, IS_REJECTED, get
from monitor.storage.tables import deliveries, subscriptions


def replay(tx: Connection, text: str, at: datetime) -> Delivery:
    """Owe a delivery again from *at* on, with the bytes and the id that it had, and with all attempts still ahead.

    NothingFound as in `get`. ConfigurationInvalid where its subscription has ended, as it would be owed for ever.
    """
    delivery = get(tx, text)
    if not _replay(tx, deliveries.c.id == delivery.id, at):
        raise ConfigurationInvalid(
            f"delivery {delivery.id} belongs to a subscription that has ended: "
            f"run `monitor subscriptions resume {delivery.subscription_id}` first"
        )
    return get(tx, delivery.id)


def hasten(tx: Connection, delivery_id: str, at: datetime, *, unless_before: datetime) -> bool:
    """Make an owed delivery due *at* that moment, *unless* it is due *before* another; return whether it now is."""
    waits = (deliveries.c.id == delivery_id) & IS_OWED & (deliveries.c.next_attempt_at > unless_before)
    return tx.execute(update(deliveries).where(waits).values(next_attempt_at=at)).rowcount == 1


def replay_failed_since(tx: Connection, since: datetime, at: datetime) -> int:
    """Owe again what was rejected from *since* on, unless its subscription has ended; return how many there were."""
    failed = IS_REJECTED & (deliveries.c.finished_at >= since)
    return _replay(tx, failed, at)


def _replay(tx: Connection, which: ColumnElement[bool], at: datetime) -> int:
    going = exists().where(
        subscriptions.c.id == deliveries.c.subscription_id, subscriptions.c.state != SubscriptionState.ENDED
    )
    values = {"standing": DeliveryState.OWED, "attempts": 0, "owed_at": at, "next_attempt_at": at, "finished_at": None}
    return tx.execute(update(deliveries).where(which, going).values(values)).rowcount
