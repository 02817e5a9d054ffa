"""Edits by which a duty ended, weakened or moved: both records judged on the same day. Pure.

No change of the verdict, no event. What is not told: an estimate replaced before anything was due, a month made a day,
a trial that truly went on.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from monitor.insight.obligations.facts import Facts
from monitor.insight.obligations.law import OWING, Applies
from monitor.insight.obligations.results import Results, ResultsAlert, ResultsStatus, results_owed, submission
from monitor.model.change import Significance


class DutyEvent(StrEnum):
    """What became of the duty."""

    LEFT = "obligation.left"
    WEAKENED = "obligation.weakened"
    POSTPONED = "obligation.postponed"


@dataclass(frozen=True, slots=True)
class Shrunk:
    """A duty that shrank through an edit: by which field, what it was and is, and what else the edit did."""

    event: DutyEvent
    cause: str
    was: str
    now: str
    significance: Significance
    days: int | None = None
    also: Sequence[str] = ()


_CAUSES = {
    "phase": ("phases",),
    "primary_completion_date": ("primary_completion", "completion"),
    "isFdaRegulatedDrug": ("regulated_drug",),
    "isFdaRegulatedDevice": ("regulated_device",),
    "countries": ("countries",),
    "isUsExport": ("is_us_export",),
    "status": ("status", "enrollment"),
    "studyType": ("study_type",),
    "primaryPurpose": ("primary_purpose",),
    "startDate": ("start",),
    "interventionTypes": ("intervention_types",),
    "resultsWaived": ("results_waived",),
}
_PRESSING = frozenset({ResultsStatus.OVERDUE, ResultsStatus.DUE_SOON})


def shrunk(before: Facts, after: Facts, today: date) -> Shrunk | None:
    """What the edit from one record to the next did to the duty, by the law of *today*; None where it did nothing."""
    was, now = results_owed(before, today), results_owed(after, today)
    if was.applicability.applies not in OWING:
        return None
    if now.applicability.applies not in OWING and now.applicability.applies is not Applies.WAIVED:
        if not _is_owed_still(was):
            return None
        return _told(DutyEvent.LEFT, before, after, today, was=_state(was), now=now.applicability.applies)
    if now.applicability.applies is Applies.ACT_IF_IND and was.applicability.applies is not Applies.ACT_IF_IND:
        return _told(DutyEvent.WEAKENED, before, after, today, was=_state(was), now=now.applicability.applies)
    return _postponed(before, after, was, now) or _taken_back(before, after, was, now)


def _is_owed_still(was: Results) -> bool:
    return was.status not in (ResultsStatus.REPORTED, ResultsStatus.REPORTED_LATE)


def _state(found: Results) -> str:
    return str(found.status or found.applicability.applies)


def _told(event: DutyEvent, before: Facts, after: Facts, today: date, *, was: str, now: str) -> Shrunk:
    weight = Significance.CRITICAL if event is DutyEvent.LEFT else Significance.MAJOR
    return Shrunk(event, _cause(before, after, today), was, now, weight)


def _cause(before: Facts, after: Facts, today: date) -> str:
    """The field that turns the verdict by itself; where only several do together, the first of them."""
    target = results_owed(after, today).applicability.applies
    moved = {
        name: {field: getattr(after, field) for field in fields}
        for name, fields in _CAUSES.items()
        if any(getattr(before, field) != getattr(after, field) for field in fields)
    }
    for name, values in moved.items():
        if results_owed(replace(before, **values), today).applicability.applies is target:
            return name
    return next(iter(moved), "record")


def _postponed(before: Facts, after: Facts, was: Results, now: Results) -> Shrunk | None:
    if ResultsAlert.LATE_CERTIFICATE in now.alerts and before.certificate is None:
        return Shrunk(DutyEvent.POSTPONED, "late_certificate", _state(was), _state(now), Significance.MAJOR)
    if was.due is None or now.due is None or now.due <= was.due or after.certificate != before.certificate:
        return None
    first, then = before.completed, after.completed
    if first is None or then is None or first.type == "ESTIMATED" or not _is_owed_still(was):
        return None
    if first.parts[:2] == then.parts[:2]:
        return None
    is_estimate_again = first.type == "ACTUAL" and then.type == "ESTIMATED"
    if was.status not in _PRESSING and not is_estimate_again:
        return None
    return Shrunk(
        event=DutyEvent.POSTPONED,
        cause="primary_completion_date",
        was=_state(was),
        now=_state(now),
        significance=Significance.CRITICAL if was.status in _PRESSING else Significance.MAJOR,
        days=(now.due - was.due).days,
        also=("actual_became_estimated",) if is_estimate_again else (),
    )


def _taken_back(before: Facts, after: Facts, was: Results, now: Results) -> Shrunk | None:
    """Results that were sent in, or posted, and are no longer there."""
    had = before.has_results or submission(before)[0] is not None
    has = after.has_results or submission(after)[0] is not None
    if not had or has:
        return None
    return Shrunk(DutyEvent.WEAKENED, "results_removed", _state(was), _state(now), Significance.MAJOR)
