"""What a new snapshot means. Pure.

A snapshot of a LISTED trial means its differences from the last one in which the trial was listed. A trial that was
removed or merged away, or that came back, is a difference of its own.
"""

from collections.abc import Sequence
from datetime import date

from monitor.diff import diff
from monitor.fields import KINDS
from monitor.model import Change, Difference, Event, Record, Snapshot
from monitor.significance import weigh_all


def changes_between(
    before: Record, after: Record, *, on: date, baseline: Record | None = None, returned: bool = False
) -> tuple[Change, ...]:
    """The weighed changes from one record to the next, the most significant first; empty where nothing changed.

    *on* is the day when the change was seen, *baseline* the first record of the trial. *returned* says that the
    registry did not list the trial in between.
    """
    differences = diff(before, after, on=on, baseline=baseline)
    return weigh_all((*([restored(before)] if returned else []), *differences))


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


def removed(record: Record, words: str) -> Difference:
    """The registry has said often enough that it does not know the trial: *words* are its own."""
    return _of_identity(
        record,
        kind="trial.removed",
        after=None,
        summary=f"{record.trial_id} is no longer in the registry, which says: “{words}”.",
    )


def merged(record: Record, into: str) -> Difference:
    """The registry now answers for this trial with another one."""
    return _of_identity(
        record,
        kind="trial.merged",
        after=into,
        summary=f"{record.trial_id} has been merged into {into}, which the registry now gives in its place.",
    )


def restored(record: Record) -> Difference:
    """The registry lists the trial again after it had been removed or merged."""
    return _of_identity(
        record,
        kind="trial.restored",
        before=None,
        after=record.trial_id,
        summary=f"{record.trial_id} is back in the registry after it had gone.",
    )


def _of_identity(record: Record, *, kind: str, after: str | None, summary: str, **before: str | None) -> Difference:
    return Difference(
        field="trial_id",
        path=record.paths.get("trial_id", ""),
        kind=kind,
        topic=KINDS[kind],
        before=before.get("before", record.trial_id),
        after=after,
        summary=summary,
    )
