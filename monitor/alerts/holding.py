"""Hold what looks like the registry's doing, and let everybody hear of a trial in the order in which it happened.

While an event is held, later ones of its trial wait behind it: told before it, they would be told out of order. The
operator hears of them, and once the hold is decided they are told, whether it was released or discarded.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from monitor.alerts import notices as words
from monitor.alerts.alike import Seen, too_many_alike, update_of, weighty_fields
from monitor.model import Event, Settlement
from monitor.storage import held_events, holds, notices, settlements
from monitor.storage.holds import Hold
from monitor.storage.settlements import Pending


def hold_alike(tx: Connection, pending: Iterable[Pending], covered: int, now: datetime) -> set[str]:
    """Hold those events that are too many alike in one version of the data; give their ids."""
    by_version: defaultdict[str, list[Pending]] = defaultdict(list)
    for each in pending:
        by_version[each.version].append(each)
    return {event_id for group in by_version.values() for event_id in _hold(tx, group, covered, now)}


def _hold(tx: Connection, pending: Sequence[Pending], covered: int, now: datetime) -> set[str]:
    """Hold what is too many alike of one version. What is found of the same kind later, in the same version, joins."""
    registry, version = pending[0].event.registry, pending[0].version
    held: set[str] = set()
    for hold in holds.of_version(tx, registry, version):
        held |= _join(tx, hold, pending)
    left = [each for each in pending if each.event.id not in held]
    alike = too_many_alike((Seen(each.event, each.builds) for each in left), covered)
    if not alike:
        return held
    concerned = max(map(len, alike.values()))
    hold = holds.add(
        tx,
        Hold(registry=registry, version=version, fields=tuple(alike), trials=concerned, checked=covered, held_at=now),
    )
    notices.notify_operator(tx, words.held(hold.id, registry, hold.fields, trials=concerned, covered=covered, now=now))
    members = frozenset[str]().union(*alike.values())
    _hold_these(tx, hold, members)
    return held | members


def _join(tx: Connection, hold: Hold, pending: Iterable[Pending]) -> set[str]:
    """Add to a hold what is like its events: a field in common, and an update of the same day, or none."""
    candidates = [each.event for each in pending if weighty_fields(each.event) & set(hold.fields)]
    if not candidates:
        return set()
    members, _ = settlements.of_hold(tx, hold.id)
    days = {update_of(event) for event in members}
    joining = {event.id for event in candidates if update_of(event) in days | {None}}
    _hold_these(tx, hold, joining)
    return joining


def _hold_these(tx: Connection, hold: Hold, event_ids: Collection[str]) -> None:
    settlements.record(tx, event_ids, Settlement.HELD, at=None, hold_id=hold.id)
    held_events.note(tx, hold.id, event_ids)


@dataclass(slots=True)
class Turns:
    """What of some events may be told, in the order in which it happened, and what is not its turn yet."""

    told: list[Event] = field(default_factory=list)
    behind: dict[int, list[Event]] = field(default_factory=dict)
    """By the hold that they wait behind."""
    kept: list[Event] = field(default_factory=list)
    """Those that wait behind a pending one."""

    def is_behind(self) -> set[str]:
        """The ids of those that wait behind a hold."""
        return {event.id for events in self.behind.values() for event in events}


def take_turns(tx: Connection, registry: str, due: Sequence[Event]) -> Turns:
    """Sort out what of *due* has its turn, and note of the rest what it waits for."""
    earlier = settlements.unsettled(tx, registry, (event.trial_id for event in due))
    turns = Turns()
    by_trial: defaultdict[str, list[Event]] = defaultdict(list)
    for event in in_order(due):
        by_trial[event.trial_id].append(event)
    for trial_id, events in by_trial.items():
        own = {event.snapshot for event in events}
        others = [each for each in earlier.get(trial_id, ()) if each.snapshot not in own]
        for event in events:
            first = next((each for each in others if each.snapshot < event.snapshot), None)
            if first is None:
                turns.told.append(event)
            elif first.hold_id is None:
                turns.kept.append(event)
            else:
                turns.behind.setdefault(first.hold_id, []).append(event)
    for hold_id, events in turns.behind.items():
        settlements.record(tx, [event.id for event in events], Settlement.WAITING, at=None, hold_id=hold_id)
    settlements.record(tx, [event.id for event in turns.kept], Settlement.PENDING, at=None)
    turns.told = in_order(turns.told)
    return turns


def in_order(events: Iterable[Event]) -> list[Event]:
    """The events in the order in which they happened.

    That of a trial's snapshots goes before that of the clock, which may have been set back between them.
    """
    latest: dict[str, datetime] = {}
    placed = []
    for event in sorted(events, key=lambda event: (event.trial_id, event.snapshot)):
        latest[event.trial_id] = at = max(event.occurred_at, latest.get(event.trial_id, event.occurred_at))
        placed.append((at, event.trial_id, event.snapshot, event))
    return [event for *_, event in sorted(placed, key=lambda each: each[:3])]
