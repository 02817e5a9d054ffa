"""The log of deliveries for those who look after them: pages of it, and one delivery with all that is known of it.

Addresses are masked. What of a row cannot be read is said in its place; the rows around it are shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from monitor.alerts.scopes import about
from monitor.channels.digests import name_of_period
from monitor.errors import NothingFound, StoreCorrupt
from monitor.model import (
    Attempt,
    Delivery,
    DeliveryState,
    DigestCause,
    EventCause,
    Notice,
    NoticeCause,
    Significance,
    Subscription,
)
from monitor.model.report import Bounce
from monitor.render.headlines import gist
from monitor.storage import attempts, bounces, delivery_pages, digests, events, notices, subscriptions, traces
from monitor.storage import deliveries as kept
from monitor.storage.delivery_pages import Among, DeliveryList
from monitor.storage.pages import Key
from monitor.storage.places import Place
from monitor.storage.store import Store
from monitor.text import one_line, safe_cut
from monitor.views.addresses import receiver, without_addresses

MOST_HEADLINE = 160
MOST_RECEIVERS = 1000
"""Subscriptions that a search by their receiver looks at."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a delivery tells, in a line; *significance* is None of a notice, and of what is not known."""

    words: str
    significance: Significance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedDelivery:
    """A row of the log."""

    delivery: Delivery
    told: Told
    subscription: Subscription | None
    """Whom it is for; None where that cannot be read."""
    is_behind: bool = False
    """Whether it is owed and waits for an earlier one about the same trial to the same subscription."""

    @property
    def to(self) -> str:
        """Where it goes, masked."""
        return receiver(self.subscription.endpoint) if self.subscription else "a subscription that cannot be read"


@dataclass(frozen=True, slots=True)
class DeliveryLog:
    """A page of the log."""

    rows: Sequence[LoggedDelivery]
    damaged: Mapping[str, str]
    """By id, why rows that belong here cannot be shown."""
    next: Place | None
    counts: Mapping[DeliveryList, int]
    """How many there are in the lists that want attention, of all deliveries."""
    attempts: Mapping[str, Sequence[Attempt]]
    """Of those rows that were tried and are not delivered, by id; the oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogQuery:
    """Which deliveries are asked for."""

    which: DeliveryList = DeliveryList.ALL
    trial: Key | None = None
    to: str | None = None
    """A subscription by its id or name, a team, or an address as it is shown."""
    before: Place | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryWhole:
    """One delivery, with its attempts, what came back, and why it is owed."""

    row: LoggedDelivery
    attempts: Sequence[Attempt]
    reports: Sequence[Bounce]
    about: str
    """What the subscription is about."""
    notice: Notice | None
    body: bytes | None
    """What every attempt sends; None before the first one, and where it is damaged."""
    damage: str
    """Why the body cannot be read."""
    traces: Sequence[str] = ()
    """Of the passes that found what it tells, as the log calls them."""


def delivery_log(query: LogQuery, store: Store) -> DeliveryLog:
    """A page of the log. NothingFound where *to* is nobody."""
    with store.read() as tx:
        among = Among(query.trial, _of_receiver(tx, query.to) if query.to else None)
        page = delivery_pages.page(tx, query.which, among, before=query.before, limit=query.limit)
        undelivered = [each.id for each in page.deliveries if each.standing is not DeliveryState.DELIVERED]
        return DeliveryLog(
            _rows(tx, page.deliveries),
            page.damaged,
            page.next,
            delivery_pages.counts(tx),
            attempts.of_deliveries(tx, undelivered),
        )


def one_delivery(which: str, store: Store) -> DeliveryWhole:
    """The delivery of that id, or whose id alone begins so. NothingFound where there is none, or several."""
    with store.read() as tx:
        whole_id = kept.find(tx, which)
        found = kept.known(tx, [whole_id])[whole_id]
        (row,) = _rows(tx, [found])
        damage = ""
        body = None
        try:
            body = kept.get(tx, whole_id).body
        except StoreCorrupt as error:
            damage = str(error)
        return DeliveryWhole(
            row=row,
            attempts=attempts.of_deliveries(tx, [whole_id]).get(whole_id, ()),
            reports=bounces.of_delivery(tx, whole_id),
            about=about(tx, row.subscription) if row.subscription else "",
            notice=_notices(tx, [found]).get(found.cause.id),
            body=body,
            damage=damage,
            traces=traces.of_deliveries(tx, [found]).get(whole_id, ()),
        )


def find_delivery(text: str, store: Store) -> str:
    """The id of the one delivery that has it or begins so; empty where there is none, or several."""
    try:
        with store.read() as tx:
            return kept.find(tx, text)
    except NothingFound:
        return ""


def told_by(tx: Connection, deliveries: Iterable[Delivery]) -> dict[str, Told]:
    """What each delivery tells in a line, by its id."""
    listed = list(deliveries)
    damaged: dict[str, StoreCorrupt] = {}
    of_events = {each.cause.id for each in listed if isinstance(each.cause, EventCause)}
    known = events.known(tx, of_events, damaged=damaged)
    noticed = _notices(tx, listed)
    composed = digests.known(tx, {each.id for each in listed if isinstance(each.cause, DigestCause)})
    found: dict[str, Told] = {}
    for each in listed:
        told = Told(f"{each.about}: what it tells cannot be read")
        if each.cause.id in known:
            event = known[each.cause.id]
            changes = sorted(event.changes, key=lambda change: -change.significance)
            words = gist(changes, MOST_HEADLINE) if changes else "changed"
            told = Told(f"{one_line(each.trial_id)}: {words}", event.significance)
        elif each.cause.id in noticed:
            told = Told(without_addresses(safe_cut(noticed[each.cause.id].subject, MOST_HEADLINE)))
        elif each.id in composed:
            digest = composed[each.id]
            told = Told(f"{name_of_period(digest.period)} up to {digest.ended_at:%Y-%m-%d}")
        found[each.id] = told
    return found


def _notices(tx: Connection, deliveries: Iterable[Delivery]) -> dict[str, Notice]:
    ids = {each.cause.id for each in deliveries if isinstance(each.cause, NoticeCause)}
    return notices.known(tx, ids, damaged={})


def _rows(tx: Connection, deliveries: Sequence[Delivery]) -> list[LoggedDelivery]:
    told = told_by(tx, deliveries)
    to = subscriptions.known(tx, {each.subscription_id for each in deliveries}, damaged={})
    behind = kept.behind(tx, [each.id for each in deliveries if each.standing is DeliveryState.OWED])
    return [
        LoggedDelivery(
            delivery=each,
            told=told[each.id],
            subscription=to.get(each.subscription_id),
            is_behind=each.id in behind,
        )
        for each in deliveries
    ]


def _of_receiver(tx: Connection, to: str) -> list[str]:
    """The subscriptions at an address, of a team, or the one of that name or id."""
    found = subscriptions.listing(tx, at=[to]) or subscriptions.of_team(tx, to) or [subscriptions.find(tx, to)]
    return [each.id for each in found[:MOST_RECEIVERS]]
