"""The sentences that belong to one kind of change; the kind's declaration in `monitor.changes.kinds` names them. Pure.

Each is made from the values before and after. Those on dates end without a full stop, since more may follow. The
registry's own words are between typographic quotes, and cut if long: a summary is read in a subject line.
"""

from typing import NamedTuple

from monitor.model import PartialDate, Record
from monitor.text import counted, cut, fold, percent, quote

STOPPED_EARLY = frozenset(("TERMINATED", "WITHDRAWN"))
"""Codes of overall statuses in which nothing is due any more."""
STOPPED = STOPPED_EARLY | {"SUSPENDED"}

_REASON = 260
"""Characters of a reason for stopping that the sentence on the status quotes: nearly all reasons are shorter."""

_IN_MONTHS = 90
"""Days from which nobody can picture them."""
_DAYS_IN_MONTH = 30.44


# Status: the records before and after


def status_moved(before: Record, after: Record) -> str:
    """A move of the overall status, with the reason where it is news."""
    return _status_move(before, after, "went")


def status_reopened(before: Record, after: Record) -> str:
    """A move to an open status, from one in which that was over."""
    return _status_move(before, after, "went", ", open again")


def status_back(before: Record, after: Record) -> str:
    """The same to the status of the first version."""
    return _status_move(before, after, "went back")


def _status_move(before: Record, after: Record, went: str, ending: str = "") -> str:
    old, new = before.overall_status, after.overall_status
    if new is None:
        return f"Overall status is no longer given; it was {old}."
    move = f"Overall status {went} from {old} to {new}" if old else f"Overall status is now given: {new}"
    move += ending if old else ""
    told = new.code in STOPPED or fold(before.why_stopped) != fold(after.why_stopped)
    return f"{move}: {quote(after.why_stopped, _REASON)}." if told and fold(after.why_stopped) else f"{move}."


def status_unknown(_: Record, after: Record) -> str:
    """The registry's own doing, and since when nobody verified the record."""
    verified = f"was {_verified(after)}"
    known = f"; last known status: {after.last_known_status}" if after.last_known_status else ""
    return f"The registry set the overall status to unknown because the record {verified}{known}."


def _verified(record: Record) -> str:
    day = PartialDate(record.status_verified_date or "")
    return (
        f"last verified {'on' if day.precision == 'day' else 'in'} {day.text}" if day.text else "not verified for long"
    )


def record_withheld(before: Record, _: Record) -> str:
    """The registry hides the record."""
    return f"The registry now withholds the record; its overall status was {before.overall_status or 'not given'}."


def record_released(_: Record, after: Record) -> str:
    """The registry shows the record again that it had hidden."""
    status = after.overall_status or "not given"
    return f"The registry released the record that it had withheld; overall status: {status}."


# Dates: what the date is called, both, and how far they are apart where both can be read


class Distance(NamedTuple):
    """From one date to another: in days between the earliest possible ones, and as people say it."""

    days: int
    amount: int
    unit: str

    @property
    def words(self) -> str:
        """The distance and its direction: 3 months later, 412 days (14 months) later."""
        length = counted(abs(self.amount), self.unit)
        if self.unit == "day" and abs(self.days) >= _IN_MONTHS:
            length += f" ({round(abs(self.days) / _DAYS_IN_MONTH)} months)"
        return f"{length} {'later' if self.days > 0 else 'earlier'}"


def date_moved(label: str, before: PartialDate, after: PartialDate, moved: Distance) -> str:
    """Where it moved to, and whether its type changed with it."""
    if before.type == after.type == "ACTUAL":
        how = f"{label} (actual) was corrected"
    else:
        how = f"{label} slipped" if moved.days > 0 else f"{label} was brought forward"
    return f"{how} from {before.text} to {after.text}, {moved.words}{_retyped(before, after)}"


def _retyped(before: PartialDate, after: PartialDate) -> str:
    if before.type == after.type:
        return ""
    if after.type == "ACTUAL":
        return ", and is now marked as actual"
    return ", and is an estimate again" if before.type == "ACTUAL" else ", and is now marked as an estimate"


def date_precision(label: str, before: PartialDate, after: PartialDate, _: Distance) -> str:
    """The same date, more or less exactly."""
    if before.text == after.text:
        return f"{label} stays {after.text}{_retyped(before, after)}"
    finer = len(after.parts) - len(before.parts)
    how = f"given {'more' if finer > 0 else 'less'} precisely" if finer else "written otherwise"
    return f"{label} is now {how}: {after.text}, formerly {before.text}{_retyped(before, after)}"


def date_actual(label: str, before: PartialDate, after: PartialDate, moved: Distance) -> str:
    """It has happened: as estimated, or how far from it."""
    if moved.days:
        return f"{label} is now actual: {after.text}, {moved.words} than the estimate of {before.text}"
    return f"{label} is now actual: {after.text}, as estimated"


def date_unmeasured(label: str, before: PartialDate | None, after: PartialDate | None, _: None) -> str:
    """A date that came, went, or cannot be read on one side."""
    if not before:
        return f"{label} was added: {_shown(after)}"
    if not after:
        return f"{label} was removed; it was {_shown(before)}"
    return f"{label} went from {_shown(before)} to {_shown(after)}"


def _shown(partial: PartialDate | None) -> str:
    text = cut(partial.text if partial else "", 40)
    kind = f" ({partial.type.lower()})" if partial and partial.type else ""
    return f"{text}{kind}" if partial and partial.precision else f"“{text}” (no date)"


# Enrollment: both numbers, None where there is none


def enrollment_target(old: int | None, new: int | None) -> str:
    """Another planned number."""
    if new is None:
        return f"Enrollment target of {counted(old or 0, 'participant')} was removed."
    if old is None:
        return f"Enrollment target was added: {counted(new, 'participant')}."
    if old == new:
        return f"Enrollment of {counted(new, 'participant')} is now marked otherwise, with the same count."
    how = "raised" if new > old else "cut"
    return f"Enrollment target was {how} from {old:,} to {counted(new, 'participant')}{_by(old, new)}."


def enrollment_actual(old: int | None, new: int | None) -> str:
    """How many came, and how that compares with the plan."""
    if new is None:
        return "Enrollment is now marked as actual, without a count."
    if old is None:
        return f"Actual enrollment is {counted(new, 'participant')}."
    if old == new:
        return f"Actual enrollment is {counted(new, 'participant')}, as planned."
    share = f", {percent(100 * new / old)} of the target of {old:,}" if old and new else f"; the target was {old:,}"
    return f"Actual enrollment is {counted(new, 'participant')}{share}."


def enrollment_corrected(old: int | None, new: int | None) -> str:
    """Another actual number, or one that is not actual any more."""
    if new is None:
        return f"Actual enrollment of {counted(old or 0, 'participant')} was removed."
    if old is None:
        return f"Actual enrollment was added: {counted(new, 'participant')}."
    if old == new:
        return f"Enrollment of {counted(new, 'participant')} is no longer marked as actual."
    return f"Actual enrollment was corrected from {old:,} to {counted(new, 'participant')}{_by(old, new)}."


def _by(old: int, new: int) -> str:
    return f", {percent(100 * (new - old) / old)} {'more' if new > old else 'fewer'}" if old and new else ""


# The record as a whole: the trial's id, and what the registry says


def trial_removed(trial_id: str, words: str) -> str:
    """The registry knows it no more, in its own words."""
    return f"{trial_id} is no longer in the registry, which says: “{words}”."


def trial_merged(trial_id: str, into: str) -> str:
    """Another record stands in its place."""
    return f"{trial_id} has been merged into {into}, which the registry now gives in its place."


def trial_restored(trial_id: str, merged_into: str | None) -> str:
    """It is listed again."""
    back = f"{trial_id} is back in the registry"
    return f"{back}, which had merged it into {merged_into}." if merged_into else f"{back} after it had gone."
