"""What a registry does to its trials: changes that people want to hear of, and what is none. Pure, on one study."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

Study = dict[str, Any]
Edit = Callable[[Study, int], bool]
"""Changes the study in place, differently for each number, and says whether it could."""

STATUSES = ("SUSPENDED", "RECRUITING", "TERMINATED", "ENROLLING_BY_INVITATION")


def _module(study: Study, name: str) -> Study:
    made: Study = study["protocolSection"].setdefault(name, {})
    return made


def change_status(study: Study, number: int) -> bool:
    """Another status, with a reason where it is one of stopping."""
    module = _module(study, "statusModule")
    others = [each for each in STATUSES if each != module.get("overallStatus")]
    module["overallStatus"] = others[number % len(others)]
    module.pop("whyStopped", None)
    if module["overallStatus"] in ("SUSPENDED", "TERMINATED"):
        module["whyStopped"] = f"Slow accrual (decision {number})"
    return True


def change_enrollment(study: Study, number: int) -> bool:
    """Half as many people again, and some more."""
    info = _module(study, "designModule").get("enrollmentInfo")
    if not info:
        return False
    info["count"] = info["count"] * 3 // 2 + 10 + number
    return True


def postpone(study: Study, number: int) -> bool:
    """Primary completion some months later."""
    dated = _module(study, "statusModule").get("primaryCompletionDateStruct")
    if not dated:
        return False
    dated["date"] = (date.fromisoformat(f"{dated['date']}-01"[:10]) + timedelta(days=200 + number)).isoformat()
    return True


def replace_outcome(study: Study, number: int) -> bool:
    """Another primary outcome in place of the first."""
    outcomes = _module(study, "outcomesModule").get("primaryOutcomes")
    if not outcomes:
        return False
    outcomes[0] = {"measure": f"Time to progression, definition {number}", "timeFrame": f"{12 + number} months"}
    return True


def move_time_frame(study: Study, number: int) -> bool:
    """The same primary outcome, measured at another time."""
    outcomes = _module(study, "outcomesModule").get("primaryOutcomes")
    if not outcomes:
        return False
    outcomes[0]["timeFrame"] = f"Baseline and week {100 + number}"
    return True


def add_outcome(study: Study, number: int) -> bool:
    """One more secondary outcome."""
    outcomes = _module(study, "outcomesModule").setdefault("secondaryOutcomes", [])
    outcomes.append({"measure": f"Number of falls, count {number}", "timeFrame": "12 months"})
    return True


def change_criteria(study: Study, number: int) -> bool:
    """One more criterion that excludes people."""
    module = _module(study, "eligibilityModule")
    if "eligibilityCriteria" not in module:
        return False
    module["eligibilityCriteria"] += f"\n* Took part in trial number {number} before"
    return True


def change_sponsor(study: Study, number: int) -> bool:
    """Another lead sponsor."""
    _module(study, "sponsorCollaboratorsModule")["leadSponsor"] = {
        "name": f"Successor {number} Ltd",
        "class": "INDUSTRY",
    }
    return True


def change_title(study: Study, number: int) -> bool:
    """Another brief title."""
    module = _module(study, "identificationModule")
    module["briefTitle"] = f"{module['briefTitle'].partition(' (part')[0]} (part {number})"
    return True


def add_site(study: Study, number: int) -> bool:
    """One more place."""
    locations = _module(study, "contactsLocationsModule").setdefault("locations", [])
    locations.append({"facility": f"Clinic {number}", "city": "Lyon", "country": "France", "status": "RECRUITING"})
    return True


CHANGES: Mapping[str, Edit] = {
    "status and why stopped": change_status,
    "enrollment": change_enrollment,
    "primary completion": postpone,
    "a primary outcome replaced": replace_outcome,
    "its time frame": move_time_frame,
    "a secondary outcome added": add_outcome,
    "eligibility criteria": change_criteria,
    "lead sponsor": change_sponsor,
    "brief title": change_title,
    "a site added": add_site,
}
"""What a subscriber wants to hear of, by what it is."""


def reorder_outcomes(study: Study, _: int) -> bool:
    """The same outcomes in the opposite order."""
    module = study["protocolSection"].get("outcomesModule", {})
    lists = [each for each in module.values() if len(each) > 1]
    for each in lists:
        each.reverse()
    return bool(lists)


def respell_city(study: Study, _: int) -> bool:
    """The same places, each city in capitals."""
    locations = study["protocolSection"].get("contactsLocationsModule", {}).get("locations", [])
    for each in locations:
        each["city"] = each["city"].upper()
    return bool(locations)


def date_of(timestamp: str) -> date:
    """The day of a data build."""
    return date.fromisoformat(timestamp[:10])


def date_update(study: Study, day: date) -> None:
    """Date the study as updated and verified on *day*."""
    study["protocolSection"]["statusModule"] |= {
        "statusVerifiedDate": day.isoformat()[:7],
        "lastUpdateSubmitDate": day.isoformat(),
        "lastUpdatePostDateStruct": {"date": day.isoformat(), "type": "ACTUAL"},
    }
