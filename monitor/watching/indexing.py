"""Make the rows of the index for trials that lack them: what lists show, and what searches find (`monitor.storage.trial_index`).

    a snapshot or a former version is kept  ->  in the same transaction, its trial is noted as not indexed yet
    this step                               ->  reads what is noted, a batch at a time, and writes its rows

Reading a record takes nearly as long as taking it in, so it is no part of that: the rows follow within seconds, and
the rows of changes, which cost nothing to make, are written with their events. Doing it again makes the same rows. What
cannot be read gets the row that can be made without it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from monitor.errors import StoreCorrupt
from monitor.model import Document, PartialDate, Record, Snapshot, State
from monitor.ports import Registry
from monitor.storage import archived, change_index, events, snapshots, trial_index, trials, unindexed
from monitor.storage.locks import lock_registry
from monitor.storage.store import Store
from monitor.storage.trial_index import IndexedTrial
from monitor.storage.trials import Trial

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
            rows, damaged = _rows(tx, known[noted[0].registry], noted) if noted else ([], 0)
        if not noted:
            break
        done.damaged += damaged + _write(store, noted, rows)
        done.trials += len(noted)
    return done


def start_over(store: Store) -> None:
    """Forget the whole index, and note that all of it is missing."""
    with store.begin() as tx:
        trial_index.start_over(tx)
        change_index.start_over(tx)
        unindexed.note_all(tx)


def _rows(
    tx: Connection, registry: Registry, noted: Sequence[unindexed.Unindexed]
) -> tuple[list[IndexedTrial], int]:
    """The rows of the trials that are noted, and of how many of them something could not be read."""
    ids = [each.trial_id for each in noted]
    stored = trials.known(tx, registry.key, ids)
    damaged: dict[str, StoreCorrupt] = {}
    latest = snapshots.latest_of(tx, registry.key, stored, state=State.LISTED, damaged=damaged)
    firsts = _Firsts(
        archived.first_of(tx, registry.key, stored), snapshots.first_of(tx, registry.key, stored), registry
    )
    rows = []
    for trial_id, trial in stored.items():
        try:
            rows.append(_row(trial, latest.get(trial_id), registry, firsts))
        except Exception as error:  # noqa: BLE001 - one record that no parser reads is one row without it
            damaged[trial_id] = StoreCorrupt(str(error))
            rows.append(_without_record(trial))
    return rows, len(damaged)


@dataclass(frozen=True, slots=True)
class _Firsts:
    """Gives the earliest record of a trial that is kept."""

    archived: Mapping[str, archived.ArchivedDocument]
    first: Callable[[str], Snapshot | None]
    registry: Registry

    def of(self, latest: Snapshot, record: Record) -> Record | None:
        """The earliest record, of a trial whose latest one is this."""
        trial_id = record.trial_id
        if former := self.archived.get(trial_id):
            return self._parsed(former.document, latest)
        if latest.number == 1:
            return record
        first = self.first(trial_id)
        return self._parsed(first.document, first) if first and first.document.state is State.LISTED else None

    def _parsed(self, document: Document, of: Snapshot) -> Record:
        return self.registry.parse(document, of.taken_at)


def _row(trial: Trial, latest: Snapshot | None, registry: Registry, firsts: _Firsts) -> IndexedTrial:
    if latest is None:
        return _without_record(trial)
    record = registry.parse(latest.document, latest.taken_at)
    first = firsts.of(latest, record)
    row = _of_record(_without_record(trial), record)
    if first is None:
        return row
    return replace(
        row,
        first_start_date=_text(first.start_date),
        first_primary_completion_date=_text(first.primary_completion_date),
        first_completion_date=_text(first.completion_date),
    )


def _without_record(trial: Trial) -> IndexedTrial:
    """What can be said of a trial of which no record can be read."""
    return IndexedTrial(
        registry=trial.registry,
        trial_id=trial.trial_id,
        snapshot=trial.snapshot,
        state=str(trial.state) if trial.state else None,
        title=trial.title,
    )


def _of_record(row: IndexedTrial, record: Record) -> IndexedTrial:
    status, enrollment = record.overall_status, record.enrollment
    start, primary, completion = record.start_date, record.primary_completion_date, record.completion_date
    updated = PartialDate(record.last_update_post_date or "").earliest
    return replace(
        row,
        title=record.brief_title or record.official_title or row.title,
        status=status.code if status else None,
        status_words=status.words if status else None,
        sponsor=record.lead_sponsor.name if record.lead_sponsor else None,
        enrollment=enrollment.known if enrollment else None,
        enrollment_type=enrollment.type if enrollment else None,
        start_date=_text(start),
        start_type=start.type if start else None,
        primary_completion_date=_text(primary),
        primary_completion_type=primary.type if primary else None,
        completion_date=_text(completion),
        completion_type=completion.type if completion else None,
        updated_on=updated.isoformat() if updated else "",
        conditions=tuple(dict.fromkeys(record.conditions)),
        countries=_countries(record),
        phases=tuple((phase.code, phase.words) for phase in record.phases),
        searched=(
            record.acronym,
            *record.aliases,
            *(each.name for each in record.interventions),
            *record.keywords,
        ),
    )


def _countries(record: Record) -> tuple[str, ...]:
    named = [site.country for site in record.sites] + [each.country for each in record.country_statuses]
    return tuple(sorted({name for name in named if name}))


def _text(date: PartialDate | None) -> str | None:
    return date.text if date else None


def _write(store: Store, noted: Sequence[unindexed.Unindexed], rows: Sequence[IndexedTrial]) -> int:
    """Write the rows of those trials that still are as they were read; give how many have an event that is damaged.

    The others stay noted: somebody has written a later snapshot meanwhile.
    """
    registry = noted[0].registry
    damaged: dict[str, object] = {}
    with store.begin() as tx:
        lock_registry(tx, registry)
        now = trials.known(tx, registry, [each.trial_id for each in noted])
        current = [row for row in rows if row.trial_id in now and now[row.trial_id].snapshot == row.snapshot]
        trial_index.record(tx, current)
        written = {row.trial_id for row in current}
        for each in noted:
            if each.with_events and each.trial_id in written:
                unread: dict[int, StoreCorrupt] = {}
                change_index.add(tx, events.of_trial(tx, registry, each.trial_id, damaged=unread))
                damaged |= dict.fromkeys([each.trial_id] if unread else [])
        unindexed.drop(tx, registry, [each.trial_id for each in noted if each.trial_id in written or each.trial_id not in now])
    return len(damaged)
