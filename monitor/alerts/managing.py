"""Let people change, pause and leave a subscription by the signed link that its mails carry.

Whoever has the link can do that, and no more: no other subscription, no address. Leaving takes effect with its commit:
what was not handed over by then is not sent. What the configuration made, its file changes, and what a team shares is
changed for all of it at once; pausing and leaving work.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from monitor.alerts.catching_up import missed_by
from monitor.alerts.editing import Edit, edited
from monitor.alerts.ending import UNDONE_WITHIN
from monitor.alerts.links import Links
from monitor.alerts.resuming import go_on
from monitor.alerts.scopes import about
from monitor.alerts.subscribe import SubscribeContext
from monitor.channels.declared import CHANNELS
from monitor.errors import ConfigurationInvalid, NothingFound, StoreCorrupt
from monitor.language.worded import worded
from monitor.model import Delivery, Subscription, SubscriptionState
from monitor.storage import (
    bounces,
    confirmations,
    deliveries,
    delivery_pages,
    endpoints,
    links,
    questions,
    subscriptions,
)
from monitor.storage.delivery_pages import Among, DeliveryList
from monitor.storage.places import Place

SHOWN = 10
MOST_OLDER = 1000
NEWEST_VERSION = 65535


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail that was taken."""

    at: datetime
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Managed:
    """A subscription as its own page shows it."""

    subscription: Subscription
    about: str
    sent: tuple[Sent, ...] = ()
    """The latest, newest first."""
    older: int = 0
    """How many there are before those, MOST_OLDER at most."""
    next: Place | None = None
    """Where these begin."""
    is_fixed: bool = False
    """Whether only a file changes what it hears of."""
    is_shared: bool = False
    """Whether a team shares what it hears of, which is not changed for one of them."""
    reason: str = ""
    """Why it hears of nothing, where that is because mail came back."""
    missed: int = 0
    """How many events it would have told by now, had it not been paused."""
    can_return: bool = False
    """Whether its subscriber ended it, and may take that back."""


def page_of(subscription_id: str, known: Links, context: SubscribeContext) -> str:
    """The address of a subscription's own page."""
    with context.store.read() as tx:
        return known.manage(subscription_id, links.versions(tx, [subscription_id]).get(subscription_id, 0))


def language_of(token: str, known: Links, context: SubscribeContext) -> str | None:
    """The language that the subscriber of a link reads in; None where it leads nowhere."""
    with context.store.read() as tx:
        try:
            return _of(tx, token, known).language
        except NothingFound:
            return None


def look(token: str, known: Links, context: SubscribeContext, *, before: Place | None = None) -> Managed:
    """The subscription of a link, and what was sent *before* a place, or last.

    NothingFound where the link leads to none, or not any more.
    """
    with context.store.read() as tx:
        subscription = _of(tx, token, known)
        among = Among(subscriptions=[subscription.id])
        page = delivery_pages.page(tx, DeliveryList.DELIVERED, among, before=before, limit=SHOWN)
        older = delivery_pages.count_behind(tx, DeliveryList.DELIVERED, among, page.next, most=MOST_OLDER)
        return Managed(
            subscription=subscription,
            about=about(tx, subscription),
            sent=tuple(_sent(tx, page.deliveries)),
            older=older,
            next=page.next,
            is_fixed=subscription.is_configured,
            is_shared=subscription.team is not None,
            reason=bounces.reasons(tx, only=[subscription.id]).get(subscription.id, ""),
            missed=len(missed_by(tx, subscription)),
            can_return=_can_return(tx, subscription, context.clock()),
        )


def change(token: str, wanted: Edit, known: Links, context: SubscribeContext) -> None:
    """Make of a subscription what *wanted* makes of it, from now on; that may raise.

    What a team shares stays as it is. ConfigurationInvalid where a file says what it hears of.
    """
    with context.store.begin_alone() as tx:
        subscription = _of(tx, token, known)
        if subscription.is_configured:
            raise ConfigurationInvalid(
                worded("what this subscription hears of is set by the people who run this service")
            )
        edited(tx, subscription, _but_its_filters(wanted) if subscription.team else wanted, context)


def _but_its_filters(wanted: Edit) -> Edit:
    return lambda was: replace(wanted(was), filters=was.filters)


def pause(token: str, known: Links, context: SubscribeContext, *, lasts: timedelta | None = None) -> None:
    """Keep what is owed until it is resumed, or for so long; nothing where it is not active."""
    now = context.clock()
    with context.store.begin_alone() as tx:
        subscription = _of(tx, token, known)
        if subscription.state is SubscriptionState.ACTIVE:
            until = now + lasts if lasts is not None else None
            subscriptions.set_state(tx, subscription.id, SubscriptionState.PAUSED, now, until=until)


def resume(token: str, known: Links, context: SubscribeContext, *, catch_up: bool = False) -> int:
    """Go on after a pause; nothing where it is not paused. Give how many events it missed.

    With *catch_up*, these are told as one digest.
    """
    with context.store.begin_alone() as tx:
        subscription = _of(tx, token, known)
        if subscription.state is not SubscriptionState.PAUSED:
            return 0
        return go_on(tx, subscription, catch_up=catch_up, now=context.clock())


def keep(token: str, known: Links, context: SubscribeContext) -> None:
    """Note that its subscriber says that it is still useful."""
    with context.store.begin_alone() as tx:
        questions.note_answered(tx, _of(tx, token, known).id, at=context.clock())


def leave(token: str, known: Links, context: SubscribeContext) -> Subscription:
    """End a subscription, and give up what is owed to it; nothing where it has ended."""
    now = context.clock()
    with context.store.begin_alone() as tx:
        subscription = _of(tx, token, known)
        if subscription.state is not SubscriptionState.ENDED:
            subscriptions.set_state(tx, subscription.id, SubscriptionState.ENDED, now)
            if subscription.state is SubscriptionState.PENDING:
                confirmations.drop(tx, subscription.id)
            else:
                links.note_left(tx, subscription.id, now)
        return subscription


def come_back(token: str, known: Links, context: SubscribeContext) -> None:
    """Take leaving back. ConfigurationInvalid where somebody else ended it, or it is too long ago.

    Where another subscription has its name by now, it goes on with a number behind that.
    """
    with context.store.begin_alone() as tx:
        subscription = _of(tx, token, known)
        if subscription.state is not SubscriptionState.ENDED:
            return
        if not _can_return(tx, subscription, context.clock()):
            words = worded("this subscription has ended, and a link does not bring it back: subscribe again")
            raise ConfigurationInvalid(words)
        if subscription.name:
            subscriptions.rename(tx, subscription.id, subscriptions.free_name(tx, subscription.name))
        subscriptions.set_state(tx, subscription.id, SubscriptionState.ACTIVE, context.clock())
        links.note_left(tx, subscription.id, None)
        endpoints.enable(tx, subscription.endpoint.id)


def renew(token: str, known: Links, context: SubscribeContext) -> str:
    """End all links that mails carried so far, and give the one that counts from now on."""
    with context.store.begin_alone() as tx:
        subscription = _of(tx, token, known)
        version = links.versions(tx, [subscription.id]).get(subscription.id, 0) + 1
        if version > NEWEST_VERSION:
            raise ConfigurationInvalid(
                worded("this subscription has had too many links: leave it, and subscribe again")
            )
        links.renew(tx, subscription.id, version)
    return known.manage(subscription.id, version)


def _of(tx: Connection, token: str, known: Links) -> Subscription:
    found = known.read(token)
    subscription = subscriptions.known(tx, [found[0]]).get(found[0]) if found else None
    if found is None or subscription is None:
        raise NothingFound(worded("this link leads to no subscription: look whether it is whole"))
    if links.versions(tx, [subscription.id]).get(subscription.id, 0) != found[1]:
        raise NothingFound(worded("this link was ended: take that of a later mail"))
    return subscription


def _can_return(tx: Connection, subscription: Subscription, now: datetime) -> bool:
    left_at = links.left_at(tx, subscription.id)
    has_business = subscription.trials or subscription.everything or subscription.is_about_watches
    has_business = has_business or subscription.origin == "operator"
    is_ended = subscription.state is SubscriptionState.ENDED
    return bool(is_ended and left_at and has_business and now - left_at < UNDONE_WITHIN)


def _sent(tx: Connection, taken: Iterable[Delivery]) -> list[Sent]:
    """What was taken, by its subject; one whose bytes are damaged is left out."""
    return [Sent(each.finished_at, subject) for each in taken if each.finished_at and (subject := _subject(tx, each))]


def _subject(tx: Connection, delivery: Delivery) -> str | None:
    try:
        body = deliveries.get(tx, delivery.id).body
    except StoreCorrupt:
        return None
    return CHANNELS["email"].recognised_by(body) if body else None
