"""What a new snapshot means, as an event. Pure.

The changes of a LISTED trial are its differences from the last snapshot in which it was listed. That a trial was
removed, merged into another or listed again is a difference of its own.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from monitor.changes.diff import diff, no_baseline
from monitor.changes.kinds import KINDS
from monitor.changes.significance import weigh_all
from monitor.model import Change, ChangeOrigin, Difference, Event, Record, Snapshot

TAKEN_BACK_WITHIN = timedelta(days=4)
"""A weekend and a day at each side of it: what was wrong on a Friday is put right on a Monday. Later, a trial that
recruits again after it was suspended has a new chapter, not a correction."""


def changes_between(
    before: Record,
    after: Record,
    *,
    on: date,
    baseline: Callable[[], Record | None] = no_baseline,
    returned: bool = False,
    merged_into: str | None = None,
) -> tuple[Change, ...]:
    """The weighed changes from one record to the next, the most significant first; empty where nothing changed.

    *on* is the day when the change was seen; *baseline* gives the first record of the trial, where that is needed.
    *returned* says that the registry did not list the trial in between, *merged_into* what it gave in its place.
    """
    differences = diff(before, after, on=on, baseline=baseline)
    return weigh_all((*([restored(before, merged_into)] if returned else []), *differences))


def by_date(changes: Sequence[Change], before: Record, after: Record, *, on: date) -> tuple[Change, ...]:
    """The changes, those marked that are the calendar's, and no edit.

    *before* is what the last document says on the day *on* of *after*, rather than on its own: a field that is the same
    in both is as that document has it.
    """
    edited = {difference.field for difference in diff(before, after, on=on)}
    return tuple(change if change.field in edited else _by_date(change) for change in changes)


def _by_date(change: Change) -> Change:
    told = f"{change.summary.removesuffix('.')}, by date, not by edit."
    return replace(change, origin=ChangeOrigin.CALENDAR, summary=told)


def corrections(changes: Sequence[Change], last: Event | None, *, now: datetime) -> tuple[Change, ...]:
    """The changes, those marked that take back what the *last* event of the trial told no longer than a weekend ago."""
    if last is None or now - last.occurred_at > TAKEN_BACK_WITHIN:
        return tuple(changes)
    former = {(change.path, change.kind.split(".")[0]): change for change in last.changes}
    return tuple(_taking_back(change, former.get((change.path, change.kind.split(".")[0])), last) for change in changes)


def _taking_back(change: Change, former: Change | None, last: Event) -> Change:
    if former is None or (former.before, former.after) != (change.after, change.before):
        return change
    told = f"This takes back the change that was seen on {last.occurred_at:%Y-%m-%d}."
    return replace(change, takes_back=last.id, summary=f"{change.summary} {told}")


def event_after(snapshot: Snapshot, changes: Sequence[Change]) -> Event | None:
    """The event that *snapshot* causes; None where there is nothing to tell."""
    if not changes:
        return None
    return Event(
        registry=snapshot.document.registry,
        trial_id=snapshot.document.trial_id,
        snapshot=snapshot.number,
        occurred_at=snapshot.taken_at,
        changes=tuple(changes),
    )


def trials_concerned(event: Event) -> tuple[str, ...]:
    """The trial of an event, and those that it was merged into or is no longer."""
    moves = [change for change in event.changes if change.kind in ("trial.merged", "trial.restored")]
    others = (each for change in moves for each in (change.before, change.after) if isinstance(each, str))
    return tuple(dict.fromkeys((event.trial_id, *others)))


def removed(record: Record, words: str) -> Difference:
    """The registry has said often enough that it does not know the trial: *words* are its own."""
    kind, trial_id = KINDS["trial.removed"], record.trial_id
    return kind.difference(record, before=trial_id, after=None, summary=kind.summary(trial_id, words))


def merged(record: Record, into: str) -> Difference:
    """The registry now answers for this trial with another one."""
    kind, trial_id = KINDS["trial.merged"], record.trial_id
    return kind.difference(record, before=trial_id, after=into, summary=kind.summary(trial_id, into))


def restored(record: Record, merged_into: str | None = None) -> Difference:
    """The registry lists the trial again after it had been removed, or takes back that it merged it."""
    kind, trial_id = KINDS["trial.restored"], record.trial_id
    return kind.difference(record, before=merged_into, after=trial_id, summary=kind.summary(trial_id, merged_into))
