"""Reads back what a failing disk may have damaged, and reports what can no longer be read. Nothing here writes."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select

from monitor.model import State
from monitor.storage import events, snapshots, subscriptions
from monitor.storage.tables import snapshots as snapshots_table


@dataclass(slots=True)
class Inspection:
    """What was found, as far as the time allowed."""

    read: int = 0
    """Snapshots."""
    total: int = 0
    standing: list[str] = field(default_factory=list)
    """Damage to the last record of a trial, a line each: the next change of it cannot be compared with anything."""
    past: list[str] = field(default_factory=list)
    """Damage to other snapshots, and to events."""


def inspect(tx: Connection, *, is_over: Callable[[], bool]) -> Inspection:
    """Read snapshots, then events, until all are read or *is_over* says that the time is up."""
    found = Inspection(total=tx.scalar(select(func.count()).select_from(snapshots_table)) or 0)
    damaged: list[snapshots.DamagedSnapshot] = []
    for each in snapshots.inspected(tx):
        found.read += 1
        if each is not None:
            damaged.append(each)
        if is_over():
            break
    last = _last_records(tx, damaged)
    for each in damaged:
        is_last = last.get((each.registry, each.trial_id)) == each.number
        (found.standing if is_last else found.past).append(each.reason)
    for reason in events.inspect(tx):
        if reason:
            found.past.append(reason)
        if is_over():
            break
    return found


def _last_records(tx: Connection, damaged: list[snapshots.DamagedSnapshot]) -> dict[tuple[str, str], int]:
    """The number of the last record of each trial among these."""
    of: dict[tuple[str, str], int] = {}
    for key in {(each.registry, each.trial_id) for each in damaged}:
        rows = snapshots.listing(tx, *key)
        of[key] = max((row.number for row in rows if row.state is State.LISTED), default=0)
    return of


def damaged_subscriptions(tx: Connection) -> list[str]:
    """What is wrong with subscriptions, a line each."""
    return list(subscriptions.damaged(tx).values())
