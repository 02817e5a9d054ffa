"""Decide which events are told: owe the deliveries of those, hold what looks like the registry's doing, fold flaps.

    pending  ->  reverted within the settle window?  folded, with the event that reverted it
             ->  one of so many alike?               held, until the operator releases or discards them together
             ->  after one of its trial that is?     waits behind that one, and is told after it
             ->  its settle window is over?          told: its deliveries are owed, in the same commit, or it is
                                                     gathered for the next digest of who hears of it then

An event is pending from the commit that made it, so that nothing is forgotten: what a process that died left pending
is settled by the next pass, or by the next delivery run.

`monitor.alerts.alike` decides what is too many alike; changes found in two versions of the data never are.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from monitor.alerts import notices as words
from monitor.alerts.holding import hold_alike, in_order, take_turns
from monitor.alerts.owing import owe_deliveries
from monitor.alerts.recovery import made_again
from monitor.changes.events import changes_between
from monitor.errors import ConfigurationInvalid, StoreCorrupt
from monitor.model import Event, Settlement, State
from monitor.ports import Registry
from monitor.storage import (
    held_events,
    holds,
    notices,
    settlements,
    snapshots,
    sweeps,
    trials,
)
from monitor.storage.holds import Decision
from monitor.storage.locks import lock_registry
from monitor.storage.settlements import Pending
from monitor.storage.store import Store

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
        if not settlements.oldest_pending(tx, [key]):
            return frozenset()
    with settling.store.begin() as tx:
        lock_registry(tx, key)
        pending = _pending(tx, settling, now)
        folded = set(_folded(tx, pending, settling))
        settlements.record(tx, folded, Settlement.FOLDED, at=now)
        standing = [each for each in pending if each.event.id not in folded]
        covered = max(covered, trials.watched_count(tx, key))
        held = hold_alike(tx, standing, covered, now)
        due = [
            each
            for each in standing
            if each.event.id not in held and _is_over(each.event.occurred_at, settling.window, now)
        ]
        turns = take_turns(tx, key, [each.event for each in due])
        version = max((each.version for each in due), default="")
        for hold_id, events in turns.behind.items():
            notices.notify_operator(tx, words.waiting(hold_id, events, version, now=now))
        settlements.forget(tx, owe_deliveries(tx, turns.told, key, now=now))
    return frozenset(held | turns.is_behind())


def _pending(tx: Connection, settling: Settling, now: datetime) -> list[Pending]:
    """What waits. An event that is damaged is made again from its snapshots; where that fails it waits no more."""
    pending, damaged = settlements.pending(tx, settling.registry.key)
    if not damaged:
        return pending
    again = made_again(tx, settling.registry, damaged, now=now)
    known = {event.id for _, event in again}
    settlements.forget(tx, [each.event_id for each in damaged if each.event_id not in known])
    return pending + [Pending(event, each.version) for each, event in again]


def settle_abandoned(settling: Settling, oldest: datetime, *, now: datetime) -> None:
    """Settle what a pass left pending, since *oldest*, that is over, or whose settle window is.

    What a sweep found waits for its end, as far as that can be expected: part of it would not show a mass change.
    """
    if not _is_over(oldest, max(settling.window, ABANDONED_AFTER), now):
        return
    with settling.store.read() as tx:
        sweep = sweeps.get(tx, settling.registry.key)
    if not sweep or sweep.finished_at or _is_over(sweep.started_at, LONGEST_SWEEP, now):
        settle(settling, now=now)


def owe_or_pend(tx: Connection, made: Sequence[Event], builds: Mapping[str, int], *, now: datetime) -> None:
    """Tell at once what is no part of a larger pass, but for what has to wait for an earlier event of its trial.

    That is pending until somebody settles it: *builds* are of `settlements.pend`.
    """
    if not made:
        return
    registry = made[0].registry
    unsettled = settlements.unsettled(tx, registry, (event.trial_id for event in made))
    pending = {event.id: builds[event.id] for event in made if event.trial_id in unsettled}
    settlements.pend(tx, registry, pending)
    owe_deliveries(tx, in_order(event for event in made if event.id not in pending), registry, now=now)


def _is_over(began_at: datetime, span: timedelta, now: datetime) -> bool:
    """Whether so much time has gone by; true too of what began ahead of *now*: the clock was set back."""
    return now - began_at >= span or began_at > now


def decide(
    hold_id: int,
    decision: Decision,
    store: Store,
    *,
    now: datetime,
    by: str | None = None,
    registries: Iterable[Registry] = (),
) -> int:
    """Tell what is held together, or never, and what waits behind it; give how many events were held.

    *by* is the user or the token that decided it; None at the command line.

    An event before which another one of its trial is held elsewhere goes on waiting, behind that one.

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
        lost = {each.event_id for each in damaged}
        if registry and damaged:
            again = [event for _, event in made_again(tx, registry, damaged, now=now)]
            lost -= {event.id for event in again}
            held += again
        freed, also_damaged = settlements.behind_hold(tx, hold_id)
        ids = {*(event.id for event in held), *(each.event_id for each in damaged)}
        if decision == "released":
            freed += held
            settlements.forget(tx, (each.event_id for each in damaged))
            held_events.give_up(tx, hold_id, lost)
        else:
            settlements.record(tx, ids, Settlement.DISCARDED, at=now, hold_id=hold_id)
        settlements.record(tx, (each.event_id for each in also_damaged), Settlement.PENDING, at=None)
        turns = take_turns(tx, hold.registry, freed)
        settlements.forget(tx, owe_deliveries(tx, turns.told, hold.registry, now=now))
        holds.decide(tx, hold_id, decision, by=by, at=now)
    return len(held)


def _folded(tx: Connection, pending: Sequence[Pending], settling: Settling) -> Iterator[str]:
    """The ids of events that undo each other: after the last of them the trial is as it was before the first."""
    if not settling.window:
        return
    by_trial: defaultdict[str, list[Event]] = defaultdict(list)
    for each in pending:
        by_trial[each.event.trial_id].append(each.event)
    for flapping in by_trial.values():
        if any(change.kind == "trial.left" for event in flapping for change in event.changes):
            continue
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
        before = snapshots.get(tx, first.registry, first.trial_id, first.snapshot - 1)
        after = snapshots.get(tx, last.registry, last.trial_id, last.snapshot)
    except StoreCorrupt:
        return False  # what cannot be compared is told
    if before.document.state is not State.LISTED or after.document.state is not State.LISTED:
        return False
    records = [settling.registry.parse(each.document, each.taken_at) for each in (before, after)]
    return not changes_between(*records, on=last.occurred_at.date())
