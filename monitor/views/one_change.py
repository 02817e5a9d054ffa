"""One event of a trial: what it told, what stands around it, and who was told, as far as that is anybody's affair."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from monitor.alerts.background import BackgroundReader
from monitor.alerts.contexts import event_context
from monitor.alerts.scopes import about
from monitor.changes.watch_names import unnamed
from monitor.channels.channel import EventContext
from monitor.errors import NothingFound, StoreCorrupt
from monitor.model import ContextLine, Delivery, Event
from monitor.model.ids import event_id
from monitor.ports import Registry
from monitor.render.context import lines_for
from monitor.storage import events, settlements, snapshots, subscriptions, told, trials
from monitor.storage.settlements import Settled
from monitor.storage.store import Store
from monitor.storage.told import ToldCounts
from monitor.views.addresses import receiver

SOME = 20
"""Subscriptions that are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldTo:
    """One subscription that an event is told to."""

    delivery: Delivery
    to: str
    """Where it goes, masked."""
    about: str
    """What it is about, which is why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receivers:
    """Who an event is told to: all counted, some named."""

    counts: ToldCounts
    some: Sequence[ToldTo]


@dataclass(frozen=True, slots=True, kw_only=True)
class OneChange:
    """An event with what belongs to it. Where it cannot be read, *event* is None and *trouble* says why."""

    trial_id: str
    number: int
    """Of its snapshot."""
    title: str | None
    taken_at: datetime
    """When that snapshot was taken."""
    registry_version: str | None
    before: datetime | None
    """When the snapshot before it was taken; None where there is none."""
    event: Event | None
    trouble: str
    posted_on: str | None
    """The day on which the registry posted the record of it, as it writes it."""
    background: Sequence[ContextLine]
    settled: Settled | None
    older: int | None
    """The event before it in this trial, by its snapshot."""
    newer: int | None
    receivers: Receivers | None
    """None where nobody asked."""


def one_change(
    trial_id: str,
    number: int,
    *,
    registry: Registry,
    store: Store,
    all_registries: Sequence[Registry],
    wants_receivers: bool = False,
    names_watches: bool = True,
) -> OneChange:
    """The event of that snapshot of a trial. Raise NothingFound where it told nothing, or there is none.

    Without *names_watches*, as anybody may read it.
    """
    unread: dict[int, StoreCorrupt] = {}
    key = event_id(registry.key, trial_id, number)
    with store.read() as tx:
        rows = {row.number: row for row in snapshots.listing(tx, registry.key, trial_id)}
        if number not in rows:
            snapshots.get(tx, registry.key, trial_id, number)  # says which there are
        found = {event.snapshot: event for event in events.of_trial(tx, registry.key, trial_id, damaged=unread)}
        numbers = sorted([*found, *unread])
        if number not in numbers:
            raise _nothing_told(trial_id, number)
        event = found.get(number)
        if event and not names_watches:
            event = replace(event, changes=unnamed(event.changes))
        context = _context(tx, event, all_registries) if event else None
        known = trials.known(tx, registry.key, [trial_id]).get(trial_id)
        settled = settlements.known(tx, [key]).get(key)
        receivers = _receivers(tx, key) if wants_receivers else None
    return OneChange(
        trial_id=trial_id,
        number=number,
        title=context.title if context else known.title if known else None,
        taken_at=rows[number].taken_at,
        registry_version=rows[number].registry_version,
        before=rows[number - 1].taken_at if number - 1 in rows else None,
        event=event,
        trouble=str(unread.get(number, "")),
        posted_on=context.facts.last_update_post_date if context else None,
        background=lines_for(context.background, event.changes) if event and context else (),
        settled=settled,
        older=max((each for each in numbers if each < number), default=None),
        newer=min((each for each in numbers if each > number), default=None),
        receivers=receivers,
    )


def _nothing_told(trial_id: str, number: int) -> NothingFound:
    if number == 1:
        return NothingFound(f"snapshot 1 of {trial_id} is its baseline: there was nothing before it to change")
    return NothingFound(f"snapshot {number} of {trial_id} changed nothing that is watched")


def _context(tx: Connection, event: Event, registries: Sequence[Registry]) -> EventContext:
    by_key = {each.key: each for each in registries}
    context = event_context(tx, event, by_key)
    lines = BackgroundReader(by_key).around(tx, event, lead_sponsor=context.lead_sponsor)
    return EventContext(
        event, context.title, context.lead_sponsor, context.url, context.facts, context.registry_name, background=lines
    )


def _receivers(tx: Connection, key: str) -> Receivers:
    shown = told.some(tx, key, limit=SOME)
    known = subscriptions.known(tx, {each.subscription_id for each in shown}, damaged={})
    return Receivers(
        counts=told.counts(tx, key),
        some=[
            ToldTo(delivery=each, to=receiver(subscription.endpoint), about=about(tx, subscription))
            for each in shown
            if (subscription := known.get(each.subscription_id))
        ],
    )
