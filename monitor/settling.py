"""Decide which events are told: owe the deliveries of those, hold what looks like the registry's doing, fold flaps.

    pending  ->  reverted within the settle window?  folded, with the event that reverted it
             ->  one of so many alike?               held, until the operator releases or discards them together
             ->  its settle window is over?          told: its deliveries are owed, in the same commit

An event is pending from the commit that made it, so that nothing is forgotten: what a process that died left pending
is settled by the next pass, or by whoever delivers.

If one field changed in more than MOST_ALIKE of the trials that a pass covers, and in at least AT_LEAST, that is the
registry, not the sponsors: a renamed code, a module that went. Administrative changes don't count; nor does what was
found in another version of the registry's data.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from monitor import notices as words
from monitor.errors import ConfigurationInvalid, StoreCorrupt
from monitor.events import changes_between
from monitor.matching import matching
from monitor.model import Event, Settlement, Significance, State
from monitor.ports import Registry
from monitor.recovery import made_again
from monitor.storage import deliveries, holds, notices, settlements, snapshots, subscriptions, sweeps, trials
from monitor.storage.holds import Decision, Hold
from monitor.storage.locks import lock_registry
from monitor.storage.settlements import Pending
from monitor.storage.store import Store

MOST_ALIKE = 0.05
AT_LEAST = 20
ABANDONED_AFTER = timedelta(minutes=10)
"""What is pending for so much longer than its settle window belongs to no pass any more."""
LONGEST_SWEEP = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """What settling needs."""

    registry: Registry
    store: Store
    window: timedelta
    """How long an event waits for what may revert it."""


def settle(settling: Settling, *, now: datetime, covered: int = 0) -> frozenset[str]:
    """Settle what is pending at one registry, at the end of a pass that covered so many trials; give the ids held."""
    key = settling.registry.key
    with settling.store.read() as tx:
        if settlements.oldest_pending(tx, key) is None:
            return frozenset()
    with settling.store.begin() as tx:
        lock_registry(tx, key)
        pending = _pending(tx, settling, now)
        folded = set(_folded(tx, pending, settling))
        settlements.settle(tx, folded, Settlement.FOLDED, at=now)
        standing = [each for each in pending if each.event.id not in folded]
        covered = max(covered, trials.watched_count(tx, key))
        held = {event_id for group in _by_version(standing) for event_id in _hold(tx, group, covered, now)}
        due = [
            each.event
            for each in standing
            if each.event.id not in held and _is_over(each.event.occurred_at, settling.window, now)
        ]
        tell(tx, due, key, now=now)
        settlements.told(tx, [event.id for event in due])
    return frozenset(held)


def _pending(tx: Connection, settling: Settling, now: datetime) -> list[Pending]:
    """What waits. An event that is damaged is made again from its snapshots; where that fails it waits no more."""
    pending, damaged = settlements.pending(tx, settling.registry.key)
    if not damaged:
        return pending
    again = made_again(tx, settling.registry, damaged, now=now)
    known = {event.id for _, event in again}
    settlements.told(tx, [each.event_id for each in damaged if each.event_id not in known])
    pending += [Pending(event, each.version) for each, event in again]
    return sorted(pending, key=lambda each: (each.event.occurred_at, each.event.trial_id, each.event.snapshot))


def settle_abandoned(settling: Settling, *, now: datetime) -> None:
    """Settle what a pass left pending that is over, or whose settle window is.

    What a sweep found waits for its end, as far as that can be expected: part of it would not show a mass change.
    """
    with settling.store.read() as tx:
        oldest = settlements.oldest_pending(tx, settling.registry.key)
        sweep = sweeps.get(tx, settling.registry.key)
    is_swept = sweep and not sweep.finished_at and not _is_over(sweep.started_at, LONGEST_SWEEP, now)
    if oldest is not None and not is_swept and _is_over(oldest, max(settling.window, ABANDONED_AFTER), now):
        settle(settling, now=now)


def tell(tx: Connection, told: Sequence[Event], registry: str, *, now: datetime) -> None:
    """Owe the deliveries of these events to whom they concern."""
    deliveries.owe(tx, _owed(tx, told, registry, now), at=now)


def _is_over(began_at: datetime, span: timedelta, now: datetime) -> bool:
    """Whether so much time has gone by; true too of what began in a time to come: the clock was set back."""
    return now - began_at >= span or began_at > now


def decide(
    hold_id: int, decision: Decision, store: Store, *, now: datetime, registries: Iterable[Registry] = ()
) -> int:
    """Tell what is held together, or never; give how many events that were.

    *registries* make again what of it is damaged.

    Raise NothingFound for an unknown number, ConfigurationInvalid where it was decided before.
    """
    with store.begin() as tx:
        hold = holds.get(tx, hold_id)
        lock_registry(tx, hold.registry)
        if hold.decision:
            raise ConfigurationInvalid(
                f"hold {hold_id} was {hold.decision} before: `monitor held list` shows the others"
            )
        held, damaged = settlements.of_hold(tx, hold_id)
        registry = next((each for each in registries if each.key == hold.registry), None)
        if registry and damaged:
            held += [event for _, event in made_again(tx, registry, damaged, now=now)]
        if decision == "released":
            tell(tx, held, hold.registry, now=now)
            settlements.told(tx, [*(event.id for event in held), *(each.event_id for each in damaged)])
        else:
            ids = {*(event.id for event in held), *(each.event_id for each in damaged)}
            settlements.settle(tx, ids, Settlement.DISCARDED, at=now, hold_id=hold_id)
        holds.decide(tx, hold_id, decision, now)
    return len(held)


def _owed(tx: Connection, told: Sequence[Event], registry: str, now: datetime) -> Iterator[tuple[str, str, str, str]]:
    """Who hears of which event, as (event id, registry, trial id, subscription id).

    Nobody hears of what was found before they subscribed, unless that was in a time to come: the clock was set back.
    """
    covering = subscriptions.covering(tx, registry, {event.trial_id: None for event in told})
    for event in told:
        for subscription in covering.get(event.trial_id, ()):
            since = subscription.created_at
            heard = since <= event.occurred_at or since > now
            if heard and matching(event.changes, subscription.filters).passes:
                yield event.id, registry, event.trial_id, subscription.id


def _by_version(pending: Iterable[Pending]) -> list[list[Pending]]:
    groups: defaultdict[str, list[Pending]] = defaultdict(list)
    for each in pending:
        groups[each.version].append(each)
    return list(groups.values())


def _hold(tx: Connection, pending: Sequence[Pending], covered: int, now: datetime) -> set[str]:
    """Hold those events of one version of the data that are too many alike; give their ids.

    What is found of the same kind later, in the same version, joins them.
    """
    registry, version = pending[0].event.registry, pending[0].version
    held: set[str] = set()
    for hold in holds.of_version(tx, registry, version):
        held |= _join(tx, hold, pending)
    alike = too_many_alike([each.event for each in pending if each.event.id not in held], covered)
    if not alike:
        return held
    trials_concerned = max(alike.values())
    hold = holds.add(
        tx,
        Hold(
            registry=registry,
            version=version,
            fields=tuple(alike),
            trials=trials_concerned,
            checked=covered,
            held_at=now,
        ),
    )
    notices.tell(tx, words.held(hold.id, registry, hold.fields, trials=trials_concerned, covered=covered, now=now))
    return held | _join(tx, hold, [each for each in pending if each.event.id not in held])


def _join(tx: Connection, hold: Hold, pending: Iterable[Pending]) -> set[str]:
    fields = set(hold.fields)
    joining = {each.event.id for each in pending if fields & _weighty_fields(each.event)}
    settlements.settle(tx, joining, Settlement.HELD, at=None, hold_id=hold.id)
    return joining


def too_many_alike(events: Iterable[Event], covered: int) -> Mapping[str, int]:
    """The fields that changed in too many of the *covered* trials, with in how many, the most first. Pure."""
    trials_by_field: defaultdict[str, set[str]] = defaultdict(set)
    for event in events:
        for field in _weighty_fields(event):
            trials_by_field[field].add(event.trial_id)
    counts = Counter({field: len(changed) for field, changed in trials_by_field.items()})
    return {field: count for field, count in counts.most_common() if count >= AT_LEAST and count > MOST_ALIKE * covered}


def _weighty_fields(event: Event) -> set[str]:
    return {
        change.field
        for change in event.changes
        if change.significance is not Significance.ADMINISTRATIVE and change.kind != "trial.new"
    }


def _folded(tx: Connection, pending: Sequence[Pending], settling: Settling) -> Iterator[str]:
    """The ids of events that undo each other: after the last of them the trial is as it was before the first."""
    if not settling.window:
        return
    by_trial: defaultdict[str, list[Event]] = defaultdict(list)
    for each in pending:
        by_trial[each.event.trial_id].append(each.event)
    for flapping in by_trial.values():
        first = 0
        while first < len(flapping):
            last = next(
                (n for n in range(len(flapping) - 1, first, -1) if _undone(tx, flapping[first], flapping[n], settling)),
                None,
            )
            if last is None:
                first += 1
            else:
                yield from (event.id for event in flapping[first : last + 1])
                first = last + 1


def _undone(tx: Connection, first: Event, last: Event, settling: Settling) -> bool:
    """Whether the trial is after *last* as it was before *first*."""
    if last.occurred_at - first.occurred_at >= settling.window or first.snapshot < 2:
        return False
    try:
        before = snapshots.get(tx, first.registry, first.trial_id, first.snapshot - 1).document
        after = snapshots.get(tx, last.registry, last.trial_id, last.snapshot).document
    except StoreCorrupt:
        return False  # what cannot be compared is told
    if before.state is not State.LISTED or after.state is not State.LISTED:
        return False
    parse = settling.registry.parse
    return not changes_between(parse(before), parse(after), on=last.occurred_at.date())
