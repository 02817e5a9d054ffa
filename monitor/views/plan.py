"""What one record said of the plan of its trial: status, key dates, enrollment. Pure.

What the plan of a trial was, moment by moment, is a sequence of these: charts and tables are made of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from monitor.changes.diff.dates import distance
from monitor.changes.sentences import STOPPED
from monitor.model import Coded, Enrollment, PartialDate, Record, State

DATES = ("start_date", "recruitment_end_date", "primary_completion_date", "completion_date")
"""The key dates, in the order in which they come to pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """The plan as it stood in one snapshot; *number* and *on* are those of the snapshot."""

    number: int
    """0 and below for what was kept from before the first snapshot."""
    on: date
    state: State = State.LISTED
    """Where the registry gave no record, the plan is that of the last one."""
    overall_status: Coded | None = None
    start_date: PartialDate | None = None
    recruitment_end_date: PartialDate | None = None
    primary_completion_date: PartialDate | None = None
    completion_date: PartialDate | None = None
    enrollment: Enrollment | None = None
    posted_on: str | None = None
    """The day on which the registry posted the record, as it writes it."""

    @property
    def is_stopped(self) -> bool:
        """Whether the trial was suspended, terminated or withdrawn."""
        return self.overall_status is not None and self.overall_status.code in STOPPED


def planned_by(record: Record, *, number: int, on: date) -> Planned:
    """What a record says of the plan."""
    return Planned(
        number=number,
        on=on,
        overall_status=record.overall_status,
        start_date=record.start_date,
        recruitment_end_date=record.recruitment_end_date,
        primary_completion_date=record.primary_completion_date,
        completion_date=record.completion_date,
        enrollment=record.enrollment,
        posted_on=record.last_update_post_date,
    )


@dataclass(frozen=True, slots=True)
class Drift:
    """How far a key date has come: what was registered *first*, what is registered *now*, and the *days* between."""

    first: PartialDate
    now: PartialDate
    days: int | None
    """By the coarser precision of the two; None where one of them is no date."""

    @property
    def has_moved(self) -> bool:
        """Whether the two are not the same day, as far as they say."""
        return bool(self.days) or (self.days is None and self.first.text != self.now.text)


def drift_of(plans: Sequence[Planned], field: str) -> Drift | None:
    """How far that key date has come since it was first registered; None where the last plan has none.

    *plans* are those of one trial, the oldest first.
    """
    said: list[PartialDate | None] = [getattr(each, field) for each in plans]
    if not said or (now := said[-1]) is None:
        return None
    first = next(each for each in said if each is not None)
    moved = distance(first, now)
    return Drift(first, now, moved.days if moved else None)
