"""What an alert says of its trial beside the changes: what the record of that moment says, and whom it belongs with."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from types import MappingProxyType

from sqlalchemy import Connection

from monitor.alerts.conversations import Trial, begun_by
from monitor.channels.channel import EventContext, Facts
from monitor.errors import NothingFound, StoreCorrupt
from monitor.model import Event, Snapshot, State
from monitor.ports import Registry
from monitor.storage import snapshots

NO_FAMILIES: Mapping[Trial, Sequence[Trial]] = MappingProxyType({})


def event_context(
    tx: Connection,
    event: Event,
    registries: Mapping[str, Registry],
    families: Mapping[Trial, Sequence[Trial]] = NO_FAMILIES,
    *,
    snapshot: Snapshot | None = None,
) -> EventContext:
    """The event with what the record of that moment says of the trial; or the nearest that can be read, or none.

    *snapshot* is its own, where that is at hand.
    """
    context = _context_of(tx, event, registries, snapshot)
    family = families.get((event.registry, event.trial_id))
    return replace(context, has_siblings=True, begun_by=begun_by(tx, event, family)) if family else context


def _context_of(
    tx: Connection, event: Event, registries: Mapping[str, Registry], snapshot: Snapshot | None
) -> EventContext:
    registry = registry_of(registries, event.registry)
    if snapshot is None:
        with suppress(StoreCorrupt, NothingFound):
            snapshot = snapshots.get(tx, event.registry, event.trial_id, event.snapshot)
    version = snapshot.registry_version if snapshot else None
    if snapshot is None or snapshot.document.state is not State.LISTED:
        snapshot = snapshots.readable(tx, event.registry, event.trial_id)
    if snapshot is None:
        # An alert without the trial's title is better than none.
        known = Facts(registry_version=version)
        return EventContext(
            event, event.trial_id, None, f"https://{event.registry}/{event.trial_id}", known, registry.name
        )
    record = registry.parse(snapshot.document, snapshot.taken_at)
    sponsor = record.lead_sponsor.name if record.lead_sponsor else None
    facts = Facts(
        registry_version=version,
        last_update_post_date=record.last_update_post_date,
        overall_status=record.overall_status.code if record.overall_status else None,
        phases=tuple(phase.code for phase in record.phases),
        conditions=record.conditions,
    )
    return EventContext(event, record.brief_title or event.trial_id, sponsor, record.url, facts, registry.name)


def registry_of(registries: Mapping[str, Registry], key: str) -> Registry:
    """The registry of that key. NothingFound where this version has none."""
    if key not in registries:
        raise NothingFound(f"{key} is not a registry known here: use the version that knows it")
    return registries[key]
