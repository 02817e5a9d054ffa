"""What a study said before, invented from what it says now: as it was registered, and in the middle. Pure.

A study that was registered less than two months before its last update has no past.
"""

from copy import deepcopy
from datetime import date, timedelta

from monitor.model import Json

_LEAST = timedelta(days=60)
_POSTED_AFTER = timedelta(days=3)
_LATER = ("whyStopped", "lastKnownStatus", "resultsFirstSubmitDate", "resultsFirstSubmitQcDate")
_SECTIONS_OF_RESULTS = ("resultsSection", "annotationSection", "documentSection", "derivedSection")


def past(study: Json) -> list[Json]:
    """The versions before this one, the oldest first."""
    status = study["protocolSection"].get("statusModule", {})
    try:
        first = date.fromisoformat(status["studyFirstSubmitDate"])
        last = date.fromisoformat(status["lastUpdateSubmitDate"])
    except (KeyError, ValueError):
        return []
    if last - first < _LEAST:
        return []
    registered = _registered(study, first)
    return [registered, _under_way(registered, first + (last - first) / 2)]


def _registered(study: Json, on: date) -> Json:
    """The study as it began: planned, larger, and without what came of it."""
    made = {name: deepcopy(section) for name, section in study.items() if name not in _SECTIONS_OF_RESULTS}
    protocol = made["protocolSection"]
    status = protocol["statusModule"]
    for name in _LATER:
        status.pop(name, None)
    if status.get("overallStatus") not in ("AVAILABLE", "NO_LONGER_AVAILABLE", "WITHHELD"):
        status["overallStatus"] = "NOT_YET_RECRUITING"
    for name in ("startDateStruct", "primaryCompletionDateStruct", "completionDateStruct"):
        if "date" in status.get(name, {}):
            status[name]["type"] = "ESTIMATED"
    if "enrollmentInfo" in (design := protocol.get("designModule", {})):
        planned = (design["enrollmentInfo"].get("count") or 0) // 10 * 10 + 30
        design["enrollmentInfo"] = {"count": planned, "type": "ESTIMATED"}
    eligibility = protocol.get("eligibilityModule", {})
    criteria = eligibility.get("eligibilityCriteria", "")
    if "\n" in criteria:
        eligibility["eligibilityCriteria"] = criteria.rpartition("\n")[0]
    made["hasResults"] = False
    return _submitted(made, on)


def _under_way(registered: Json, on: date) -> Json:
    """The study as it recruits."""
    made = deepcopy(registered)
    status = made["protocolSection"]["statusModule"]
    if status.get("overallStatus") == "NOT_YET_RECRUITING":
        status["overallStatus"] = "RECRUITING"
    if "date" in status.get("startDateStruct", {}):
        status["startDateStruct"]["type"] = "ACTUAL"
    return _submitted(made, on)


def _submitted(study: Json, on: date) -> Json:
    """The study as a version of that day, posted a little later."""
    status = study["protocolSection"]["statusModule"]
    status["statusVerifiedDate"] = on.isoformat()[:7]
    status["lastUpdateSubmitDate"] = on.isoformat()
    status["lastUpdatePostDateStruct"] = {"date": (on + _POSTED_AFTER).isoformat(), "type": "ACTUAL"}
    return study
