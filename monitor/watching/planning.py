"""Make the plan of each trial for the index: from its first record, its changes since, and what its latest record says.

A plan that is there already only takes up the changes since, so that a trial that changed costs no other record read.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, time

from sqlalchemy import Connection

from monitor.changes.plans import Plan, plan_through
from monitor.model import Document, Event, Record, Snapshot, State
from monitor.ports import Registry
from monitor.storage import archived, events, snapshots, trial_plans
from monitor.storage.trial_plans import StoredPlan

BASELINE = 1

Read = tuple[datetime, Document, Record]
"""When a document was taken, it, and what it said then: some say something else on another day."""


@dataclass(frozen=True, slots=True)
class KeptPlan:
    """What is kept of a trial to make its plan of."""

    pages: int
    """Former versions and saved pages from before its first snapshot."""
    former: StoredPlan | None
    """The plan so far; None where it has to be made anew, of *documents*."""
    documents: Sequence[tuple[datetime, Document]]
    """Those pages and the first snapshot, each with when it was read; the oldest first."""
    events: Sequence[Event]
    """What it does not have yet."""


def kept_plans(tx: Connection, registry: str, latest: Mapping[str, Snapshot]) -> dict[str, KeptPlan]:
    """What is kept of these trials, each with its last record. What is damaged is passed over."""
    pages = archived.counts(tx, registry, latest)
    former = {
        trial_id: each
        for trial_id, each in trial_plans.known(tx, registry, latest).items()
        if each.plan.steps and each.pages == pages.get(trial_id, 0) and each.snapshot <= latest[trial_id].number
    }
    since = {trial_id: former[trial_id].snapshot if trial_id in former else BASELINE for trial_id in latest}
    told = events.after(tx, registry, since)
    first = snapshots.first_of(tx, registry, [each for each in latest if each not in former])
    return {
        trial_id: KeptPlan(
            pages.get(trial_id, 0),
            former.get(trial_id),
            () if trial_id in former else _documents(tx, registry, trial_id, first(trial_id), pages),
            told.get(trial_id, ()),
        )
        for trial_id in latest
    }


def plan_of_trial(
    kept: KeptPlan, registry: Registry, taken: Snapshot, record: Record, first: Read | None = None
) -> StoredPlan:
    """The plan of a trial, whose last record is this one, of what was *taken*; *first* is what was read already."""
    known = [(taken.taken_at, taken.document, record), *([first] if first else [])]
    plan = kept.former.plan if kept.former else _begun(kept.documents, registry, known)
    for event in kept.events:
        plan = plan.after(event.occurred_at, event.changes)
    plan = plan.agreeing(record, taken.taken_at)
    return StoredPlan(registry.key, record.trial_id, taken.number, kept.pages, plan)


def _documents(
    tx: Connection, registry: str, trial_id: str, first: Snapshot | None, pages: Mapping[str, int]
) -> list[tuple[datetime, Document]]:
    kept = archived.of_trial(tx, registry, trial_id, damaged=[]) if trial_id in pages else []
    taken = [(datetime.combine(each.taken_on, time(), UTC), each.document) for each in kept]
    if first is not None and first.document.state is State.LISTED:
        taken.append((first.taken_at, first.document))
    return taken


def _begun(documents: Sequence[tuple[datetime, Document]], registry: Registry, known: Sequence[Read]) -> Plan:
    """The plan up to the first snapshot; what is *known* need not be read. What cannot be read is passed over."""
    records: list[tuple[datetime, Record]] = []
    for at, document in documents:
        read = (record for when, each, record in known if when == at and each.content == document.content)
        if record := next(read, None):
            records.append((at, record))
            continue
        with suppress(Exception):  # what no parser reads costs the plan its beginning, and no more
            records.append((at, registry.parse(document, at)))
    return plan_through(records)
