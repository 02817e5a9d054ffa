"""Registration and updates in time, as far as a public record can contradict them: 42 CFR 11.24, 11.64. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from monitor.insight.obligations.dates import days_after, last_day, months_after
from monitor.insight.obligations.facts import Facts
from monitor.insight.obligations.verdict import Confidence, Step
from monitor.model.record import PartialDate

REGISTERED_WITHIN, UPDATED_WITHIN, VERIFIED_WITHIN = 21, 30, 12
"""Days, days, and months."""
_STOPPED = frozenset({"SUSPENDED", "TERMINATED", "WITHDRAWN"})
_ENDED = frozenset({"COMPLETED", "TERMINATED", "WITHDRAWN"})
_OPEN_SITES = frozenset({"RECRUITING", "NOT_YET_RECRUITING", "ENROLLING_BY_INVITATION", "AVAILABLE"})


@dataclass(frozen=True, slots=True)
class Check:
    """One duty: whether the record is in line with it, by when it was due, and what a reader should look at."""

    check: str
    is_kept: bool
    due: date | None
    step: Step
    alert: str | None = None
    confidence: Confidence = Confidence.MEDIUM
    days_late: int | None = None
    is_before_start: bool | None = None
    """Of registration: whether it came before the first participant, as ICMJE and WHO ask; the law gives 21 days."""


def checks(facts: Facts, today: date) -> Sequence[Check]:
    """What the record says of each duty that it can contradict, in the order in which people look at them."""
    return [found for check in _CHECKS if (found := check(facts, today))]


def _registration(facts: Facts, _today: date) -> Check | None:
    start, registered = last_day(facts.start), last_day(facts.registered)
    if start is None or registered is None or (facts.start and facts.start.type == "ESTIMATED"):
        return None
    due = days_after(start, REGISTERED_WITHIN)
    late = (registered - due).days
    read = {"start": _text(facts.start), "registered": _text(facts.registered)}
    return Check(
        check="registration",
        is_kept=late <= 0,
        due=due,
        step=Step("42 CFR 11.24: within 21 days after the first enrolment", read, _in_words(late)),
        confidence=Confidence.HIGH,
        days_late=late if late > 0 else None,
        is_before_start=registered <= start,
    )


def _why_stopped(facts: Facts, _today: date) -> Check | None:
    if facts.status not in _STOPPED:
        return None
    read = {"status": facts.status, "why_stopped": facts.why_stopped}
    step = Step("42 CFR 11.64: the reason with the status", read, "given" if facts.why_stopped else "missing")
    alert = None if facts.why_stopped else "why_stopped_missing"
    return Check("why_stopped", bool(facts.why_stopped), None, step, alert, Confidence.HIGH)


def _start_passed(facts: Facts, today: date) -> Check | None:
    if facts.status != "NOT_YET_RECRUITING":
        return None
    return _reached("status_update", "start", facts.start, "start_passed", today)


def _primary_completion(facts: Facts, today: date) -> Check | None:
    return _reached(
        "primary_completion_update", "primary_completion", facts.primary_completion, "actual_date_missing", today
    )


def _completion(facts: Facts, today: date) -> Check | None:
    return _reached("completion_update", "completion", facts.completion, "actual_date_missing", today)


def _reached(name: str, field: str, said: PartialDate | None, alert: str, today: date) -> Check | None:
    """A date that is still an estimate although it has passed is to be made actual, or moved, within 30 days."""
    day = last_day(said)
    if said is None or day is None or said.type != "ESTIMATED" or day >= today:
        return None
    due = days_after(day, UPDATED_WITHIN)
    late = (today - due).days
    step = Step("42 CFR 11.64: within 30 days after it was reached", {field: f"{said.text} ESTIMATED"}, _in_words(late))
    return Check(name, late <= 0, due, step, alert if late > 0 else None, days_late=late if late > 0 else None)


def _verification(facts: Facts, today: date) -> Check | None:
    verified = last_day(facts.verified)
    if verified is None or facts.status in _ENDED:
        return None
    due = months_after(verified, VERIFIED_WITHIN)
    late = (today - due).days
    read = {"verified": _text(facts.verified)}
    step = Step("42 CFR 11.64: verified every 12 months", read, _in_words(late))
    late_days = late if late > 0 else None
    return Check("verification", late <= 0, due, step, "stale" if late > 0 else None, days_late=late_days)


def _sites(facts: Facts, _today: date) -> Check | None:
    if facts.status != "RECRUITING" or not facts.site_statuses:
        return None
    is_open = not _OPEN_SITES.isdisjoint(facts.site_statuses)
    read = {"status": facts.status, "site_statuses": ", ".join(sorted({*facts.site_statuses}))}
    step = Step("42 CFR 11.64: status of the trial and of its sites", read, "in line" if is_open else "no site is open")
    return Check("site_status", is_open, None, step, None if is_open else "all_sites_closed")


def _enrollment(facts: Facts, _today: date) -> Check | None:
    if facts.status != "RECRUITING" or facts.enrollment_type is None:
        return None
    is_kept = facts.enrollment_type != "ACTUAL"
    read = {"status": facts.status, "enrollment_type": facts.enrollment_type}
    step = Step("42 CFR 11.64: enrollment is actual once it has ended", read, "in line" if is_kept else "both at once")
    return Check("enrollment", is_kept, None, step, None if is_kept else "enrollment_actual_while_recruiting")


def _withdrawn(facts: Facts, _today: date) -> Check | None:
    if facts.status != "WITHDRAWN" or not facts.enrollment:
        return None
    read = {"status": facts.status, "enrollment": str(facts.enrollment)}
    step = Step("42 CFR 11.10: withdrawn is who enrolled nobody", read, "somebody was enrolled")
    return Check("withdrawn", is_kept=False, due=None, step=step, alert="withdrawn_after_enrollment")


def _past_completion(facts: Facts, today: date) -> Check | None:
    day = last_day(facts.primary_completion)
    if facts.status != "RECRUITING" or day is None or day >= today:
        return None
    due = days_after(day, UPDATED_WITHIN)
    read = {"status": facts.status, "primary_completion": _text(facts.primary_completion)}
    step = Step("42 CFR 11.64: recruiting after primary completion", read, "both at once")
    return Check("recruiting", today <= due, due, step, None if today <= due else "recruiting_after_completion")


def _text(said: PartialDate | None) -> str | None:
    return said.text if said else None


def _in_words(late: int) -> str:
    return f"{late} days late" if late > 0 else "in time"


_CHECKS: Sequence[Callable[[Facts, date], Check | None]] = (
    *(_registration, _why_stopped, _start_passed, _primary_completion, _completion),
    *(_verification, _sites, _enrollment, _withdrawn, _past_completion),
)
