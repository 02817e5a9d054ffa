"""What is owed in the European Union: in CTIS by Regulation 536/2014, in EudraCT by guideline 2012/C 302/03. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from monitor.insight.obligations.dates import days_after, last_day, months_after
from monitor.insight.obligations.results import SOON
from monitor.insight.obligations.verdict import Confidence, Step
from monitor.model.record import PartialDate

NOTIFIED_WITHIN, TRACKER_GRACE = 15, 28
_ENDED = frozenset({"Completed", "Prematurely Ended"})


@dataclass(frozen=True, slots=True)
class Owed:
    """When results are due under European rules, and how that stands."""

    due: date | None
    status: str
    days_late: int | None
    missing: Sequence[str]
    trace: Sequence[Step]
    alert: str | None = None
    tracker: str | None = None
    """What EU TrialsTracker would say, which has rules of its own."""
    confidence: Confidence = Confidence.MEDIUM


def ctis(flat: Mapping[str, Any], today: date) -> Owed | None:
    """Summaries of results under Article 37(4): a year after the end in all Member States concerned."""
    ended = _day(flat.get("endDateEU"))
    if ended is None:
        return None
    due = months_after(ended, 12)
    has_summary = bool(flat.get("summaryResults")) or flat.get("resultsFirstReceived") == "Yes"
    missing = [] if has_summary else ["summary of results"]
    missing += [] if flat.get("laypersonResults") else ["layperson summary"]
    status, late = _status(due, today, is_done=not missing)
    step = Step("Regulation 536/2014, Article 37(4)", {"endDateEU": str(ended)}, f"due on {due}: {status}")
    return Owed(due, status, late, missing, (step,))


@dataclass(frozen=True, slots=True)
class Notified:
    """Whether the authorities were told in time of a halt."""

    due: date
    is_kept: bool
    step: Step


def halt(flat: Mapping[str, Any], today: date) -> Notified | None:
    """Articles 37(5) and 38: 15 days after the halt, at most."""
    halted = _day(flat.get("haltDate"))
    if halted is None:
        return None
    due, told = days_after(halted, NOTIFIED_WITHIN), _day(flat.get("notifiedOn"))
    is_kept = (told or today) <= due
    article = "38" if "safety" in str(flat.get("reason", "")).lower() else "37(5)"
    read = {"haltDate": str(halted), "notifiedOn": str(told) if told else None}
    return Notified(due, is_kept, Step(f"Regulation 536/2014, Article {article}", read, f"due on {due}"))


def euctr(flat: Mapping[str, Any], today: date) -> Owed:
    """Results in EudraCT: 12 months after the global end, 6 with children or a paediatric plan."""
    said = flat.get("countries")
    countries = [str(each) for each in said.values()] if isinstance(said, Mapping) else []
    is_paediatric, is_phase_1 = flat.get("pip") is True or flat.get("paediatric") is True, flat.get("phase1") is True
    read = {"countries": ", ".join(countries) or None, "phase1": str(is_phase_1), "pip": str(is_paediatric)}
    rule = "Commission guideline 2012/C 302/03"
    if is_phase_1 and not is_paediatric:
        return Owed(
            None, "not_public", None, (), (Step(rule, read, "phase 1 in adults is not public"),), tracker="exempt"
        )
    ends = [day for each in _listed(flat.get("globalEnd")) if (day := _day(each))]
    has_ended = bool(countries) and _ENDED.issuperset(countries)
    if not has_ended:
        tracker = "ended in one country, goes on in another" if ends else "ongoing"
        return Owed(None, "not_due", None, (), (Step(rule, read, "not ended in every country"),), tracker=tracker)
    if not ends:
        step = Step(rule, read, "ended everywhere, and no date is given")
        return Owed(None, "undetermined", None, (), (step,), "end_date_missing", "completed, no date")
    due = months_after(max(ends), 6 if is_paediatric else 12)
    results = _listed(flat.get("results"))
    is_done = bool(results) and all(results)
    status, late = _status(due, today, is_done=is_done)
    step = Step(rule, {**read, "globalEnd": str(max(ends))}, f"due on {due}: {status}")
    tracker = _tracker(max(ends), today, is_done=is_done)
    return Owed(due, status, late, [] if is_done else ["results"], (step,), tracker=tracker)


def _tracker(ended: date, today: date, *, is_done: bool) -> str:
    if today <= days_after(months_after(ended, 12), TRACKER_GRACE):
        return "not yet expected"
    return "results expected, reported" if is_done else "results expected, missing"


def _status(due: date, today: date, *, is_done: bool) -> tuple[str, int | None]:
    late = (today - due).days
    if is_done:
        return "reported", None
    if late > 0:
        return "overdue", late
    return "due_soon" if late >= -SOON else "not_due", None


def _day(value: object) -> date | None:
    return last_day(PartialDate(value)) if isinstance(value, str) else None


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
