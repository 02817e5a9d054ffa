"""What stands in for a row that the disk has damaged, as far as other rows tell it.

the last snapshot of a trial   a new baseline, which tells what the last readable snapshot and the events since
                               it do not account for
an event                       what the snapshots on both sides of it differ in
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from monitor.alerts.notices import baselines_anew, events_lost, trials_failing
from monitor.changes import events as event_rules
from monitor.changes import membership
from monitor.changes.significance import weigh_all
from monitor.errors import NothingFound, StoreCorrupt
from monitor.model import Change, Checked, Event, Record, Result, Snapshot, State
from monitor.model.change import event_id
from monitor.ports import Registry
from monitor.storage import events, notices, snapshots
from monitor.storage.settlements import Damaged
from monitor.storage.store import Store
from monitor.storage.trials import Trial


@dataclass(frozen=True, slots=True)
class Lost:
    """A trial whose last record is damaged: *reason* says how."""

    reason: str
    readable: Snapshot | None
    """The last record that can still be read, if any."""
    told: Sequence[Event]
    """What was told since that one."""


def missing_of(latest: Mapping[str, Snapshot], known: Iterable[Trial]) -> dict[str, StoreCorrupt]:
    """The trials whose row counts on a later record than the latest that was found."""
    return {
        trial.trial_id: StoreCorrupt(f"snapshot {trial.snapshot} of {trial.trial_id} is missing in the database")
        for trial in known
        if trial.state is State.LISTED and (last := latest.get(trial.trial_id)) and last.number != trial.snapshot
    }


def lost_of(tx: Connection, registry: str, damaged: Mapping[str, StoreCorrupt]) -> dict[str, Lost]:
    """What is left of the trials whose last record is damaged."""
    found = {}
    for trial_id, error in damaged.items():
        last = snapshots.readable(tx, registry, trial_id)
        since = last.number if last else 0
        told = [event for event in events.of_trial(tx, registry, trial_id, damaged={}) if event.snapshot > since]
        found[trial_id] = Lost(str(error), last, told)
    return found


def note_anew(tx: Connection, checked: Iterable[Checked], *, now: datetime) -> None:
    """Tell the operator of trials that had to begin anew, in the commit that has them do so."""
    anew = [each for each in checked if each.error and each.result is Result.BASELINE]
    if anew:
        reasons = {each.trial_id: each.error or "" for each in anew}
        notices.notify_operator(tx, baselines_anew(anew[0].registry, reasons, now=now))


def note_failing(store: Store, registry: str, reasons: Mapping[str, str], *, now: datetime) -> None:
    """Tell the operator of trials that fail by themselves, where the database can still take that."""
    if reasons:
        with suppress(StoreCorrupt), store.begin() as tx:
            notices.notify_operator(tx, trials_failing(registry, reasons, now=now))


def without_record(registry: str, trial_id: str) -> Record:
    """A record that says nothing, for what can be told without any."""
    return Record(registry=registry, trial_id=trial_id, url="", paths={})


def untold(changes: Iterable[Change], told: Sequence[Event]) -> tuple[Change, ...]:
    """Those of the changes that none of the events has told already, with the same value before or after."""
    known = {_signature(change, change.after) for event in told for change in event.changes}
    return tuple(change for change in changes if _signature(change, change.after) not in known)


def _signature(change: Change, value: object) -> tuple[str, str, str]:
    return change.path, change.kind, repr(value)


def made_again(
    tx: Connection, registry: Registry, damaged: Iterable[Damaged], *, now: datetime
) -> list[tuple[Damaged, Event]]:
    """Those damaged events that the snapshots can tell again; the operator is told of the others."""
    found = []
    lost = {}
    for each in damaged:
        if event := _made_again(tx, registry, each.trial_id, each.snapshot):
            found.append((each, event))
        else:
            lost[each.trial_id] = each.reason
    if lost:
        notices.notify_operator(tx, events_lost(registry.key, lost, now=now))
    return found


def event_of(tx: Connection, registry: Registry, trial_id: str, number: int) -> Event:
    """The event of a snapshot as it was kept, or made again from the snapshots where it is damaged.

    Raise StoreCorrupt where those cannot be read either.
    """
    try:
        return events.get(tx, event_id(registry.key, trial_id, number))
    except StoreCorrupt as damage:
        if event := _made_again(tx, registry, trial_id, number):
            return event
        raise damage from None


def _made_again(tx: Connection, registry: Registry, trial_id: str, number: int) -> Event | None:
    try:
        snapshot = snapshots.get(tx, registry.key, trial_id, number)
    except (StoreCorrupt, NothingFound):
        return None
    before = snapshots.readable(tx, registry.key, trial_id, before=number)
    changes = _changes(snapshot, before, registry)
    return event_rules.event_after(snapshot, changes)


def _changes(snapshot: Snapshot, before: Snapshot | None, registry: Registry) -> Sequence[Change]:
    """What *snapshot* tells after *before*, as when it was taken."""
    document = snapshot.document
    former = (
        registry.parse(before.document, before.taken_at) if before else without_record(registry.key, document.trial_id)
    )
    words = document.content.decode(errors="replace")
    if document.state is State.MERGED:
        return weigh_all([event_rules.merged(former, words)])
    if document.state is State.REMOVED:
        return weigh_all([event_rules.removed(former, words)])
    if before is None:
        return weigh_all(membership.joined(registry.parse(document, snapshot.taken_at), None))
    returned = before.number != snapshot.number - 1
    record = registry.parse(document, snapshot.taken_at)
    return event_rules.changes_between(former, record, on=snapshot.taken_at.date(), returned=returned)
