"""Everything that is known of one trial, read in one transaction: what its page, the API and agents show.

Every snapshot is read once, one at a time in memory. One that is damaged harms itself alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from sqlalchemy import Connection

from monitor.alerts.background import BackgroundReader
from monitor.changes.diff import last_said
from monitor.changes.endings import how_it_ended
from monitor.changes.watch_names import unnamed
from monitor.errors import StoreCorrupt
from monitor.model import Change, ContextLine, Event, Record, Significance, Snapshot, State
from monitor.model.ids import event_id
from monitor.ports import Registry
from monitor.render.context import lines_for
from monitor.storage import events, quarantine, settlements, silence, snapshots, trials
from monitor.storage.settlements import Settled
from monitor.storage.snapshots import DamagedSnapshot
from monitor.storage.store import Store
from monitor.storage.trials import Trial
from monitor.views.archive import BASELINE, Archive, archive_of, changes_to, pages_of
from monitor.views.denied import no_snapshot
from monitor.views.plan import Planned, planned_by
from monitor.views.siblings import Siblings, siblings_known


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One snapshot of a trial, or a page from before the first, with what it told that the one before did not."""

    number: int
    """0 and below for a page, the last of them being 0; these numbers move when another page is imported."""
    taken_at: datetime
    state: State | None = None
    """None where the snapshot is damaged."""
    registry_version: str | None = None
    source: str | None = None
    """What a page was imported from; None for a snapshot."""
    version: int | None = None
    """The registry's own number, of a former version that it gave."""
    changes: Sequence[Change] = ()
    plan: Planned | None = None
    """None where it holds no record that can be read."""
    settled: Settled | None = None
    """Why nobody was told, or is told yet."""
    trouble: str | None = None
    """What of it cannot be read, and why."""

    @property
    def significance(self) -> Significance | None:
        """That of its most significant change; None where it told nothing."""
        return max((change.significance for change in self.changes), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """How a trial is looked at."""

    is_watched: bool
    verified_at: datetime | None
    """When an answer last showed that it still is as its latest snapshot says."""
    read_in_full_at: datetime | None
    misses: int
    """How many times in a row the registry said that it knows no such trial."""
    first_missed_at: datetime | None
    refused: tuple[int, datetime] | None
    """The number of the last answer that was not believed, and when it came; None where none is kept."""
    ended: str | None
    """How the trial came to its end, where nothing more is expected of it: “Withdrawn”."""


@dataclass(frozen=True, kw_only=True)
class WholeTrial:
    """A trial with its history: *record* is the latest that can be read, that of *snapshot*, *first* the earliest."""

    registry: Registry
    trial_id: str
    title: str | None
    state: State | None
    """What the latest snapshot says; None where there are imported pages alone."""
    merged_into: str | None
    snapshot: Snapshot | None
    record: Record | None
    first: tuple[Snapshot, Record] | None
    taken: Sequence[Taken]
    """All of it, the oldest first; those pages that were imported come first."""
    lost: Sequence[str]
    """What is wrong with those imported pages that cannot be read."""
    watching: Watching
    siblings: Siblings = field(default_factory=Siblings)
    background: Sequence[ContextLine] = ()
    """What stands around the latest change, in a sentence each, the most telling first."""

    @cached_property
    def plans(self) -> list[Planned]:
        """The plan at each moment of which it is known, the oldest first."""
        return [each.plan for each in self.taken if each.plan]

    @cached_property
    def latest(self) -> Taken | None:
        """The last that told anything."""
        return latest_of(self.taken)

    @cached_property
    def news(self) -> int:
        """How many of what was taken told anything."""
        return sum(bool(each.changes) for each in self.taken)


def whole_trial(
    trial_id: str,
    *,
    registry: Registry,
    store: Store,
    all_registries: Sequence[Registry] = (),
    names_watches: bool = True,
) -> WholeTrial:
    """All that is known of a trial. NothingFound where nothing is kept of it.

    Its siblings are those in *all_registries*. Without *names_watches*, as anybody may read it.
    """
    reading = _Reading(registry, trial_id)
    with store.read() as tx:
        trial = trials.known(tx, registry.key, [trial_id]).get(trial_id) or Trial(registry.key, trial_id)
        pages = pages_of(tx, registry, trial_id, damaged=reading.lost)
        told = _told(tx, registry.key, trial_id, names_watches=names_watches)
        archive = archive_of(pages, registry)
        taken = [*reading.pages(archive), *reading.snapshots(tx, archive, told)]
        if not taken and not reading.lost:
            raise no_snapshot(tx, registry, trial_id)
        watching = _watching(tx, registry, trial, reading.record)
        background = _background(tx, registry, trial_id, latest_of(taken), reading.led_by)
        record = reading.record
        siblings = siblings_known(tx, record, registries=all_registries) if record else Siblings()
    return WholeTrial(
        registry=registry,
        trial_id=trial_id,
        title=trial.title or (record.brief_title if record else None),
        state=trial.state,
        merged_into=trial.merged_into,
        snapshot=reading.latest,
        record=record,
        first=reading.first,
        taken=taken,
        lost=reading.lost,
        watching=watching,
        siblings=siblings,
        background=background,
    )


def latest_of(taken: Sequence[Taken]) -> Taken | None:
    """The last snapshot that told anything."""
    return next((each for each in reversed(taken) if each.changes and each.number > 0), None)


def _background(
    tx: Connection, registry: Registry, trial_id: str, latest: Taken | None, led_by: Mapping[int, str | None]
) -> Sequence[ContextLine]:
    """*led_by*: who leads the trial by each of its snapshots."""
    if latest is None:
        return ()
    event = Event(
        registry=registry.key,
        trial_id=trial_id,
        snapshot=latest.number,
        occurred_at=latest.taken_at,
        changes=tuple(latest.changes),
    )
    reader = BackgroundReader({registry.key: registry})
    return lines_for(reader.around(tx, event, lead_sponsor=led_by.get(latest.number)), event.changes)


@dataclass(frozen=True, slots=True)
class _Told:
    """What the events of a trial say, by the number of their snapshots."""

    changes: Mapping[int, Sequence[Change]]
    settled: Mapping[int, Settled]
    unread: Mapping[int, StoreCorrupt]


def _told(tx: Connection, registry: str, trial_id: str, *, names_watches: bool) -> _Told:
    unread: dict[int, StoreCorrupt] = {}
    told = events.of_trial(tx, registry, trial_id, damaged=unread)
    numbers = [*(event.snapshot for event in told), *unread]
    settled = settlements.known(tx, [event_id(registry, trial_id, number) for number in numbers])
    return _Told(
        {event.snapshot: event.changes if names_watches else unnamed(event.changes) for event in told},
        {int(key.rsplit("/", 1)[1]): each for key, each in settled.items()},
        unread,
    )


@dataclass(slots=True)
class _Reading:
    """Reads the records of a trial one after the other; keeps the first and the last one."""

    registry: Registry
    trial_id: str
    latest: Snapshot | None = None
    record: Record | None = None
    first: tuple[Snapshot, Record] | None = None
    lost: list[str] = field(default_factory=list)
    led_by: dict[int, str | None] = field(default_factory=dict)
    """The name of the lead sponsor as it stood in each snapshot, by number."""

    def pages(self, archive: Archive) -> Iterator[Taken]:
        """The imported pages. Where one is silent on a part of the plan, what was said before stands."""
        for each in archive.pages:
            plan = self._read(each.snapshot)
            taken = each.snapshot
            yield Taken(
                number=taken.number,
                taken_at=taken.taken_at,
                state=State.LISTED,
                source=taken.source,
                version=taken.version,
                changes=each.changes,
                plan=plan,
            )

    def snapshots(self, tx: Connection, archive: Archive, told: _Told) -> Iterator[Taken]:
        """The snapshots, with what their events told; the first tells what the pages before it did not."""
        for each in snapshots.histories(tx, self.registry.key, [self.trial_id]):
            changes, trouble = told.changes.get(each.number, ()), None
            if each.number in told.unread:
                trouble = str(told.unread[each.number])
            if isinstance(each, DamagedSnapshot):
                plan, trouble = None, each.reason
            else:
                plan = self._read(each)
                if each.number == BASELINE and not changes and each.document.state is State.LISTED:
                    changes = changes_to(each, archive, self.registry)
            sponsor = self.record.lead_sponsor if self.record else None
            self.led_by[each.number] = sponsor.name if sponsor else None
            yield Taken(
                number=each.number,
                taken_at=each.taken_at,
                state=None if isinstance(each, DamagedSnapshot) else each.document.state,
                registry_version=each.registry_version,
                changes=changes,
                plan=plan,
                settled=told.settled.get(each.number),
                trouble=trouble,
            )

    def _read(self, taken: Snapshot) -> Planned | None:
        if taken.document.state is not State.LISTED:
            if self.record is None:
                return None
            last = planned_by(self.record, number=taken.number, on=taken.taken_at.date())
            return replace(last, state=taken.document.state)
        record = self.registry.parse(taken.document, taken.taken_at)
        if taken.source is not None and self.record is not None:
            record = last_said(self.record, record)
        self.latest, self.record = taken, record
        self.first = self.first or (taken, record)
        return planned_by(record, number=taken.number, on=taken.taken_at.date())


def _watching(tx: Connection, registry: Registry, trial: Trial, record: Record | None) -> Watching:
    is_listed = trial.state is State.LISTED
    return Watching(
        is_watched=silence.is_watched(tx, registry.key, trial.trial_id),
        verified_at=trial.verified_at,
        read_in_full_at=trial.read_in_full_at,
        misses=trial.misses if is_listed else 0,
        first_missed_at=trial.first_missed_at if is_listed else None,
        refused=quarantine.latest_refused(tx, registry.key, [trial.trial_id]).get(trial.trial_id),
        ended=how_it_ended(record) if record and is_listed else None,
    )
