"""What FDAAA TrialsTracker shows by its own rules, to compare with the law's. Pure.

Its rules differ: it asks for no link to the United States, waits 30 days, counts 365 days for a year and three years
with a certificate whenever that was sent, and reads no waivers.
"""

from dataclasses import dataclass
from datetime import date

from monitor.insight.obligations.dates import FINAL_RULE, days_after, last_day, months_after
from monitor.insight.obligations.facts import Facts
from monitor.insight.obligations.law import COVERED_INTERVENTIONS
from monitor.insight.obligations.results import submission

GRACE, YEAR = 30, 365
_PHASES = frozenset({"PHASE2", "PHASE3", "PHASE4", "NA"})


@dataclass(frozen=True, slots=True)
class Tracked:
    """How TrialsTracker shows a trial: *flag* is act, pact, or None where it does not select it."""

    flag: str | None
    status: str | None = None
    days_late: int | None = None
    has_late_certificate: bool = False


def tracked(facts: Facts, today: date) -> Tracked:
    """What it would show on *today*."""
    completed, flag = last_day(facts.completed), _flag(facts)
    if flag is None or completed is None:
        return Tracked(None)
    certificate = last_day(facts.certificate)
    deadline = months_after(completed, 36) if certificate else days_after(completed, YEAR)
    is_late = certificate is not None and certificate > months_after(completed, 12)
    sent, is_cancelled = submission(facts)
    if sent or facts.has_results:
        late = (sent - deadline).days if sent else 0
        return Tracked(flag, "reported-late" if late > 0 else "reported", late if late > 0 else None, is_late)
    waits_until = days_after(months_after(completed, 36 if certificate else 12), GRACE)
    if today <= waits_until:
        return Tracked(flag, "ongoing", None, is_late)
    late = (today - deadline).days
    status = "overdue-cancelled" if is_cancelled else "overdue"
    return Tracked(flag, status, late if late > GRACE else None, is_late)


def _flag(facts: Facts) -> str | None:
    start, completed = last_day(facts.start), last_day(facts.completed)
    is_covered = facts.phases == ("NA",) or not _PHASES.isdisjoint(facts.phases)
    if facts.study_type != "INTERVENTIONAL" or facts.status == "WITHDRAWN" or not is_covered or start is None:
        return None
    if facts.primary_purpose == "DEVICE_FEASIBILITY":
        return None
    if start >= FINAL_RULE:
        return "act" if facts.is_regulated else None
    if completed is None or completed < FINAL_RULE:
        return None
    has_no_flags = facts.regulated_drug is None and facts.regulated_device is None
    by_type = has_no_flags and facts.regulated_in_2017 is not False and facts.has_us_location
    is_covered_type = not COVERED_INTERVENTIONS.isdisjoint(facts.intervention_types)
    return "pact" if facts.is_regulated or (by_type and is_covered_type) else None
