"""What the calendar changes of a trial that nobody edited: its latest snapshot says something else from a day on.

A registry whose statuses go by dates is not asked for them: the stored document, read as of today, says it all. So

    a pass finds the trial as it was     ->  the stored document makes another snapshot, and an event “by date”
    a pass brings an edit                ->  what the old document says by today, too, is told as by date, else as edit
    a pass gets no answer for the trial  ->  nothing: there may be an edit that says otherwise

The rule to keep: what was told last of a trial is what its latest snapshot says on the day when it was taken. A flip is
one commit with its event, and from then on it is not due, so that it is told once whoever dies.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from monitor.changes.events import by_date
from monitor.model import Change, Document, Record, Snapshot, State
from monitor.ports import ByCalendar, Registry
from monitor.storage import trials
from monitor.storage.trials import Trial
from monitor.watching.context import PassContext


@dataclass(frozen=True, slots=True)
class DayCame:
    """The registry has nothing new of a trial, and a day has come on which its latest snapshot says something else."""

    trial_id: str


def due(trial_ids: Iterable[str], context: PassContext) -> set[str]:
    """Those of the trials for which the day has come."""
    if not isinstance(context.registry, ByCalendar):
        return set()
    with context.store.read() as tx:
        return trials.reading_otherwise(tx, context.registry.key, trial_ids, context.clock().date())


def is_due(trial: Trial, now: datetime) -> bool:
    """Whether the day has come for a trial."""
    day = trial.reads_otherwise_on
    return trial.state is State.LISTED and day is not None and day <= now.date().isoformat()


def next_day(registry: Registry, document: Document, at: datetime) -> str | None:
    """The day on which a document says something else than at that moment."""
    if document.state is not State.LISTED or not isinstance(registry, ByCalendar):
        return None
    day = registry.reads_otherwise_on(document, at)
    return day.isoformat() if day else None


def sorted_out(
    changes: tuple[Change, ...],
    records: tuple[Record, Record],
    last: Snapshot | None,
    registry: Registry,
    now: datetime,
) -> tuple[Change, ...]:
    """The changes from the last snapshot to a document, those marked that are the calendar's."""
    if not changes or last is None or not isinstance(registry, ByCalendar) or last.taken_at.date() == now.date():
        return changes
    before, after = records
    today = registry.parse(last.document, now)
    return changes if today == before else by_date(changes, today, after, on=now.date())
