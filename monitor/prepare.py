"""Turn claimed deliveries into messages: load what they tell and to whom, and render each one once.

The bytes are kept before the first attempt, so that every attempt carries the same ones: a receiver that saw a delivery
twice saw one thing. Another process may have rendered it first; then its bytes are the ones.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Connection

from monitor.matching import matching
from monitor.model import Change, Delivery, Event, Filters, Message, Notice, Significance, State, Subscription, Way
from monitor.ports import Registry
from monitor.render.chat import chat_text
from monitor.render.mail import mail_bytes
from monitor.render.notice import notice_chat, notice_mail, notice_webhook
from monitor.render.webhook import webhook_body
from monitor.storage import deliveries, endpoints, events, notices, snapshots, subscriptions
from monitor.storage.store import Store
from monitor.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """What stands on every mail."""

    sender: str
    list_host: str
    """The domain of Message-ID and List-Id."""
    unsubscribe: str
    """Where people leave: a mailto: address, or an https: one."""
    signed: Callable[[bytes], bytes]
    """Adds a DKIM signature, or nothing."""


@dataclass(frozen=True, slots=True)
class Told:
    """An event, with the facts about its trial that a message names."""

    event: Event
    title: str
    lead_sponsor: str | None
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What preparing needs."""

    store: Store
    vault: Vault
    registries: Mapping[str, Registry]
    letterhead: Letterhead


def prepared(claimed: Sequence[Delivery], desk: Desk, *, now: datetime) -> list[tuple[Delivery, Message]]:
    """Each delivery with its message."""
    if not claimed:
        return []
    with desk.store.read() as tx:
        loaded = Loaded(tx, claimed, desk, now=now)
    rendered = {
        delivery.id: loaded.rendered(delivery, desk.letterhead, now=now)
        for delivery in claimed
        if delivery.body is None
    }
    with desk.store.begin() as tx:
        kept = {key: deliveries.keep_body(tx, key, body) for key, body in rendered.items()}
    return [
        (delivery, Message(delivery_id=delivery.id, endpoint=endpoint, body=delivery.body or kept[delivery.id]))
        for delivery in claimed
        for endpoint in [loaded.subscriptions[delivery.subscription_id].endpoint]
    ]


class Loaded:
    """Events, notices, facts and subscriptions of a batch, each read once."""

    def __init__(self, tx: Connection, claimed: Sequence[Delivery], desk: Desk, *, now: datetime) -> None:
        closed = subscriptions.known(tx, {delivery.subscription_id for delivery in claimed})
        opened = {
            key: endpoints.get(tx, desk.vault, key, at=now)
            for key in {subscription.endpoint.id for subscription in closed.values()}
        }
        self.subscriptions = {
            key: replace(subscription, endpoint=opened[subscription.endpoint.id])
            for key, subscription in closed.items()
        }
        unrendered = [delivery for delivery in claimed if delivery.body is None]
        event_ids = {delivery.event_id for delivery in unrendered if delivery.event_id}
        self._told = {key: told(tx, events.get(tx, key), desk.registries) for key in event_ids}
        self._notices = notices.known(tx, {delivery.notice_id for delivery in unrendered if delivery.notice_id})

    def rendered(self, delivery: Delivery, letterhead: Letterhead, *, now: datetime) -> bytes:
        """The bytes of a delivery that has none yet."""
        subscription = self.subscriptions[delivery.subscription_id]
        if delivery.notice_id:
            return rendered_notice(
                self._notices[delivery.notice_id], subscription, delivery, letterhead=letterhead, now=now
            )
        return rendered_body(
            self._told[delivery.cause_id],
            subscription,
            sequence=delivery.sequence,
            delivery_id=delivery.id,
            letterhead=letterhead,
            now=now,
        )


def with_address(tx: Connection, subscription: Subscription, desk: Desk, *, now: datetime) -> Subscription:
    """The subscription with its endpoint's address and secrets, which storage keeps sealed."""
    return replace(subscription, endpoint=endpoints.get(tx, desk.vault, subscription.endpoint.id, at=now))


def sample(subscription: Subscription, letterhead: Letterhead, *, now: datetime) -> Message:
    """A message that shows what a subscriber will get, about a trial that there is not."""
    event = Event(
        registry="clinicaltrials.gov",
        trial_id="NCT00000000",
        snapshot=2,
        occurred_at=now,
        changes=(
            Change(
                field="overall_status",
                path="protocolSection.statusModule.overallStatus",
                kind="status.stopped",
                topic="status",
                before="RECRUITING",
                after="SUSPENDED",
                summary="This is a test: overall status went from Recruiting to Suspended.",
                significance=Significance.CRITICAL,
            ),
        ),
    )
    told = Told(event, "A test of this subscription", None, "https://clinicaltrials.gov/")
    everything = replace(subscription, filters=Filters())
    key = str(uuid4())
    body = rendered_body(told, everything, sequence=0, delivery_id=key, letterhead=letterhead, now=now)
    return Message(delivery_id=key, endpoint=subscription.endpoint, body=body)


def told(tx: Connection, event: Event, registries: Mapping[str, Registry]) -> Told:
    """The event with what the record of that moment says of the trial."""
    registry = registries[event.registry]
    snapshot = snapshots.get(tx, event.registry, event.trial_id, event.snapshot)
    if snapshot.document.state is not State.LISTED:
        last = snapshots.latest(tx, event.registry, event.trial_id, state=State.LISTED)
        snapshot = last or snapshot
    record = registry.parse(snapshot.document)
    sponsor = record.lead_sponsor.name if record.lead_sponsor else None
    return Told(event, record.brief_title or event.trial_id, sponsor, record.url)


def rendered_body(
    told: Told,
    subscription: Subscription,
    *,
    sequence: int,
    delivery_id: str,
    letterhead: Letterhead,
    now: datetime,
) -> bytes:
    """The bytes that one subscriber gets of one event: only the changes that they asked for."""
    changes = matching(told.event.changes, subscription.filters).changes
    match subscription.endpoint.way:
        case Way.WEBHOOK:
            return webhook_body(
                told.event,
                title=told.title,
                url=told.url,
                lead_sponsor=told.lead_sponsor,
                subscription=subscription,
                sequence=sequence,
                changes=changes,
            )
        case Way.CHAT:
            return chat_text(told.event, title=told.title, url=told.url, subscription=subscription, changes=changes)
        case Way.EMAIL:
            return letterhead.signed(
                mail_bytes(
                    told.event,
                    title=told.title,
                    url=told.url,
                    subscription=subscription,
                    delivery_id=delivery_id,
                    sequence=sequence,
                    changes=changes,
                    sender=letterhead.sender,
                    list_host=letterhead.list_host,
                    unsubscribe=letterhead.unsubscribe,
                    date=now,
                    thread_root=f"{told.event.registry}/{told.event.trial_id}/{subscription.id}",
                )
            )


def rendered_notice(
    notice: Notice, subscription: Subscription, delivery: Delivery, *, letterhead: Letterhead, now: datetime
) -> bytes:
    """The bytes that the operator gets of one notice."""
    match subscription.endpoint.way:
        case Way.WEBHOOK:
            return notice_webhook(notice, sequence=delivery.sequence)
        case Way.CHAT:
            return notice_chat(notice)
        case Way.EMAIL:
            return letterhead.signed(
                notice_mail(
                    notice,
                    subscription=subscription,
                    delivery_id=delivery.id,
                    sender=letterhead.sender,
                    list_host=letterhead.list_host,
                    date=now,
                )
            )
