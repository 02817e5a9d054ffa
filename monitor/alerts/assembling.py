"""What a digest holds: the events that it tells, with what their records say, and how much was looked at.

Of a digest of thousands, the MOST_TOLD most significant events are told, and how many more there are.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from monitor.alerts.background import BackgroundReader
from monitor.alerts.contexts import event_context, registry_of
from monitor.alerts.links import trial_page
from monitor.alerts.matching import Match
from monitor.alerts.past import matches_of
from monitor.alerts.recovery import event_of
from monitor.alerts.scopes import as_told, trials_of
from monitor.alerts.unseen import unseen_words
from monitor.changes.searches import search_words
from monitor.channels.channel import Coverage, Digest, DigestEntry, EventContext
from monitor.errors import NothingFound, StoreCorrupt
from monitor.language.worded import Worded, worded
from monitor.model import ContextLine, Delivery, Event, Interest, Rhythm, Snapshot, Subscription
from monitor.model.ids import event_id
from monitor.model.rhythm import local
from monitor.ports import Registry
from monitor.storage import coverage, deliveries, events, gathered, health, pages, searches, siblings, snapshots
from monitor.storage.digests import ComposedDigest
from monitor.storage.pages import Within
from monitor.storage.rhythms import OUT_OF_TURN

MOST_TOLD = 200
FEW = 20
"""Events of a digest up to which it says what stands around each."""
MOST_UNCHECKED = 5
"""Trials that could not be checked, by name."""
_MOST_KEPT = 4_000
"""Events with their records, in memory."""
_MOST_DECIDED = 20_000
"""What subscribers who ask for the same make of an event, in memory."""
_USUAL = timedelta(days=1)
"""What a digest is of whose beginning is not known."""
_NEVER = worded("not read yet")


@dataclass(slots=True)
class DigestReader:
    """Reads what digests hold; events, and what was looked at, once for all whom they concern."""

    registries: Mapping[str, Registry]
    public_url: str = ""
    """Where pages are that anybody may read; empty where there are none."""
    _contexts: dict[str, EventContext] = field(default_factory=dict)
    _around: dict[str, tuple[ContextLine, ...]] = field(default_factory=dict)
    _backgrounds: BackgroundReader = field(init=False)
    _matches: dict[tuple[str, Interest], Match] = field(default_factory=dict)
    _coverages: dict[tuple[tuple[Within, ...], datetime, str], Coverage] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Read what stands around events from the same registries."""
        self._backgrounds = BackgroundReader(self.registries)

    def digest(
        self, tx: Connection, delivery: Delivery, composed: ComposedDigest, subscription: Subscription
    ) -> Digest:
        """What one delivery tells to its subscription. An event that cannot be read is counted as omitted."""
        ids, count = gathered.told_by(tx, subscription.id, delivery.sequence, limit=MOST_TOLD)
        entries = tuple(self._entries(tx, ids, subscription))
        zone = Rhythm(zone=composed.zone)
        # One that is composed late tells also what was seen since its window ended.
        ended_at = max((composed.ended_at, *(entry.context.event.occurred_at for entry in entries)))
        return Digest(
            period=composed.period,
            began_at=composed.began_at and local(zone, composed.began_at),
            ended_at=local(zone, ended_at),
            entries=entries,
            omitted=count - len(entries),
            coverage=self._coverage(tx, subscription, composed),
            at_once=0 if count else _at_once(tx, delivery, composed),
        )

    def _entries(self, tx: Connection, ids: Sequence[str], subscription: Subscription) -> Iterator[DigestEntry]:
        self._read(tx, [each for each in ids if each not in self._contexts])
        known = [self._contexts[each] for each in ids if each in self._contexts]
        asked, shown = subscription.interest, as_told(subscription)
        if len(self._matches) > _MOST_DECIDED:
            self._matches.clear()
        undecided = [context.event for context in known if (context.event.id, asked) not in self._matches]
        self._matches |= matches_of(tx, ((event, asked) for event in undecided))
        for context in sorted(known, key=_place):
            match = self._matches[context.event.id, asked]
            around = self._background(tx, context) if len(known) <= FEW else ()
            told = replace(context, event=replace(context.event, changes=shown(match.every)), background=around)
            yield DigestEntry(told, shown(match.owed))

    def _background(self, tx: Connection, context: EventContext) -> tuple[ContextLine, ...]:
        """What stands around an event, which takes several questions."""
        event_id = context.event.id
        if event_id not in self._around:
            read = self._backgrounds.around
            self._around[event_id] = read(tx, context.event, lead_sponsor=context.lead_sponsor)
        return self._around[event_id]

    def _read(self, tx: Connection, ids: Collection[str]) -> None:
        if len(self._contexts) + len(ids) > _MOST_KEPT:
            self._contexts.clear()
            self._around.clear()
        damaged: dict[str, StoreCorrupt] = {}
        found = events.known(tx, ids, damaged=damaged)
        for each in damaged:
            with suppress(StoreCorrupt, NothingFound):
                found[each] = self._made_again(tx, each)
        families = siblings.families(tx, {(each.registry, each.trial_id) for each in found.values()})
        taken = _snapshots(tx, found.values())
        for each, event in found.items():
            context = event_context(tx, event, self.registries, families, snapshot=taken.get(each))
            self._contexts[each] = replace(context, page=trial_page(self.public_url, event))

    def _made_again(self, tx: Connection, lost: str) -> Event:
        registry, trial_id, number = lost.split("/")
        return event_of(tx, registry_of(self.registries, registry), trial_id, int(number))

    def _coverage(self, tx: Connection, subscription: Subscription, composed: ComposedDigest) -> Coverage | None:
        """How much was looked at; None of what has no regular time."""
        if composed.period in (*OUT_OF_TURN, "quiet hours"):
            return None
        since = composed.began_at or composed.ended_at - _USUAL
        within = tuple(trials_of(tx, subscription))
        key = within, since, composed.zone
        if key not in self._coverages:
            self._coverages[key] = coverage_of(
                tx, within, self.registries, since=since, zone=Rhythm(zone=composed.zone)
            )
        return self._coverages[key]


def _at_once(tx: Connection, delivery: Delivery, composed: ComposedDigest) -> int:
    """How many alerts broke through while nothing waited for the digest."""
    if composed.began_at is None:
        return 0
    return deliveries.told_at_once(tx, delivery.subscription_id, since=composed.began_at, before=delivery.sequence)


def _snapshots(tx: Connection, told: Iterable[Event]) -> dict[str, Snapshot]:
    """Those of the snapshots that tell these events that can be read, by the event."""
    by_registry: defaultdict[str, list[Event]] = defaultdict(list)
    for event in told:
        by_registry[event.registry].append(event)
    found: dict[str, Snapshot] = {}
    for registry, of_registry in by_registry.items():
        keys = [(event.trial_id, event.snapshot) for event in of_registry]
        taken = snapshots.known(tx, registry, keys, damaged={})
        found |= {event_id(registry, *key): snapshot for key, snapshot in taken.items()}
    return found


def _place(context: EventContext) -> tuple[datetime, str, str, int]:
    event = context.event
    return event.occurred_at, event.registry, event.trial_id, event.snapshot


def coverage_of(
    tx: Connection,
    within: Sequence[Within],
    registries: Mapping[str, Registry],
    *,
    since: datetime,
    zone: Rhythm,
) -> Coverage:
    """How many of some trials were checked since then, and what could not be, at times in the zone of that rhythm."""
    seen = [each for part in within for each in coverage.by_registry(tx, part, since=since)]
    silent = [each for each in seen if each.named_at is None or each.named_at < since]
    names = {key: registry.name for key, registry in registries.items()}
    failing = {each.registry for each in health.listing(tx) if each.failures} if silent else set()
    not_reached = {
        names.get(each.registry, each.registry): _silence(each, zone, is_failing=each.registry in failing)
        for each in silent
    }
    unlisted = [each for part in within for each in coverage.unlisted(tx, part)][:MOST_UNCHECKED]
    not_listed = [
        (search_words(watched.search), worded("the registry has not listed this in its latest data"))
        for watched in searches.known(tx, unlisted).values()
    ]
    missed = [each for part in within for each in coverage.unchecked(tx, part, since=since, limit=MOST_UNCHECKED)]
    not_checked = [
        (
            each.trial_id,
            worded("not confirmed since {day}", day=local(zone, each.verified_at).date())
            if each.verified_at
            else unseen_words(each.reason),
        )
        for each in missed[:MOST_UNCHECKED]
    ]
    denied = sum(sum(coverage.denied_by_registry(tx, part).values()) for part in within)
    return Coverage(
        trials=sum(pages.watched_count(tx, part) for part in within) - denied,
        checked=sum(each.checked for each in seen),
        versions=tuple({names.get(each.registry, each.registry): each.version for each in seen}.items()),
        unchecked=(*not_reached.items(), *not_listed, *not_checked),
    )


def _silence(registry: coverage.RegistrySeen, zone: Rhythm, *, is_failing: bool) -> Worded:
    """How long a registry has said nothing; that it was asked in vain is known of what the service checks."""
    if registry.named_at is None:
        return _NEVER
    at = local(zone, registry.named_at)
    time = f"{at:%H:%M}"
    if is_failing:
        return worded("not reached since {day} {time}, {zone}", day=at.date(), time=time, zone=zone.zone)
    return worded("last checked {day} {time}, {zone}", day=at.date(), time=time, zone=zone.zone)
