"""Who is subscribed, what they were sent of late, and who of them cannot hear of what they asked for."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from monitor.alerts.scopes import about
from monitor.errors import StoreCorrupt
from monitor.model import Delivery, Subscription, SubscriptionState
from monitor.storage import bounces, deliveries, silence, subscription_pages
from monitor.storage import subscriptions as kept
from monitor.storage.store import Store
from monitor.storage.subscription_pages import Place

OF_LATE = timedelta(days=30)
LATEST = 10
"""Deliveries of one subscription."""
ALIVE = (SubscriptionState.ACTIVE, SubscriptionState.PAUSED, SubscriptionState.PENDING)


@dataclass(frozen=True, slots=True)
class Listed:
    """Subscriptions; and by the ids of some, why they hear less than they asked for."""

    subscriptions: Sequence[Subscription]
    silent: Mapping[str, str]
    """Why those cannot hear of everything that they are about; with the remedy."""
    came_back: Mapping[str, str]
    """What was reported of mails to those that hear of nothing because of it."""


@dataclass(frozen=True, slots=True)
class SubscriptionsPage(Listed):
    """Some of the subscriptions, the newest first."""

    about: Mapping[str, str] = field(default_factory=dict)
    """What each is about, in words."""
    taken: Mapping[str, int] = field(default_factory=dict)
    """How many messages each was sent in the time OF_LATE that were taken; those without any left out."""
    counts: Mapping[SubscriptionState, int] = field(default_factory=dict)
    """How many there are in all, in each state."""
    next: Place | None = None
    """Behind which the next page begins; None where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionDetails:
    """One subscription."""

    subscription: Subscription
    about: str
    silent: str
    """Why it cannot hear of everything that it is about, with the remedy; empty where it can."""
    came_back: str
    """What was reported of mails to it, where it hears of nothing because of that."""
    taken: int
    """As in SubscriptionsPage."""
    latest: Sequence[Delivery]
    """The newest first, without bodies."""


def subscriptions(store: Store) -> Listed:
    """Those there are, the oldest first."""
    with store.read() as tx:
        return Listed(kept.listing(tx), silence.reasons(tx), bounces.reasons(tx))


def subscriptions_page(
    store: Store, *, now: datetime, states: Collection[SubscriptionState] = ALIVE, before: Place | None, limit: int
) -> SubscriptionsPage:
    """Up to *limit* of those in these states, the newest first, behind the place *before*."""
    with store.read() as tx:
        found = subscription_pages.page(tx, states=states, before=before, limit=limit + 1)
        shown = found[:limit]
        ids = [each.id for each in shown]
        return SubscriptionsPage(
            subscriptions=shown,
            silent=silence.reasons(tx, only=ids),
            came_back=bounces.reasons(tx, only=ids),
            about={each.id: _about(tx, each) for each in shown},
            taken=subscription_pages.taken_since(tx, ids, now - OF_LATE),
            counts=subscription_pages.counts(tx),
            next=(shown[-1].created_at, shown[-1].id) if len(found) > limit else None,
        )


def subscription_details(which: str, store: Store, *, now: datetime) -> SubscriptionDetails:
    """One, named by its id, the beginning of that, or its name. NothingFound where there is none, or several."""
    with store.read() as tx:
        found = kept.find(tx, which)
        return SubscriptionDetails(
            subscription=found,
            about=_about(tx, found),
            silent=silence.reasons(tx, only=[found.id]).get(found.id, ""),
            came_back=bounces.reasons(tx, only=[found.id]).get(found.id, ""),
            taken=subscription_pages.taken_since(tx, [found.id], now - OF_LATE).get(found.id, 0),
            latest=deliveries.listing(tx, subscriptions=[found.id], limit=LATEST),
        )


def _about(tx: Connection, subscription: Subscription) -> str:
    """What it is about; the number of its watch where what that looks for cannot be read."""
    try:
        return about(tx, subscription)
    except StoreCorrupt:
        return f"the trials of {subscription.watch_called}"
