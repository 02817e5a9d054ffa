"""When results are due, and how the record stands on a day: 42 CFR 11.44. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from monitor.insight.obligations.dates import days_after, last_day, months_after
from monitor.insight.obligations.facts import Facts
from monitor.insight.obligations.law import OWING, Applicability, applicability
from monitor.insight.obligations.verdict import Confidence, Step, least

SOON = 90
"""Days before the deadline from which it is soon, the last one included."""
STANDARD_MONTHS, CERTIFICATE_MONTHS = 12, 24


class ResultsStatus(StrEnum):
    """How results stand by the public record."""

    NOT_DUE = "not_due"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    SUBMITTED = "submitted"
    SUBMITTED_LATE = "submitted_late"
    REPORTED = "reported"
    REPORTED_LATE = "reported_late"
    DELAYED = "delayed"


class ResultsAlert(StrEnum):
    """What a reader should look at."""

    SUBMISSION_CANCELLED = "submission_cancelled"
    LATE_CERTIFICATE = "late_certificate"


@dataclass(frozen=True, slots=True)
class Results:
    """Whether results are owed, by when, and how that stands; *due* is None where no day can be counted."""

    applicability: Applicability
    due: date | None
    status: ResultsStatus | None
    days_late: int | None
    alerts: Sequence[ResultsAlert]
    confidence: Confidence
    trace: Sequence[Step]


def results_owed(facts: Facts, today: date) -> Results:
    """What the record says on *today*."""
    found = applicability(facts)
    completed = last_day(facts.completed)
    if found.applies not in OWING or facts.is_ppsd or completed is None:
        return Results(found, None, None, None, (), found.confidence, found.trace)
    standard = months_after(completed, STANDARD_MONTHS)
    certificate = last_day(facts.certificate)
    is_certified = certificate is not None and certificate < standard
    due = months_after(certificate, CERTIFICATE_MONTHS) if certificate and is_certified else standard
    alerts = [] if certificate is None or is_certified else [ResultsAlert.LATE_CERTIFICATE]
    submitted, is_cancelled = submission(facts)
    if is_cancelled and not submitted:
        alerts.append(ResultsAlert.SUBMISSION_CANCELLED)
    late = ((submitted or today) - due).days
    status = _status(facts, submitted, late, due, today, is_certified=is_certified)
    return Results(
        applicability=found,
        due=due,
        status=status,
        days_late=late if late > 0 else None,
        alerts=tuple(alerts),
        confidence=_confidence(facts, found),
        trace=(*found.trace, *_steps(facts, standard, due, status, is_certified=is_certified)),
    )


def submission(facts: Facts) -> tuple[date | None, bool]:
    """When results were sent in that still stand, and whether some were taken back.

    The first release after the last that was cancelled counts. The day is hidden until they are posted, but tracked.
    """
    said = last_day(facts.results_submitted)
    cancelled = [each.unreleased for each in facts.submissions if each.unreleased]
    after = max(cancelled, default=date.min)
    releases = [each.released for each in facts.submissions if each.released and not each.unreleased]
    tracked = min((each for each in releases if each >= after), default=None)
    return said or tracked, bool(cancelled)


def _status(
    facts: Facts, submitted: date | None, late: int, due: date, today: date, *, is_certified: bool
) -> ResultsStatus:
    if facts.has_results:
        return ResultsStatus.REPORTED_LATE if submitted and late > 0 else ResultsStatus.REPORTED
    if submitted:
        return ResultsStatus.SUBMITTED_LATE if late > 0 else ResultsStatus.SUBMITTED
    if late > 0:
        return ResultsStatus.OVERDUE
    if is_certified:
        return ResultsStatus.DELAYED
    return ResultsStatus.DUE_SOON if today >= days_after(due, -SOON) else ResultsStatus.NOT_DUE


def _confidence(facts: Facts, found: Applicability) -> Confidence:
    sure = Confidence.HIGH
    if facts.completed is not facts.primary_completion or facts.certificate:
        sure = Confidence.MEDIUM
    return least(sure, found.confidence)


def _steps(facts: Facts, standard: date, due: date, status: ResultsStatus, *, is_certified: bool) -> Sequence[Step]:
    name = "primary_completion" if facts.completed is facts.primary_completion else "completion"
    completed = facts.completed.text if facts.completed else None
    steps = [Step("42 CFR 11.44(a): one year after completion", {name: completed}, f"due on {standard}")]
    if facts.certificate:
        rule = "42 CFR 11.44(b), (c): certificate of delay, sent before the deadline"
        result = f"due on {due} at the latest" if is_certified else "sent too late: the deadline stands"
        steps.append(Step(rule, {"certificate": facts.certificate.text}, result))
    sent, _ = submission(facts)
    read = {"has_results": str(facts.has_results).lower(), "results_submitted": str(sent) if sent else None}
    return [*steps, Step("42 CFR 11.44: submission counts, not posting", read, str(status))]
