"""What to do about a trial whose last snapshot the disk has damaged.

It gets a new baseline, which tells what the last readable snapshot and the events since do not account for.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from monitor.alerts.notices import baselines_anew, trials_failing
from monitor.errors import StoreCorrupt
from monitor.model import Change, Checked, Event, Result, Snapshot, State
from monitor.storage import events, notices, snapshots
from monitor.storage.store import Store
from monitor.storage.trials import Trial


@dataclass(frozen=True, slots=True)
class DamagedTrial:
    """A trial whose last record is damaged: *reason* says how."""

    reason: str
    readable: Snapshot | None
    """The last record that can still be read, if any."""
    told: Sequence[Event]
    """What was told since that one."""


def missing_snapshots(latest: Mapping[str, Snapshot], known: Iterable[Trial]) -> dict[str, StoreCorrupt]:
    """The trials whose row counts on a later record than the latest that was found."""
    return {
        trial.trial_id: StoreCorrupt(f"snapshot {trial.snapshot} of {trial.trial_id} is missing in the database")
        for trial in known
        if trial.state is State.LISTED and (last := latest.get(trial.trial_id)) and last.number != trial.snapshot
    }


def damaged_trials(tx: Connection, registry: str, damaged: Mapping[str, StoreCorrupt]) -> dict[str, DamagedTrial]:
    """What is left of the trials whose last record is damaged."""
    found = {}
    for trial_id, error in damaged.items():
        last = snapshots.readable(tx, registry, trial_id)
        since = last.number if last else 0
        told = [event for event in events.of_trial(tx, registry, trial_id, damaged={}) if event.snapshot > since]
        found[trial_id] = DamagedTrial(str(error), last, told)
    return found


def report_new_baselines(tx: Connection, checked: Iterable[Checked], *, now: datetime) -> None:
    """Tell the operator of trials that had to begin anew, in the commit that has them do so."""
    anew = [each for each in checked if each.error and each.result is Result.BASELINE]
    if anew:
        reasons = {each.trial_id: each.error or "" for each in anew}
        notices.notify_operator(tx, baselines_anew(anew[0].registry, reasons, now=now))


def report_failing(store: Store, registry: str, reasons: Mapping[str, str], *, now: datetime) -> None:
    """Tell the operator of trials that fail by themselves, where the database can still take that."""
    if reasons:
        with suppress(StoreCorrupt), store.begin() as tx:
            notices.notify_operator(tx, trials_failing(registry, reasons, now=now))


def not_in_events(changes: Iterable[Change], events: Sequence[Event]) -> tuple[Change, ...]:
    """Those of the changes that none of the events holds already, with the same value before or after."""
    known = {_signature(change, change.after) for event in events for change in event.changes}
    return tuple(change for change in changes if _signature(change, change.after) not in known)


def _signature(change: Change, value: object) -> tuple[str, str, str]:
    return change.path, change.kind, repr(value)
