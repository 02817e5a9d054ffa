"""Events and records in place of those that the disk has damaged, as far as the snapshots tell them.

An event is made again from what the snapshots on both sides of it differ in. What a pass does about a damaged snapshot,
`monitor.watching.damage` says.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from monitor.alerts.notices import events_lost
from monitor.changes import events as event_rules
from monitor.changes import membership
from monitor.changes.significance import weigh_all
from monitor.errors import NothingFound, StoreCorrupt
from monitor.model import Change, Event, Record, Snapshot, State
from monitor.model.ids import event_id
from monitor.ports import PairReading, Registry
from monitor.storage import events, notices, snapshots
from monitor.storage.settlements import DamagedEvent


def empty_record(registry: str, trial_id: str) -> Record:
    """A record that says nothing, for what can be told without any."""
    return Record(registry=registry, trial_id=trial_id, url="", paths={})


def made_again(
    tx: Connection, registry: Registry, damaged: Iterable[DamagedEvent], *, now: datetime
) -> list[tuple[DamagedEvent, Event]]:
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
    return told_by(snapshot, before, registry)


def told_by(snapshot: Snapshot, before: Snapshot | None, registry: Registry) -> Event | None:
    """What *snapshot* tells after *before*, the last record of its trial; None where that is nothing."""
    return event_rules.event_after(snapshot, _changes(snapshot, before, registry))


def _changes(snapshot: Snapshot, before: Snapshot | None, registry: Registry) -> Sequence[Change]:
    """As `told_by`, as when it was taken."""
    document = snapshot.document
    returned = before is not None and before.number != snapshot.number - 1
    if before and document.state is State.LISTED and isinstance(registry, PairReading):
        records = registry.parse_pair(before, document, snapshot.taken_at)
        return event_rules.changes_between(*records, on=snapshot.taken_at.date(), returned=returned)
    former = (
        registry.parse(before.document, before.taken_at) if before else empty_record(registry.key, document.trial_id)
    )
    words = document.content.decode(errors="replace")
    if document.state is State.MERGED:
        return weigh_all([event_rules.merged(former, words)])
    if document.state is State.REMOVED:
        return weigh_all([event_rules.removed(former, words)])
    if before is None:
        return weigh_all(membership.joined(registry.parse(document, snapshot.taken_at), None))
    record = registry.parse(document, snapshot.taken_at)
    return event_rules.changes_between(former, record, on=snapshot.taken_at.date(), returned=returned)
