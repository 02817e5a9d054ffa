"""What a trial said before its first snapshot, in one order with its snapshots: it comes first, whatever its days.

These are pages and records that people saved, and former versions that the registry gave: pages, in short. A page is a
snapshot without a number of its own: 0 is the one that stands right before the baseline, -1 the one before that. These
numbers move when another page is imported, so nothing keeps or shows them; people name a page by a day.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import accumulate, pairwise

from sqlalchemy import Connection

from monitor.changes.diff import last_said, posted_on
from monitor.changes.events import changes_between
from monitor.errors import NothingFound, StoreCorrupt
from monitor.model import Change, Record, Snapshot, State
from monitor.ports import PairReading, Registry
from monitor.storage import archived, snapshots
from monitor.storage.snapshots import SnapshotRow
from monitor.views.denied import no_snapshot

BASELINE = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """A page in the history of a trial, with what changed since the page before."""

    snapshot: Snapshot
    changes: Sequence[Change]

    @property
    def row(self) -> SnapshotRow:
        """As it stands in a list."""
        taken = self.snapshot
        size = len(taken.document.content)
        return SnapshotRow(
            taken.number, taken.taken_at, State.LISTED, None, size, source=taken.source, version=taken.version
        )


@dataclass(frozen=True, slots=True)
class Archive:
    """All pages of a trial, the oldest first, and what was *known* of it at the last; None where there is none."""

    pages: Sequence[Archived]
    known: Record | None


def pages_of(tx: Connection, registry: Registry, trial_id: str, *, damaged: list[str] | None = None) -> list[Snapshot]:
    """The pages of a trial, the oldest first."""
    kept = archived.of_trial(tx, registry.key, trial_id, damaged=damaged)
    return [
        Snapshot(number, each.document, moment_of(each.taken_on), None, each.source, each.version)
        for number, each in enumerate(kept, start=1 - len(kept))
    ]


def moment_of(day: date) -> datetime:
    """The moment as which a page of that day counts: its beginning, in UTC."""
    return datetime.combine(day, time(), UTC)


def archive_of(pages: Sequence[Snapshot], registry: Registry) -> Archive:
    """The pages with what each tells that those before it did not."""
    if not pages:
        return Archive((), None)
    told = _told_by_pairs(pages, registry)
    if told is not None:
        known = registry.parse(pages[-1].document, pages[-1].taken_at)
    else:
        records = _known(pages, registry)
        known = records[-1]
        told = [changes_since(*pair, page) for pair, page in zip(pairwise(records), pages[1:], strict=True)]
    entries = [Archived(snapshot=page, changes=changes) for page, changes in zip(pages, [(), *told], strict=True)]
    return Archive(entries, known)


def _told_by_pairs(pages: Sequence[Snapshot], registry: Registry) -> list[Sequence[Change]] | None:
    """What each page after the first tells, two pages read at a time; None where one says more fields than another.

    What is known then depends on earlier ones, too.
    """
    if not isinstance(registry, PairReading):
        return None
    told: list[Sequence[Change]] = []
    for former, page in pairwise(pages):
        before, after = registry.parse_pair(former, page.document, page.taken_at)
        if before.silent != after.silent:
            return None
        told.append(changes_since(before, after, page))
    return told


def _known(pages: Sequence[Snapshot], registry: Registry) -> list[Record]:
    """What was known of the trial at each page: where one is silent on a field, what an earlier one said of it."""
    records = (registry.parse(page.document, page.taken_at) for page in pages)
    return list(accumulate(records, last_said))


def changes_since(before: Record, after: Record, taken: Snapshot) -> tuple[Change, ...]:
    """What changed from a page to what was taken later, as of the day on which the registry posted that."""
    return changes_between(before, after, on=posted_on(before, after, taken.taken_at.date()))


def changes_to(first: Snapshot, archive: Archive, registry: Registry) -> tuple[Change, ...]:
    """What the first snapshot says that the pages before it did not; nothing where there are none."""
    if archive.known is None:
        return ()
    return changes_since(archive.known, registry.parse(first.document, first.taken_at), first)


def steps_of(
    tx: Connection, registry: Registry, trial_id: str
) -> Iterator[tuple[Snapshot, Snapshot, Sequence[Change]]]:
    """What was taken, with the page that it is or comes after, and what it tells that the one before did not.

    It is each page of a trial, and the first snapshot behind the last one. Pages that are damaged are left out.
    """
    pages = pages_of(tx, registry, trial_id, damaged=[])
    archive = archive_of(pages, registry)
    yield from ((each.snapshot, each.snapshot, each.changes) for each in archive.pages)
    if first := first_snapshot(tx, registry, trial_id):
        yield from ((first, page, changes_to(first, archive, registry)) for page in pages[-1:])


def first_snapshot(tx: Connection, registry: Registry, trial_id: str) -> Snapshot | None:
    """The baseline of a trial; None where there is none, or it cannot be read or holds no record."""
    try:
        first = snapshots.get(tx, registry.key, trial_id, BASELINE)
    except (NothingFound, StoreCorrupt):
        return None
    return first if first.document.state is State.LISTED else None


def standing_on(tx: Connection, registry: Registry, trial_id: str, day: date) -> Snapshot:
    """What stood of a trial at the end of a day, as far as anything is kept of that. NothingFound where nothing is."""
    rows = [row for row in snapshots.listing(tx, registry.key, trial_id) if row.taken_at.date() <= day]
    if rows:
        return snapshots.get(tx, registry.key, trial_id, rows[-1].number)
    pages = pages_of(tx, registry, trial_id)
    before = [page for page in pages if page.taken_at.date() <= day]
    if before:
        return before[-1]
    begins = [page.taken_at for page in pages[:1]]
    begins = begins or [row.taken_at for row in snapshots.listing(tx, registry.key, trial_id)[:1]]
    if not begins:
        raise no_snapshot(tx, registry, trial_id)
    raise NothingFound(f"what is kept of {trial_id} begins on {begins[0]:%Y-%m-%d}: name that day or a later one")
