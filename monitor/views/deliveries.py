"""Deliveries, with whom they are for and what came of each attempt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from monitor.model import Attempt, Delivery, DeliveryState, Subscription
from monitor.model.report import Bounce
from monitor.storage import attempts, bounces, subscriptions
from monitor.storage import deliveries as kept
from monitor.storage.pages import Key
from monitor.storage.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveriesQuery:
    """Which deliveries are asked for."""

    failed: bool = False
    """Only those that were not taken."""
    standing: DeliveryState | None = None
    trial: Key | None = None
    to: str | None = None
    """A subscription by its id or name, or an address as it is shown."""
    since: datetime | None = None
    """Only those that were owed from then on."""
    limit: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryDetails:
    """A delivery, whom it is for, every attempt, and what came back."""

    delivery: Delivery
    subscription: Subscription
    attempts: Sequence[Attempt]
    reports: Sequence[Bounce]
    """What mail systems and readers said of it afterwards."""


def deliveries(query: DeliveriesQuery, store: Store) -> list[tuple[Delivery, Subscription]]:
    """The deliveries asked for and whom they are for, the newest first. NothingFound where *to* is nobody."""
    with store.read() as tx:
        listed = kept.listing(
            tx,
            failed=query.failed,
            standing=query.standing,
            trial=query.trial,
            subscriptions=_of_receiver(tx, query.to) if query.to else None,
            since=query.since,
            limit=query.limit,
        )
        known = subscriptions.known(tx, {delivery.subscription_id for delivery in listed})
    return [(delivery, known[delivery.subscription_id]) for delivery in listed]


def _of_receiver(tx: Connection, to: str) -> list[str]:
    """The subscriptions at an address, or the one of that name or id."""
    at_address = [each.id for each in subscriptions.listing(tx, at=[to])]
    of_team = [each.id for each in subscriptions.of_team(tx, to)]
    return at_address or of_team or [subscriptions.find(tx, to).id]


def delivery_details(which: str, store: Store) -> DeliveryDetails:
    """A delivery, named by its id or the beginning of that. NothingFound where there is none."""
    with store.read() as tx:
        delivery = kept.get(tx, which)
        return DeliveryDetails(
            delivery=delivery,
            subscription=subscriptions.get(tx, delivery.subscription_id),
            attempts=attempts.of_delivery(tx, delivery.id),
            reports=bounces.of_delivery(tx, delivery.id),
        )
