"""Turn claimed deliveries into messages: load what they tell and to whom, and render each one once.

The bytes are kept before the first attempt, so that every attempt carries the same ones: a receiver that saw a delivery
twice saw one thing. Another process may have rendered it first; then its bytes are the ones.

One that cannot be made ready, because its address does not open or what it tells is damaged, keeps nobody else's back.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection

from monitor.alerts.assembling import DigestReader
from monitor.alerts.background import BackgroundReader
from monitor.alerts.contexts import event_context, registry_of
from monitor.alerts.conversations import Trial
from monitor.alerts.links import Links, change_page
from monitor.alerts.past import matches_of
from monitor.alerts.postponing import Unprepared
from monitor.alerts.recovery import event_of
from monitor.alerts.scopes import about, as_told, looked_for
from monitor.channels.channel import Configuration, Envelope, EventContext, EventRenderer
from monitor.channels.declared import CHANNELS
from monitor.errors import ConfigurationInvalid, NothingFound, StoreCorrupt, StoreUnavailable
from monitor.model import (
    Delivery,
    DigestCause,
    Endpoint,
    EventCause,
    Message,
    Notice,
    NoticeCause,
    Subscription,
)
from monitor.ports import Registry
from monitor.storage import confirmations, deliveries, digests, endpoints, links, notices, siblings, subscriptions
from monitor.storage.isolation import in_words, isolated
from monitor.storage.store import Store
from monitor.vault import Vault

Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderContext:
    """What preparing needs."""

    store: Store
    vault: Vault
    registries: Mapping[str, Registry]
    """By key; the first is the default."""
    config: Configuration
    links: Links | None = None
    """To the pages of subscriptions, where there are such pages."""
    public_url: str = ""
    """Where pages are that anybody may read; empty where there are none."""


Ready = list[tuple[Delivery, Message]]


def prepared(claimed: Sequence[Delivery], context: RenderContext, *, now: datetime) -> tuple[Ready, list[Unprepared]]:
    """Each delivery with its message; and those that cannot be made ready, each for a reason of its own.

    Raise StoreUnavailable or ConfigurationInvalid where there is no key that could open any address.
    """
    if not claimed:
        return [], []
    with context.store.read() as tx:
        loaded = Loaded(tx, claimed, context, now=now)
    bodies = loaded.bodies(context.config, now=now)
    parts, bad = isolated(list(bodies.items()), lambda part: _kept(part, context.store))
    unkept = {key: in_words(error) for (key, _), error in bad}
    kept = {key: body for part in parts for key, body in part.items()}
    ready: Ready = []
    unprepared = list(loaded.unprepared.values())
    for delivery in claimed:
        if delivery.id in unkept:
            unprepared.append(Unprepared(delivery, loaded.shown(delivery), unkept[delivery.id]))
        elif delivery.id not in loaded.unprepared:
            endpoint = loaded.endpoint(delivery)
            body = delivery.body or kept[delivery.id]
            ready.append((delivery, Message(delivery_id=delivery.id, endpoint=endpoint, body=body)))
    return ready, unprepared


def _kept(rendered: Sequence[tuple[str, bytes]], store: Store) -> dict[str, bytes]:
    with store.begin() as tx:
        return deliveries.keep_bodies(tx, dict(rendered))


class Loaded:
    """Events, notices, facts and subscriptions of a batch, each read once; what cannot be read is kept as its error."""

    def __init__(self, tx: Connection, claimed: Sequence[Delivery], context: RenderContext, *, now: datetime) -> None:
        self.unprepared: dict[str, Unprepared] = {}
        """By delivery."""
        self._context = context
        damaged: dict[str, StoreCorrupt] = {}
        self._subscriptions = subscriptions.known(
            tx, {delivery.subscription_id for delivery in claimed}, damaged=damaged
        )
        wanted = {subscription.endpoint.id for subscription in self._subscriptions.values()}
        self._endpoints = _each(wanted, endpoints.reader(tx, context.vault, wanted, at=now))
        self._unrendered = []
        self._renderers: dict[tuple[EventCause, str, bool, tuple[int, ...]], EventRenderer] = {}
        for delivery in claimed:
            if self._is_addressed(delivery, damaged) and delivery.body is None:
                self._unrendered.append(delivery)
        owed = {delivery.cause: delivery for delivery in self._unrendered if isinstance(delivery.cause, EventCause)}
        families = siblings.families(tx, {(each.registry, each.trial_id) for each in owed.values()})
        reader = BackgroundReader(context.registries)
        self._events = _each(owed, lambda key: _event_context(tx, owed[key], reader, families))
        self._matches = matches_of(
            tx,
            (
                (event.event, self._subscriptions[delivery.subscription_id].interest)
                for delivery in self._unrendered
                if isinstance(delivery.cause, EventCause)
                and isinstance(event := self._events[delivery.cause], EventContext)
            ),
        )
        self._pages = pages_of(tx, self._subscriptions, context)
        self._about = looked_for(tx, (self._subscriptions[each.subscription_id] for each in self._unrendered))
        self._tokens = {each: confirmations.sealed(tx, each) for each in self._unconfirmed()}
        unread: dict[str, StoreCorrupt] = {}
        noticed = [delivery for delivery in self._unrendered if isinstance(delivery.cause, NoticeCause)]
        self._about |= {each: about(tx, self._subscriptions[each]) for each in {it.subscription_id for it in noticed}}
        told = {delivery.cause.id for delivery in noticed}
        self._digests = DigestReader(context.registries, context.public_url)
        self._composed = digests.known(
            tx, {each.id for each in self._unrendered if isinstance(each.cause, DigestCause)}
        )
        self._notices: dict[str, Notice | Exception] = {**notices.known(tx, told, damaged=unread), **unread}

    def endpoint(self, delivery: Delivery) -> Endpoint:
        """Where a delivery goes."""
        return _or_raise(self._endpoints[self._subscriptions[delivery.subscription_id].endpoint.id])

    def shown(self, delivery: Delivery) -> str:
        """Where a delivery goes, as it may be shown."""
        subscription = self._subscriptions.get(delivery.subscription_id)
        return subscription.endpoint.shown if subscription else f"subscription {delivery.subscription_id}"

    def bodies(self, config: Configuration, *, now: datetime) -> dict[str, bytes]:
        """The bytes of those deliveries that have none yet, by delivery."""
        rendered = {}
        for delivery in self._unrendered:
            try:
                rendered[delivery.id] = self._rendered(delivery, config, now=now)
            except Exception as error:  # whatever it is, the others are rendered
                lost = isinstance(error, StoreCorrupt | NothingFound)
                self._leave(delivery, error, is_lost=lost)
        return rendered

    def _is_addressed(self, delivery: Delivery, damaged: Mapping[str, StoreCorrupt]) -> bool:
        subscription = self._subscriptions.get(delivery.subscription_id)
        if subscription is None:
            gone = StoreCorrupt(f"subscription {delivery.subscription_id} is missing in the database: restore a backup")
            self._leave(delivery, damaged.get(delivery.subscription_id, gone), endpoint_id=delivery.subscription_id)
            return False
        endpoint = self._endpoints[subscription.endpoint.id]
        if isinstance(endpoint, Exception):
            self._leave(delivery, endpoint, endpoint_id=subscription.endpoint.id)
        return isinstance(endpoint, Endpoint)

    def _leave(
        self, delivery: Delivery, error: Exception, *, endpoint_id: str | None = None, is_lost: bool = False
    ) -> None:
        shown = self.shown(delivery)
        self.unprepared[delivery.id] = Unprepared(delivery, shown, in_words(error), endpoint_id, is_lost)

    def _unconfirmed(self) -> list[str]:
        """The subscriptions that notices ask to be confirmed."""
        waiting = {confirmations.notice_id(each): each for each in self._subscriptions}
        return [waiting[delivery.cause.id] for delivery in self._unrendered if delivery.cause.id in waiting]

    def _confirmed_at(self, subscription_id: str) -> str:
        """Where a subscription is confirmed. NothingFound where it is not to be any more."""
        sealed = self._tokens[subscription_id]
        if sealed is None or self._context.links is None:
            raise NothingFound(
                "it was confirmed or has lapsed, or [web] self_service is off: let it be asked for again"
            )
        return self._context.links.confirm(self._context.vault.unseal(sealed))

    def _rendered(self, delivery: Delivery, config: Configuration, *, now: datetime) -> bytes:
        subscription = replace(
            self._subscriptions[delivery.subscription_id], endpoint=_or_raise(self.endpoint(delivery))
        )
        envelope = Envelope(
            subscription=subscription,
            delivery_id=delivery.id,
            sequence=delivery.sequence,
            config=config,
            date=now,
            about=self._about.get(subscription.id, ""),
            manage=self._pages.get(subscription.id, ""),
        )
        match delivery.cause:
            case EventCause() as cause:
                return self._renderer(cause, subscription)(envelope)
            case DigestCause():
                return self._rendered_digest(delivery, envelope)
            case NoticeCause(id=notice_id):
                if subscription.id in self._tokens:
                    envelope = replace(envelope, confirm=self._confirmed_at(subscription.id))
                return rendered_notice(_or_raise(self._notices[notice_id]), envelope)

    def _rendered_digest(self, delivery: Delivery, envelope: Envelope) -> bytes:
        """One digest at a time is in memory: it may be large."""
        subscription = envelope.subscription
        with self._context.store.read() as tx:
            digest = self._digests.digest(tx, delivery, self._composed[delivery.id], subscription)
        return CHANNELS[subscription.endpoint.channel].render_digest(digest, envelope)

    def _renderer(self, cause: EventCause, subscription: Subscription) -> EventRenderer:
        """What renders an event for all who are told the same of it by the same channel."""
        context = _or_raise(self._events[cause])
        match = self._matches[cause.id, subscription.interest]
        shown = as_told(subscription)
        known = tuple(map(id, match.owed))  # the matches keep them alive
        key = cause, subscription.endpoint.channel, subscription.knows_watches, known
        if key not in self._renderers:
            channel = CHANNELS[subscription.endpoint.channel]
            event = replace(context.event, changes=shown(match.every))
            told = replace(context, event=event, page=change_page(self._context.public_url, event))
            self._renderers[key] = channel.event_renderer(told, shown(match.owed), self._context.config)
        return self._renderers[key]


def pages_of(tx: Connection, subscription_ids: Collection[str], context: RenderContext) -> dict[str, str]:
    """Where the subscribers change or end each of these, where there are such pages."""
    if context.links is None:
        return {}
    versions = links.versions(tx, subscription_ids)
    return {each: context.links.manage(each, versions.get(each, 0)) for each in subscription_ids}


def _each(keys: Iterable[Key], read: Callable[[Key], Value]) -> dict[Key, Value | Exception]:
    """What *read* gives for each key, or what it raises. A database that is unavailable is nobody's own trouble."""
    found: dict[Key, Value | Exception] = {}
    for key in keys:
        try:
            found[key] = read(key)
        except (StoreUnavailable, ConfigurationInvalid):
            raise
        except Exception as error:
            found[key] = error
    return found


def _or_raise(value: Value | Exception) -> Value:
    if isinstance(value, Exception):
        raise value
    return value


def _event_context(
    tx: Connection, delivery: Delivery, reader: BackgroundReader, families: Mapping[Trial, Sequence[Trial]]
) -> EventContext:
    number, registries = int(delivery.cause.id.rpartition("/")[2]), reader.registries
    event = event_of(tx, registry_of(registries, delivery.registry), delivery.trial_id, number)
    context = event_context(tx, event, registries, families)
    return replace(context, background=reader.around(tx, event, lead_sponsor=context.lead_sponsor))


def with_address(tx: Connection, subscription: Subscription, context: RenderContext, *, now: datetime) -> Subscription:
    """The subscription with its endpoint's address and secrets, which storage keeps sealed."""
    return replace(subscription, endpoint=endpoints.get(tx, context.vault, subscription.endpoint.id, at=now))


def rendered_notice(notice: Notice, envelope: Envelope) -> bytes:
    """The bytes that the operator gets of one notice."""
    return CHANNELS[envelope.subscription.endpoint.channel].render_notice(notice, envelope)
