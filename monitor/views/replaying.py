"""Everything that was seen of some trials within a span of time, from wherever it is kept.

events as they were stored, told or not
later snapshots without one        what they tell of the record before: an import or a back-fill brought them
saved pages                        what each tells of the one before, as of its day
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from itertools import groupby

from sqlalchemy import Connection

from monitor.alerts.adding_up import Move
from monitor.alerts.past import moves_in
from monitor.alerts.recovery import told_by
from monitor.changes.events import event_after
from monitor.errors import StoreCorrupt
from monitor.model import Event, Snapshot, State
from monitor.model.ids import event_id
from monitor.ports import Registry
from monitor.storage import archived, seen, snapshots
from monitor.storage.pages import Span, Within
from monitor.storage.seen import Seen
from monitor.storage.snapshots import DamagedSnapshot
from monitor.storage.statements import chunks
from monitor.views.archive import steps_of

_TRIALS_AT_ONCE = 100
_Numbers = Mapping[str, set[int]]
"""Of snapshots, by trial id."""


@dataclass(frozen=True, slots=True)
class OfTrial:
    """What was seen of a trial, the oldest first, and what moved in it before."""

    events: Sequence[Seen]
    before: Sequence[Move] = ()


@dataclass(frozen=True, slots=True)
class Replaying:
    """What is read, and what of it could not be."""

    tx: Connection
    within: Sequence[Within]
    """No trial is in two of these."""
    span: Span
    registries: Mapping[str, Registry]
    only_stored: bool = False
    """Whether to leave out what is kept otherwise than as events."""
    damaged: dict[str, StoreCorrupt | str] = field(default_factory=dict)
    """By the id of the event, or what would be that."""

    def trials(self) -> Iterator[OfTrial]:
        """Everything, a trial at a time; a trial comes once more for what is kept otherwise than as events."""
        for within in self.within:
            unreadable: dict[str, StoreCorrupt] = {}
            yield from self._stored(seen.seen(self.tx, within, self.span, damaged=unreadable))
            self.damaged.update(unreadable)
            if self.only_stored:
                continue
            for registry, numbers in self._without_event(within):
                for ids in chunks(numbers, _TRIALS_AT_ONCE):
                    yield from _by_trial(self._made_from(registry, ids, numbers))
            for key, trial_id in archived.trials_within(self.tx, within):
                if key in self.registries:
                    yield OfTrial(list(self._of_pages(self.registries[key], trial_id)))

    def _stored(self, events: Iterator[Seen]) -> Iterator[OfTrial]:
        """These events, with what was stored of their trials before the span."""
        begins = None if self.only_stored else self.begins()
        if not self.only_stored and (begins is None or begins >= self.span.since):
            yield from _by_trial(events)
            return
        for some in chunks(_by_trial(events), _TRIALS_AT_ONCE):
            wanted: defaultdict[str, list[str]] = defaultdict(list)
            for each in some:
                wanted[each.events[0].registry].append(each.events[0].trial_id)
            before: defaultdict[tuple[str, str], list[Move]] = defaultdict(list)
            for registry, ids in wanted.items():
                for earlier in seen.of_trials(self.tx, registry, ids, until=self.span.since):
                    before[registry, earlier.trial_id] += moves_in(earlier)
            yield from (OfTrial(each.events, before[each.events[0].registry, each.events[0].trial_id]) for each in some)

    def begins(self) -> datetime | None:
        """When what is kept of the trials begins; None where nothing is."""
        firsts = [seen.begins(self.tx, within) for within in self.within]
        days = [archived.first_day(self.tx, within) for within in self.within]
        moments = [*firsts, *(datetime.combine(day, time(), UTC) for day in days if day)]
        return min((at for at in moments if at), default=None)

    def _without_event(self, within: Within) -> Iterator[tuple[Registry, _Numbers]]:
        found: defaultdict[str, defaultdict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        for key, trial_id, number in seen.without_event(self.tx, within):
            found[key][trial_id].add(number)
        yield from ((self.registries[key], numbers) for key, numbers in found.items() if key in self.registries)

    def _made_from(self, registry: Registry, ids: Sequence[str], numbers: _Numbers) -> Iterator[Seen]:
        """What those snapshots tell of the last record before each."""
        before: Snapshot | None = None
        for taken in snapshots.histories(self.tx, registry.key, ids):
            if isinstance(taken, DamagedSnapshot):
                if taken.number in numbers[taken.trial_id]:
                    self.damaged[event_id(taken.registry, taken.trial_id, taken.number)] = taken.reason
                continue
            trial_id = taken.document.trial_id
            if before and before.document.trial_id != trial_id:
                before = None
            if before and taken.number in numbers[trial_id] and self.span.holds(taken.taken_at):
                event = told_by(taken, before, registry)
                yield from [_seen(event)] if event else []
            if taken.document.state is State.LISTED:
                before = taken

    def _of_pages(self, registry: Registry, trial_id: str) -> Iterator[Seen]:
        for taken, _, changes in steps_of(self.tx, registry, trial_id):
            event = event_after(taken, changes) if self.span.holds(taken.taken_at) else None
            yield from [_seen(event)] if event else []


def _seen(event: Event) -> Seen:
    changes = [change.as_json() for change in event.changes]
    return Seen(event.registry, event.trial_id, event.snapshot, event.occurred_at, changes)


def _by_trial(events: Iterable[Seen]) -> Iterator[OfTrial]:
    """Events that come trial by trial, so."""
    for _, those in groupby(events, lambda each: (each.registry, each.trial_id)):
        yield OfTrial(list(those))
