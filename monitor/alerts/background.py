"""What stands around an event in what is stored: the history of its trial, and its sponsor's other trials of late.

Everything is as of the event, never as of now. Of the trial count the versions from before its first snapshot, too.
What cannot be read is left out.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

from sqlalchemy import Connection

from monitor.alerts.adding_up import can_add_up, unit_of
from monitor.changes.diff.dates import distance
from monitor.errors import NothingFound, StoreCorrupt
from monitor.model import Change, ContextLine, Event, Json, PartialDate, Record, Settlement, Significance, State
from monitor.ports import Registry
from monitor.render.context import LATELY, Drift, FirstVersion, drift_line, repeat_line, sponsor_line
from monitor.storage import archived, seen, snapshots, trials
from monitor.storage.pages import Span
from monitor.storage.seen import Seen
from monitor.text import fold_organisation

MOST_VERSIONS = 100
"""So many of the versions before the first snapshot are read, beside the first of all."""
MOST_TRIALS = 1_000
"""Of a sponsor with more of them nothing is said."""
MOST_CHANGES = 5
_MOST_OF_LATE = 500
_MOST_KEPT = 1_000
"""Sponsors, each at a moment."""
_OF_LATE = ("status.stopped", "date.slipped", "results.posted")
_EXPLAINED = "why_stopped"
"""What is told with the status anyway."""


@dataclass(slots=True)
class BackgroundReader:
    """Reads what there is to say around events; of a sponsor and a moment once for all its trials."""

    registries: Mapping[str, Registry]
    _sponsors: dict[tuple[str, str, datetime], "_Sponsor | None"] = field(default_factory=dict)

    def around(self, tx: Connection, event: Event, *, lead_sponsor: str | None) -> tuple[ContextLine, ...]:
        """What there is to say around an event, in the order of its changes; of its sponsor last."""
        history = _History(tx, event, self.registries[event.registry])
        about = (_of_change(change, history) for change in _worth_it(event))
        sponsor = self._sponsor(tx, event, fold_organisation(lead_sponsor))
        return tuple(line for line in (*about, sponsor.line_beside(event.trial_id) if sponsor else None) if line)

    def _sponsor(self, tx: Connection, event: Event, name: str) -> "_Sponsor | None":
        key = event.registry, name, event.occurred_at
        if key not in self._sponsors:
            if len(self._sponsors) >= _MOST_KEPT:
                self._sponsors.clear()
            self._sponsors[key] = _sponsor(tx, *key) if name else None
        return self._sponsors[key]


def _worth_it(event: Event) -> list[Change]:
    """The first change of each field that matters."""
    by_field: dict[str, Change] = {}
    for change in event.changes:
        if change.significance is not Significance.ADMINISTRATIVE and change.field != _EXPLAINED:
            by_field.setdefault(change.field, change)
    return list(by_field.values())[:MOST_CHANGES]


def _of_change(change: Change, history: "_History") -> ContextLine | None:
    if can_add_up(change):
        return drift_line(change, history.drift(change))
    if change.significance < Significance.MAJOR or change.kind.startswith("trial."):
        return None
    return repeat_line(change, history.days_of(change.kind))


@dataclass(frozen=True)
class _History:
    """What is stored of a trial from before an event."""

    tx: Connection
    event: Event
    registry: Registry

    @cached_property
    def _events(self) -> list[Seen]:
        known = seen.of_trials(self.tx, self.event.registry, [self.event.trial_id])
        return [each for each in known if each.snapshot < self.event.snapshot and _is_news(each)]

    @cached_property
    def _versions(self) -> list[tuple[date, Record]]:
        """The versions before the first snapshot, and that one; each with its day, the oldest first."""
        key, trial_id = self.event.registry, self.event.trial_id
        pages = archived.of_trial(self.tx, key, trial_id, damaged=[])
        kept = [(each.document, each.taken_on) for each in (*pages[:1], *pages[1:][-MOST_VERSIONS:])]
        with suppress(StoreCorrupt, NothingFound):
            first = snapshots.get(self.tx, key, trial_id, seen.FIRST)
            if first.document.state is State.LISTED:
                kept.append((first.document, first.taken_at.date()))
        return [(day, self.registry.parse(document, self.event.occurred_at)) for document, day in kept]

    @cached_property
    def _first(self) -> FirstVersion | None:
        if not self._versions:
            return None
        day, record = self._versions[0]
        submitted = record.last_update_submit_date
        is_registration = submitted is not None and submitted == record.details.get("study_first_submit_date")
        with suppress(ValueError):
            day = date.fromisoformat((submitted if is_registration else record.last_update_post_date) or "")
        return FirstVersion(day, is_registration)

    def days_of(self, kind: str) -> list[date]:
        """The days on which a change of this kind was seen before."""
        return [
            each.occurred_at.date()
            for each in self._events
            if any(isinstance(change, dict) and change.get("kind") == kind for change in each.changes)
        ]

    def drift(self, change: Change) -> Drift:
        """How the value that a change moves has moved before, and how far it has come."""
        unit, amount = unit_of(change.kind) or "", _amount(change.measure or {}, change.kind)
        alike = [day for day, moved in self._moves(change.field) if (moved > 0) == (amount > 0)]
        on = self.event.occurred_at.date()
        return Drift(
            unit=unit,
            amount=amount,
            times=len(alike) + 1,
            since=min(alike, default=on),
            on=on,
            total=self._total(change),
            first=self._first,
        )

    def _moves(self, field: str) -> Iterator[tuple[date, float]]:
        """On which days the value moved before, and how far."""
        last: Record | None = None
        for day, record in self._versions:
            if last and (moved := _between(last, record, field)):
                yield day, moved
            last = record if getattr(record, field, None) is not None else last
        for each in self._events:
            for change in each.changes:
                if change.get("field") == field and (moved := _amount(change.get("measure") or {}, change["kind"])):
                    yield each.occurred_at.date(), moved

    def _total(self, change: Change) -> float | None:
        """How far the value is now from what the first version says."""
        first = next((record for _, record in self._versions), None)
        old, after = getattr(first, change.field, None), change.after
        if old is None or not isinstance(after, dict):
            return None
        if isinstance(old, PartialDate):
            found = distance(old, PartialDate(str(after.get("date") or ""), after.get("type")))
            return found.days if found else None
        return _share(old.known, after.get("count"))


def _is_news(each: Seen) -> bool:
    """Whether it is none of what looked like the registry's doing, or was taken back at once."""
    is_discarded = each.settlement is Settlement.DISCARDED and each.hold_id is not None
    return not is_discarded and each.settlement not in (Settlement.HELD, Settlement.FOLDED)


def _between(before: Record, after: Record, field: str) -> float:
    """How far a date or the enrollment moved from one version to the next; 0 where that is not known."""
    old, new = getattr(before, field, None), getattr(after, field, None)
    if isinstance(old, PartialDate) and isinstance(new, PartialDate):
        found = distance(old, new)
        return found.days if found else 0
    return _share(getattr(old, "known", None), getattr(new, "known", None)) or 0


def _share(old: int | None, new: int | None) -> float | None:
    return round(100 * (new - old) / old, 1) if old and new is not None else None


def _amount(measure: Mapping[str, float], kind: str) -> float:
    return measure.get(unit_of(kind) or "", 0)


@dataclass(frozen=True, slots=True)
class _Sponsor:
    """The trials that somebody leads, and those of them in which something was seen of late, by its kind."""

    trials: frozenset[str]
    seen: Mapping[str, Set[str]]

    def line_beside(self, trial_id: str) -> ContextLine | None:
        """What became of the others."""
        stopped, slipped, posted = (len(self.seen.get(kind, set()) - {trial_id}) for kind in _OF_LATE)
        return sponsor_line(len(self.trials - {trial_id}), stopped=stopped, slipped=slipped, posted=posted)


def _sponsor(tx: Connection, registry: str, name: str, at: datetime) -> _Sponsor | None:
    """The sponsor of that name, by `fold_organisation`, at that moment; None where there is too much to read."""
    if trials.leads_more_than(tx, registry, name, MOST_TRIALS):
        return None
    known = trials.led_by(tx, registry, name, limit=MOST_TRIALS)
    span = Span(at - timedelta(days=LATELY), at + timedelta(microseconds=1))
    found = seen.of_late(tx, registry, known, span, least=Significance.MAJOR, limit=_MOST_OF_LATE)
    if len(found) == _MOST_OF_LATE:
        return None
    happened: defaultdict[str, set[str]] = defaultdict(set)
    for each in filter(_is_news, found):
        for kind in filter(None, map(_kind_of_late, each.changes)):
            happened[kind].add(each.trial_id)
    return _Sponsor(frozenset(known), happened)


def _kind_of_late(change: Mapping[str, Json]) -> str | None:
    """The kind of a stored change that matters; how a trial stood when it came is none."""
    is_first_look = change.get("kind") == "status.stopped" and change.get("before") is None
    return change.get("kind") if change.get("significance") in ("major", "critical") and not is_first_look else None
