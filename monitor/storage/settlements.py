"""Which events are not told, or not yet, and why. An event that was told has no row here.

An event and its pending row are one commit, so nothing is lost in a crash: the next process that settles finds it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, literal_column, select, update

from monitor.errors import StoreCorrupt
from monitor.model import Event, Settlement
from monitor.storage import events
from monitor.storage.settling_tables import settlements
from monitor.storage.statements import add_new, chunks
from monitor.storage.tables import events as events_table
from monitor.storage.tables import snapshots

_known = select(settlements).where(settlements.c.event_id.in_(bindparam("event_ids", expanding=True)))


@dataclass(frozen=True, slots=True)
class Pending:
    """An event that waits to be settled, and the *version* of the registry's data that it was seen in."""

    event: Event
    version: str
    builds: int = 1
    """Of the registry's data, that its trial was not checked in."""


@dataclass(frozen=True, slots=True)
class Settled:
    """Why an event was not told, or is not told yet."""

    settlement: Settlement
    hold_id: int | None
    settled_at: datetime | None


def pend(tx: Connection, registry: str, builds: Mapping[str, int]) -> None:
    """Make these events wait to be settled; *builds* says in how many data builds the trial of each was not checked."""
    for chunk in chunks(builds):
        rows = [
            {"event_id": each, "registry": registry, "settlement": Settlement.PENDING, "builds": builds[each]}
            for each in chunk
        ]
        add_new(tx, settlements, rows)


def put_off(tx: Connection, registry: str, event_ids: Iterable[str]) -> None:
    """Make these events wait, whether they did before or not."""
    for chunk in chunks(event_ids):
        pend(tx, registry, dict.fromkeys(chunk, 1))
        record(tx, chunk, Settlement.PENDING, at=None)


@dataclass(frozen=True, slots=True)
class DamagedEvent:
    """An event that waits to be settled, or is held, and cannot be read; *reason* says why."""

    event_id: str
    trial_id: str
    snapshot: int
    version: str
    reason: str


def pending(tx: Connection, registry: str) -> tuple[list[Pending], list[DamagedEvent]]:
    """The waiting events, oldest first and for each trial in the order of its snapshots; and the damaged ones."""
    of_snapshot = (
        (snapshots.c.registry == events_table.c.registry)
        & (snapshots.c.trial_id == events_table.c.trial_id)
        & (snapshots.c.number == events_table.c.snapshot)
    )
    query = (
        select(
            events_table,
            func.coalesce(snapshots.c.registry_version, "").label("version"),
            func.coalesce(settlements.c.builds, 1).label("builds"),
        )
        .join(settlements, settlements.c.event_id == events_table.c.id)
        .join(snapshots, of_snapshot)
        .where(settlements.c.registry == registry, settlements.c.settlement == Settlement.PENDING)
        .order_by(events_table.c.occurred_at, events_table.c.trial_id, events_table.c.snapshot)
    )
    found: list[Pending] = []
    damaged: list[DamagedEvent] = []
    for row in tx.execute(query):
        try:
            found.append(Pending(events.restored(row), row.version, row.builds))
        except StoreCorrupt as error:
            damaged.append(DamagedEvent(row.id, row.trial_id, row.snapshot, row.version, str(error)))
    return found, damaged


def oldest_pending(tx: Connection, registries: Iterable[str]) -> dict[str, datetime]:
    """When the event occurred that has waited longest, by registry; of these, without those in which none waits."""
    occurred = func.min(events_table.c.occurred_at, type_=events_table.c.occurred_at.type)
    query = (
        select(settlements.c.registry, occurred.label("oldest"))
        .join(events_table, settlements.c.event_id == events_table.c.id)
        .where(settlements.c.registry.in_(list(registries)), settlements.c.settlement == Settlement.PENDING)
        .group_by(settlements.c.registry)
    )
    return {row.registry: row.oldest for row in tx.execute(query)}


def forget(tx: Connection, event_ids: Iterable[str]) -> None:
    """Remove these from what waits to be settled: they are told, or given up."""
    for chunk in chunks(event_ids):
        tx.execute(delete(settlements).where(settlements.c.event_id.in_(chunk)))


def record(
    tx: Connection, event_ids: Iterable[str], settlement: Settlement, *, at: datetime | None, hold_id: int | None = None
) -> None:
    """Record what was decided about these; *at* is None while the operator has yet to decide."""
    values = {"settlement": settlement, "hold_id": hold_id, "settled_at": at}
    for chunk in chunks(event_ids):
        tx.execute(update(settlements).where(settlements.c.event_id.in_(chunk)).values(values))


@dataclass(frozen=True, slots=True)
class Telling:
    """An event that is being told, and the subscription, by its id, up to which that is done; None: to nobody yet."""

    event_id: str
    registry: str
    told_to: str | None


def begin_telling(tx: Connection, registry: str, event_ids: Iterable[str]) -> None:
    """Have these events told from here on, a batch at a time, whether they waited to be settled or not."""
    for chunk in chunks(event_ids):
        rows = [{"event_id": each, "registry": registry, "settlement": Settlement.TELLING} for each in chunk]
        add_new(tx, settlements, rows)
        values = {"settlement": Settlement.TELLING, "hold_id": None, "settled_at": None, "told_to": None}
        tx.execute(update(settlements).where(settlements.c.event_id.in_(chunk)).values(values))


def is_any_telling(tx: Connection) -> bool:
    """Whether any event is being told."""
    return tx.execute(_telling.limit(1)).first() is not None


def next_telling(tx: Connection) -> Telling | None:
    """That which has waited longest for its next batch, for this transaction alone; None where there is none."""
    in_turn = _telling.order_by(settlements.c.settled_at.nulls_first(), settlements.c.event_id).limit(1)
    row = tx.execute(in_turn.with_for_update(skip_locked=True)).one_or_none()
    return Telling(*row) if row else None


def told_up_to(tx: Connection, event_id: str, subscription_id: str, *, at: datetime) -> None:
    """Note up to which subscription an event was told."""
    same = settlements.c.event_id == event_id
    tx.execute(update(settlements).where(same).values(told_to=subscription_id, settled_at=at))


# Spelled out in the statement, for the index of these alone.
_telling = select(settlements.c.event_id, settlements.c.registry, settlements.c.told_to).where(
    settlements.c.settlement == literal_column(f"'{Settlement.TELLING}'")
)


def of_hold(tx: Connection, hold_id: int) -> tuple[list[Event], list[DamagedEvent]]:
    """The events of a hold, oldest first, and the damaged ones; without those that wait behind them."""
    return _of_hold(tx, hold_id, settlements.c.settlement != Settlement.WAITING)


def behind_hold(tx: Connection, hold_id: int) -> tuple[list[Event], list[DamagedEvent]]:
    """The events that wait behind those of a hold, as `of_hold` gives these."""
    return _of_hold(tx, hold_id, settlements.c.settlement == Settlement.WAITING)


def _of_hold(tx: Connection, hold_id: int, which: ColumnElement[bool]) -> tuple[list[Event], list[DamagedEvent]]:
    query = (
        select(events_table)
        .join(settlements, settlements.c.event_id == events_table.c.id)
        .where(settlements.c.hold_id == hold_id, which)
        .order_by(events_table.c.occurred_at, events_table.c.trial_id, events_table.c.snapshot)
    )
    found: list[Event] = []
    damaged: list[DamagedEvent] = []
    for row in tx.execute(query):
        try:
            found.append(events.restored(row))
        except StoreCorrupt as error:
            damaged.append(DamagedEvent(row.id, row.trial_id, row.snapshot, "", str(error)))
    return found, damaged


def count_behind(tx: Connection, hold_id: int) -> int:
    """How many events wait behind those of a hold."""
    waits = (settlements.c.hold_id == hold_id) & (settlements.c.settlement == Settlement.WAITING)
    return tx.scalar(select(func.count()).select_from(settlements).where(waits)) or 0


@dataclass(frozen=True, slots=True)
class Unsettled:
    """An event of a trial that is not told yet, or not to all: pending, held, waiting behind such a one, being told."""

    snapshot: int
    settlement: Settlement
    hold_id: int | None


def unsettled(tx: Connection, registry: str, trial_ids: Iterable[str]) -> dict[str, list[Unsettled]]:
    """What is not told yet of each of the trials, in the order of its snapshots."""
    found: dict[str, list[Unsettled]] = {}
    query = (
        select(events_table.c.trial_id, events_table.c.snapshot, settlements.c.settlement, settlements.c.hold_id)
        .join(settlements, settlements.c.event_id == events_table.c.id)
        .where(events_table.c.registry == registry, settlements.c.settlement.in_(_UNSETTLED))
        .order_by(events_table.c.trial_id, events_table.c.snapshot)
    )
    for chunk in chunks(dict.fromkeys(trial_ids)):
        for row in tx.execute(query.where(events_table.c.trial_id.in_(chunk))).all():
            found.setdefault(row.trial_id, []).append(Unsettled(row.snapshot, row.settlement, row.hold_id))
    return found


def unsettled_moments(tx: Connection, trials: Iterable[tuple[str, str]]) -> dict[tuple[str, str], set[datetime]]:
    """When what is not told yet occurred, by registry and trial id; of these trials, without those that have none."""
    found: dict[tuple[str, str], set[datetime]] = {}
    if not unsettled_count(tx):
        return found
    by_registry: dict[str, list[str]] = {}
    for registry, trial_id in trials:
        by_registry.setdefault(registry, []).append(trial_id)
    query = (
        select(events_table.c.registry, events_table.c.trial_id, events_table.c.occurred_at)
        .join(settlements, settlements.c.event_id == events_table.c.id)
        .where(settlements.c.settlement.in_(_UNSETTLED))
    )
    for registry, ids in by_registry.items():
        for chunk in chunks(ids):
            of_these = query.where(events_table.c.registry == registry, events_table.c.trial_id.in_(chunk))
            for row in tx.execute(of_these):
                found.setdefault((row.registry, row.trial_id), set()).add(row.occurred_at)
    return found


_UNSETTLED = (Settlement.PENDING, Settlement.HELD, Settlement.WAITING, Settlement.TELLING)


def unsettled_count(tx: Connection) -> int:
    """How many events are not told yet."""
    query = select(func.count()).select_from(settlements).where(settlements.c.settlement.in_(_UNSETTLED))
    return tx.scalar(query) or 0


def waiting(tx: Connection) -> dict[int, int]:
    """How many events wait behind each hold."""
    query = (
        select(settlements.c.hold_id, func.count().label("waiting"))
        .where(settlements.c.settlement == Settlement.WAITING)
        .group_by(settlements.c.hold_id)
    )
    return {row.hold_id: row.waiting for row in tx.execute(query)}


def known(tx: Connection, event_ids: Iterable[str]) -> dict[str, Settled]:
    """Those of the events that were not told, or not yet, with the reason."""
    return {
        row.event_id: Settled(row.settlement, row.hold_id, row.settled_at)
        for chunk in chunks(event_ids)
        for row in tx.execute(_known, {"event_ids": chunk})
    }
