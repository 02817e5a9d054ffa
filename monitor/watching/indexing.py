"""Make the rows of the index for trials that lack them: what lists show, and what searches find.

    a snapshot or a former version is kept  ->  in the same transaction, its trial is noted as not indexed yet
    this step                               ->  reads what is noted, a batch at a time, and writes its rows

Reading a record takes nearly as long as taking it in, so it is no part of that: the rows follow within seconds, and
the rows of changes, which cost nothing to make, are written with their events. Doing it again makes the same rows. What
cannot be read gets the row that can be made without it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time

from sqlalchemy import Connection

from monitor.errors import StoreCorrupt
from monitor.model import Document, PartialDate, Record, Snapshot, State
from monitor.ports import Registry
from monitor.storage import archived, change_index, events, snapshots, trial_index, trial_plans, trials, unindexed
from monitor.storage.isolation import in_words
from monitor.storage.locks import lock_registry
from monitor.storage.store import Store
from monitor.storage.trial_index import IndexedTrial
from monitor.storage.trial_plans import StoredPlan
from monitor.storage.trials import Trial
from monitor.watching.planning import KeptPlan, kept_plans, plan_of_trial

AT_ONCE = 100
"""Trials of a commit, and records in memory."""


@dataclass(slots=True)
class Indexed:
    """What was done."""

    trials: int = 0
    damaged: int = 0
    """Trials of which something could not be read."""


def index_missing(
    store: Store,
    registries: Iterable[Registry],
    *,
    most: int | None = None,
    stopping: Callable[[], bool] = lambda: False,
) -> Indexed:
    """Index what is noted of these registries, *most* trials at most, until *stopping* says so."""
    known = {registry.key: registry for registry in registries}
    done = Indexed()
    while not stopping() and (most is None or done.trials < most):
        with store.read() as tx:
            noted = unindexed.some(tx, list(known), limit=AT_ONCE)
            kept = _kept(tx, noted) if noted else None
        if kept is None:
            break
        rows = kept.rows(known[noted[0].registry])
        done.damaged += len(kept.damaged) + _write(store, noted, rows, kept.made)
        done.trials += len(noted)
    return done


def start_over(store: Store) -> None:
    """Forget the whole index, and note that all of it is missing."""
    with store.begin() as tx:
        trial_plans.start_over(tx)
        trial_index.start_over(tx)
        change_index.start_over(tx)
        unindexed.note_all(tx)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is kept of a batch of trials of one registry: nothing is read of it while a transaction is open."""

    trials: Mapping[str, Trial]
    latest: Mapping[str, Snapshot]
    """Their last records."""
    earliest: Mapping[str, tuple[Document, datetime]]
    """Their first ones, and when each was read, where these are others."""
    plans: Mapping[str, KeptPlan]
    damaged: dict[str, StoreCorrupt]
    """Those of which something cannot be read."""
    made: list[StoredPlan] = field(default_factory=list)
    """The plans of those of which `rows` were made."""

    def rows(self, registry: Registry) -> list[IndexedTrial]:
        """The row of each."""
        return [self._row(trial, registry) for trial in self.trials.values()]

    def _row(self, trial: Trial, registry: Registry) -> IndexedTrial:
        row, latest = _without_record(trial), self.latest.get(trial.trial_id)
        if latest is None:
            return row
        try:
            record = registry.parse(latest.document, latest.taken_at)
            earliest = self.earliest.get(trial.trial_id)
            first = registry.parse(*earliest) if earliest else record
            row = _of_records(row, record, first)
            known = (earliest[1], earliest[0], first) if earliest else None
            self.made.append(plan_of_trial(self.plans[trial.trial_id], registry, latest, record, known))
            return row
        except Exception as error:  # what no parser reads costs its trial the row, and no other
            self.damaged[trial.trial_id] = StoreCorrupt(in_words(error))
            return row


def _kept(tx: Connection, noted: Sequence[unindexed.Unindexed]) -> _Kept:
    registry = noted[0].registry
    stored = trials.known(tx, registry, [each.trial_id for each in noted])
    damaged: dict[str, StoreCorrupt] = {}
    latest = snapshots.latest_of(tx, registry, stored, state=State.LISTED, damaged=damaged)
    former = archived.first_of(tx, registry, stored)
    later = [trial_id for trial_id, taken in latest.items() if taken.number > 1 and trial_id not in former]
    first_of = snapshots.first_of(tx, registry, later)
    earliest = {
        trial_id: (each.document, datetime.combine(each.taken_on, time(), UTC)) for trial_id, each in former.items()
    }
    for trial_id in later:
        first = first_of(trial_id)
        if first is not None and first.document.state is State.LISTED:
            earliest[trial_id] = first.document, first.taken_at
    return _Kept(stored, latest, earliest, kept_plans(tx, registry, latest), damaged)


def _without_record(trial: Trial) -> IndexedTrial:
    """What can be said of a trial of which no record can be read."""
    return IndexedTrial(
        registry=trial.registry,
        trial_id=trial.trial_id,
        snapshot=trial.snapshot,
        state=str(trial.state) if trial.state else None,
        title=trial.title,
    )


def _of_records(row: IndexedTrial, record: Record, first: Record) -> IndexedTrial:
    """The row of a trial by its latest record, and its first one."""
    status, enrollment = record.overall_status, record.enrollment
    updated = PartialDate(record.last_update_post_date or "").earliest
    return replace(
        row,
        title=record.brief_title or record.official_title or row.title,
        status=status.code if status else None,
        status_words=status.words if status else None,
        sponsor=record.lead_sponsor.name if record.lead_sponsor else None,
        enrollment=enrollment.known if enrollment else None,
        enrollment_type=enrollment.type if enrollment else None,
        start_date=_text(record.start_date),
        start_type=_type(record.start_date),
        primary_completion_date=_text(record.primary_completion_date),
        primary_completion_type=_type(record.primary_completion_date),
        completion_date=_text(record.completion_date),
        completion_type=_type(record.completion_date),
        first_start_date=_text(first.start_date),
        first_primary_completion_date=_text(first.primary_completion_date),
        first_completion_date=_text(first.completion_date),
        updated_on=updated.isoformat() if updated else "",
        conditions=tuple(dict.fromkeys(record.conditions)),
        countries=_countries(record),
        phases=tuple((phase.code, phase.words) for phase in record.phases),
        searched=_searched(record),
    )


def _searched(record: Record) -> tuple[str, ...]:
    """What finds a trial beside what its row shows."""
    interventions = (each.name for each in record.interventions)
    return tuple(text for text in (record.acronym, *record.aliases, *interventions, *record.keywords) if text)


def _countries(record: Record) -> tuple[str, ...]:
    named = [site.country for site in record.sites] + [each.country for each in record.country_statuses]
    return tuple(sorted({name for name in named if name}))


def _text(date: PartialDate | None) -> str | None:
    return date.text if date else None


def _type(date: PartialDate | None) -> str | None:
    return date.type if date else None


def _write(
    store: Store,
    noted: Sequence[unindexed.Unindexed],
    rows: Sequence[IndexedTrial],
    plans: Sequence[StoredPlan],
) -> int:
    """Write the rows of those trials that still are as they were read; give how many have an event that is damaged.

    The others stay noted: somebody has written a later snapshot meanwhile.
    """
    registry = noted[0].registry
    with store.begin() as tx:
        lock_registry(tx, registry)
        now = trials.known(tx, registry, [each.trial_id for each in noted])
        current = [row for row in rows if row.trial_id in now and now[row.trial_id].snapshot == row.snapshot]
        trial_index.record(tx, current)
        trial_plans.record(tx, [each for each in plans if each.trial_id in {row.trial_id for row in current}])
        done = {row.trial_id for row in current} | {each.trial_id for each in noted if each.trial_id not in now}
        damaged = [each for each in noted if each.with_events and each.trial_id in done and _is_damaged(tx, each)]
        unindexed.drop(tx, registry, done)
    return len(damaged)


def _is_damaged(tx: Connection, noted: unindexed.Unindexed) -> bool:
    """Write the rows of a trial's events; give whether one of them cannot be read."""
    damaged: dict[int, StoreCorrupt] = {}
    change_index.add(tx, events.of_trial(tx, noted.registry, noted.trial_id, damaged=damaged))
    return bool(damaged)
