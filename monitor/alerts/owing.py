"""Who hears of which event, and when: deliveries are owed to those told at once, and for the others it is gathered.

Nobody hears of what was found before they subscribed. What is decided for one is decided for all who ask for the same.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain
from typing import NamedTuple

from sqlalchemy import Connection

from monitor.alerts.adding_up import NO_PAST, Past, can_add_up, wants_past
from monitor.alerts.matching import matching, tells
from monitor.alerts.past import pasts_of
from monitor.changes.endings import may_be_last
from monitor.changes.events import TAKEN_BACK_WITHIN, trials_concerned
from monitor.model import Event, Interest, Rhythm, Significance
from monitor.model.rhythm import window_end
from monitor.storage import audiences, covering, deliveries, endings, gathered, rhythms, settlements
from monitor.storage.covering import Covering, Members
from monitor.storage.statements import chunks

MOST_AT_ONCE, MOST_EACH = 10_000, 1_000
"""Deliveries that are owed in one transaction, in all and of an event among more than that: half a second or so."""
_DECIDED_AT_ONCE = 200
"""Events of which is kept in memory what went before."""


@dataclass(frozen=True, slots=True)
class Concerned:
    """Who is to be told an event, the oldest subscription first; to the *critical* ones it tells something critical."""

    event: Event
    subscription_ids: Sequence[str]
    critical: Collection[str]


class Waiting(NamedTuple):
    """When a subscription tells in a digest what is found now, and whether something critical waits for that."""

    due_at: datetime
    breaks_through: bool


def owe_deliveries(tx: Connection, events: Sequence[Event], registry: str, *, now: datetime) -> list[str]:
    """Owe the deliveries of these events to whom they concern; for who hears of them later, gather them.

    Give the ids of those that this settles. The others concern so many that `monitor.alerts.telling` owes them a batch
    at a time: that is noted here. What may be the last event of its trial is looked at a weekend later, when what was
    wrong has been taken back.
    """
    last = [(event.registry, event.trial_id) for event in events if may_be_last(event)]
    endings.note(tx, last, look_at=now + TAKEN_BACK_WITHIN)
    to_few, to_many, behind = _shared_out(tx, events, registry)
    owe_to(tx, list(_concerned(tx, to_few, registry, now)), registry, now=now)
    settlements.begin_telling(tx, registry, [event.id for event in to_many])
    settlements.put_off(tx, registry, [event.id for event in behind])
    return [event.id for event in to_few]


def owe_to(tx: Connection, concerned: Sequence[Concerned], registry: str, *, now: datetime) -> None:
    """Owe the deliveries of events to those that they concern, or gather them. Call it once in a transaction."""
    everybody = {subscription_id for each in concerned for subscription_id in each.subscription_ids}
    deliveries.lock(tx, everybody)
    waiting = waiting_by(rhythms.of(tx, everybody), now=now)
    at_once = ((each, to) for each in concerned for to in each.subscription_ids if not _waits(each, to, waiting))
    deliveries.owe(tx, ((each.event.id, registry, each.event.trial_id, to) for each, to in at_once), now)
    if waiting:
        later = partial(_later, concerned, waiting)
        gathered.add(tx, later())
        rhythms.expect(tx, ((to, waiting[to].due_at) for to in {to for to, _ in later()}))


def _shared_out(
    tx: Connection, events: Sequence[Event], registry: str
) -> tuple[Sequence[Event], list[Event], list[Event]]:
    """Those that are told at once, those that concern too many for that, and those behind such a one of their trial."""
    trial_ids = {event.id: trials_concerned(event) for event in events}
    everybody = audiences.least(tx, registry, list(dict.fromkeys(chain(*trial_ids.values()))), MOST_AT_ONCE)
    if len(events) * everybody <= MOST_AT_ONCE:
        return events, [], []
    to_few: list[Event] = []
    to_many: list[Event] = []
    behind: list[Event] = []
    left, many = MOST_AT_ONCE, set[str]()
    for event in events:
        few = min(MOST_EACH, left)
        if event.trial_id in many:
            behind.append(event)
        elif (count := audiences.least(tx, registry, trial_ids[event.id], few)) <= few:
            to_few.append(event)
            left -= count
        else:
            to_many.append(event)
            many.add(event.trial_id)
    return to_few, to_many, behind


def hearers(tx: Connection, events: Sequence[Event], registry: str, *, now: datetime) -> tuple[int, int]:
    """How many subscriptions would hear of these events if they were told now, and of how many pairs of both."""
    concerned = list(_concerned(tx, events, registry, now))
    everybody = {subscription_id for each in concerned for subscription_id in each.subscription_ids}
    return len(everybody), sum(len(each.subscription_ids) for each in concerned)


def waiting_by(rhythm_of: Mapping[str, Rhythm], *, now: datetime) -> dict[str, Waiting]:
    """Those of the subscriptions that tell in a digest what is found now. Pure."""
    ends = {rhythm: window_end(rhythm, now) for rhythm in set(rhythm_of.values())}
    return {to: Waiting(end, rhythm.breaks_through) for to, rhythm in rhythm_of.items() if (end := ends[rhythm])}


def _waits(each: Concerned, subscription_id: str, waiting: Mapping[str, Waiting]) -> bool:
    found = waiting.get(subscription_id)
    return found is not None and not (found.breaks_through and subscription_id in each.critical)


def _later(concerned: Iterable[Concerned], waiting: Mapping[str, Waiting]) -> Iterator[tuple[str, str]]:
    """Who is told which event in a digest, as (subscription id, event id)."""
    for each in concerned:
        for subscription_id in each.subscription_ids:
            if _waits(each, subscription_id, waiting):
                yield subscription_id, each.event.id


def _concerned(tx: Connection, events: Sequence[Event], registry: str, now: datetime) -> Iterator[Concerned]:
    """Who hears of which event."""
    trial_ids = {event.id: trials_concerned(event) for event in events}
    found = covering.find(tx, registry, dict.fromkeys(chain(*trial_ids.values())))
    for some in chunks(events, _DECIDED_AT_ONCE):
        yield from concerned_among(tx, some, found, now=now)


def concerned_among(tx: Connection, events: Sequence[Event], found: Covering, *, now: datetime) -> Iterator[Concerned]:
    """Which of those who were *found* to cover the trials of these events hear of each.

    Nobody hears of what was found before they subscribed, unless that lies ahead of *now*: the clock was set back.
    """
    groups = {event.id: list(found.groups(trials_concerned(event))) for event in events}
    pasts = pasts_of(tx, [event for event in events if _wants_past(event, groups[event.id])])
    for event in events:
        yield _hearing(event, groups[event.id], pasts.get(event.id, NO_PAST), now)


def _wants_past(event: Event, groups: Iterable[tuple[Interest, Members]]) -> bool:
    """Whether what went before an event decides if anybody hears of it."""
    return any(
        wants_past(event.changes, interest) and not tells(event.changes, interest)
        for interest, _ in (groups if any(map(can_add_up, event.changes)) else ())
    )


def _hearing(event: Event, groups: Iterable[tuple[Interest, Members]], past: Past, now: datetime) -> Concerned:
    """Which of those who cover its trials hear of an event, each once, the oldest first."""
    heard: set[tuple[datetime, str]] = set()
    critical: set[str] = set()
    for interest, members in groups:
        told = matching(event.changes, interest, past).changes
        hear = [(since, to) for since, to in members if since <= event.occurred_at or since > now] if told else []
        heard.update(hear)
        if any(change.significance is Significance.CRITICAL for change in told):
            critical.update(to for _, to in hear)
    return Concerned(event, [to for _, to in sorted(heard)], critical)
