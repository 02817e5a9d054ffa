"""One trial: a snapshot and its record, its history, and what changed between two of its snapshots.

Where the latest snapshot is damaged, the latest that can be read stands in for it, and *complain* hears why.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from monitor.changes.events import changes_between
from monitor.changes.watch_names import unnamed
from monitor.errors import ConfigurationInvalid, NothingFound, StoreCorrupt
from monitor.model import Change, Record, Snapshot, State
from monitor.ports import Registry
from monitor.storage import events, snapshots, trials
from monitor.storage.snapshots import SnapshotRow
from monitor.storage.store import Store
from monitor.views.archive import (
    BASELINE,
    archive_of,
    changes_since,
    changes_to,
    first_snapshot,
    pages_of,
    standing_on,
)
from monitor.views.denied import no_snapshot

Which = int | date | None
"""A snapshot by its number, or by a day on which it stood; None for the one that is meant otherwise."""

EARLIEST_ZONE = timedelta(hours=14)
"""From UTC to where a day begins first."""

Complain = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialSnapshot:
    """A snapshot and what it says."""

    snapshot: Snapshot
    record: Record


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Every snapshot of a trial, the oldest first, with what each changed."""

    trial_id: str
    title: str | None
    rows: Sequence[tuple[SnapshotRow, Sequence[Change]]]
    """Those pages that were imported come first."""
    damaged: Mapping[int, str]
    """What is wrong with those snapshots that cannot be read, by number."""
    unread: Mapping[int, str]
    """What is wrong with what some of them changed, by number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotComparison:
    """What changed between two snapshots of a trial: *former* is what the earlier says, *record* the later."""

    before: Snapshot
    after: Snapshot
    former: Record
    record: Record
    changes: Sequence[Change]


def snapshot_of(
    trial_id: str, *, registry: Registry, store: Store, which: Which, complain: Complain, fetched: bool = False
) -> TrialSnapshot:
    """That snapshot of a trial, or its latest. NothingFound where there is none, or where it holds no record.

    The latest may be an imported page, unless it has to be *fetched*.
    """
    taken = _snapshot(trial_id, registry, store, which, complain)
    if fetched and taken.source is not None:
        with store.read() as tx:
            raise no_snapshot(tx, registry, trial_id)
    return TrialSnapshot(snapshot=taken, record=_record(registry, taken))


def history_of(trial_id: str, *, registry: Registry, store: Store, names_watches: bool = True) -> History:
    """The history of a trial. NothingFound where it has no snapshot yet.

    Without *names_watches*, as anybody may read it.
    """
    unread: dict[int, StoreCorrupt] = {}
    lost: list[str] = []
    with store.read() as tx:
        taken = snapshots.listing(tx, registry.key, trial_id)
        told = events.of_trial(tx, registry.key, trial_id, damaged=unread)
        damaged = snapshots.damaged_of(tx, registry.key, trial_id)
        trial = trials.known(tx, registry.key, [trial_id]).get(trial_id)
        pages = pages_of(tx, registry, trial_id, damaged=lost)
        first = first_snapshot(tx, registry, trial_id) if pages else None
        if not taken and not pages:
            raise no_snapshot(tx, registry, trial_id)
    archive = archive_of(pages, registry)
    changes: dict[int, Sequence[Change]] = {
        event.snapshot: event.changes if names_watches else unnamed(event.changes) for event in told
    }
    if first:
        changes.setdefault(BASELINE, changes_to(first, archive, registry))
    title = trial.title if trial else registry.parse(pages[-1].document, pages[-1].taken_at).brief_title
    return History(
        trial_id=trial_id,
        title=title,
        rows=[
            *((each.row, each.changes) for each in archive.pages),
            *((row, changes.get(row.number, ())) for row in taken),
        ],
        damaged=damaged,
        unread={number: str(error) for number, error in unread.items()} | dict(enumerate(lost, start=-len(lost))),
    )


def comparison_of(
    trial_id: str, a: Which, b: Which, *, registry: Registry, store: Store, complain: Complain
) -> SnapshotComparison:
    """What changed between snapshot *a*, or the one before *b*, and snapshot *b*, or the latest.

    ConfigurationInvalid where *a* is later than *b*.
    """
    after = _snapshot(trial_id, registry, store, b, complain)
    before = _snapshot(trial_id, registry, store, a, complain) if a else _before(after, registry, store, complain)
    _refuse_reversed(before, after)
    return compared(before, _record(registry, before), after, _record(registry, after))


def refuse_to_come(day: Which, *, now: datetime) -> None:
    """Raise ConfigurationInvalid for a day that has begun nowhere on earth: no record stood on it yet."""
    if isinstance(day, date) and day > (now + EARLIEST_ZONE).date():
        raise ConfigurationInvalid(f"{day} is still to come: leave the day out for the latest record")


def _refuse_reversed(before: Snapshot, after: Snapshot) -> None:
    if before.number > after.number:
        days = (f"{each.taken_at:%Y-%m-%d}" for each in (before, after))
        raise ConfigurationInvalid("the record of {} is later than that of {}: exchange the two".format(*days))


def compared(before: Snapshot, former: Record, after: Snapshot, record: Record) -> SnapshotComparison:
    """What changed between two snapshots, of what they say. Pure."""
    if before.source is None:
        changes = changes_between(former, record, on=after.taken_at.date())
    else:
        changes = changes_since(former, record, after)
    return SnapshotComparison(before=before, after=after, former=former, record=record, changes=changes)


def _snapshot(trial_id: str, registry: Registry, store: Store, which: Which, complain: Complain) -> Snapshot:
    """That snapshot of a trial; or its latest that holds a record, or where that is damaged the latest before it."""
    damaged: dict[str, StoreCorrupt] = {}
    with store.read() as tx:
        if isinstance(which, date):
            return standing_on(tx, registry, trial_id, which)
        if which is not None:
            return snapshots.get(tx, registry.key, trial_id, which)
        latest = snapshots.latest_of(tx, registry.key, [trial_id], state=State.LISTED, damaged=damaged).get(trial_id)
        if damaged:
            latest = snapshots.readable(tx, registry.key, trial_id)
        elif latest is None:
            latest = next(reversed(pages_of(tx, registry, trial_id)), None)
        known = trials.known(tx, registry.key, [trial_id]).get(trial_id)
    if latest is None and damaged:
        raise damaged[trial_id]
    if latest is None and known and known.merged_into:
        into = known.merged_into
        raise NothingFound(f"{trial_id} was merged into {into} before it was first read: `monitor show {into}`")
    if latest is None:
        with store.read() as tx:
            raise no_snapshot(tx, registry, trial_id)
    for error in damaged.values():
        complain(f"{error}; snapshot {latest.number} is the latest that can be read")
    return latest


def _before(after: Snapshot, registry: Registry, store: Store, complain: Complain) -> Snapshot:
    """The snapshot before that one; or where that is damaged the latest record before it."""
    trial_id = after.document.trial_id
    if after.number <= BASELINE:
        with store.read() as tx:
            pages = [page for page in pages_of(tx, registry, trial_id) if page.number < after.number]
        if pages:
            return pages[-1]
    number = _number_before(after)
    try:
        return _snapshot(trial_id, registry, store, number, complain)
    except StoreCorrupt as error:
        with store.read() as tx:
            found = snapshots.readable(tx, registry.key, trial_id, before=number)
        if found is None:
            raise
        complain(f"{error}; snapshot {found.number} is the latest before it that can be read")
        return found


def _number_before(snapshot: Snapshot) -> int:
    if snapshot.number <= BASELINE:
        raise NothingFound(f"{snapshot.document.trial_id} has one record so far: there is nothing to compare it with")
    return snapshot.number - 1


def _record(registry: Registry, snapshot: Snapshot) -> Record:
    """What a snapshot says. NothingFound where the registry gave no record at that moment."""
    document = snapshot.document
    if document.state is not State.LISTED:
        words = document.content.decode(errors="replace")
        raise NothingFound(
            f"snapshot {snapshot.number} of {document.trial_id} holds no record: "
            f"the trial was {document.state} then (“{words}”); choose another with --snapshot or A and B"
        )
    return registry.parse(document, snapshot.taken_at)
