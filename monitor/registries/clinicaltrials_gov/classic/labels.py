"""What stands beside a label on a classic page, by what we call it. Pure.

The labels changed over the years, and between the two views; a label that is not here is passed over, people's names
and addresses among them.
"""

import re
from typing import NamedTuple

TEXTS = {
    "brief title": "briefTitle",
    "official title": "officialTitle",
    "first posted": "firstPosted",
    "first posted date": "firstPosted",
    "first received": "firstReceived",
    "first received date": "firstReceived",
    "study first received": "firstReceived",
    "first submitted date": "firstReceived",
    "results first posted": "resultsFirstPosted",
    "results first posted date": "resultsFirstPosted",
    "last update posted": "lastUpdatePosted",
    "last update posted date": "lastUpdatePosted",
    "last updated": "lastUpdated",
    "last updated date": "lastUpdated",
    "last update submitted date": "lastUpdated",
    "last verified": "lastVerified",
    "verification date": "lastVerified",
    "study type": "studyType",
    "study design": "studyDesign",
    "allocation": "allocation",
    "intervention model": "interventionModel",
    "intervention model description": "interventionModelDescription",
    "masking": "masking",
    "masking description": "maskingDescription",
    "primary purpose": "primaryPurpose",
    "observational model": "observationalModel",
    "time perspective": "timePerspective",
    "ages eligible for study": "ages",
    "ages": "ages",
    "sexes eligible for study": "sex",
    "genders eligible for study": "sex",
    "sex/gender": "sex",
    "gender": "sex",
    "accepts healthy volunteers": "healthyVolunteers",
    "sampling method": "samplingMethod",
    "study population": "studyPopulation",
    "clinicaltrials.gov identifier": "nctId",
    "nct number": "nctId",
    "study sponsor": "leadSponsor",
    "current study sponsor": "leadSponsor",
    "studies a u.s. fda-regulated drug product": "fdaRegulatedDrug",
    "studies a u.s. fda-regulated device product": "fdaRegulatedDevice",
    "product manufactured in and exported from the u.s.": "usExport",
    "has data monitoring committee": "dataMonitoringCommittee",
}
"""One value."""

TYPED = {
    "enrollment": "enrollment",
    "study start date": "startDate",
    "start date": "startDate",
    "primary completion date": "primaryCompletionDate",
    "study completion date": "completionDate",
    "completion date": "completionDate",
}
"""One value, whose type is the word before the label."""

LISTS = {
    "condition": "conditions",
    "conditions": "conditions",
    "intervention": "interventions",
    "study phase": "phases",
    "phase": "phases",
    "other study id numbers": "otherIds",
    "collaborators": "collaborators",
    "collaborator": "collaborators",
}

COUNTRIES = {"listed location countries": "countries", "removed location countries": "removedCountries"}

PARAGRAPHS = {
    "brief summary": "briefSummary",
    "detailed description": "detailedDescription",
    "eligibility criteria": "eligibilityCriteria",
}

ARMS = frozenset(("study arm", "study arms", "study group", "study groups", "study groups/cohorts"))

_TYPES = {"actual": "ACTUAL", "estimated": "ESTIMATED", "anticipated": "ESTIMATED"}
_OUTCOMES = re.compile(r"(current|original) (primary|secondary|other) (?:pre-specified )?outcome measures?")
_SUBMITTED = re.compile(r"\(submitted:?\s*([^()]{0,40})\)")
_EDGES = " :*\t\u2020"


class Label(NamedTuple):
    """A label as it counts: in small letters and without its type, its notes and the day on which it was submitted."""

    name: str
    type: str | None
    submitted: str | None

    @property
    def outcomes(self) -> tuple[str, str] | None:
        """Whether it heads outcomes: of now or as they were first, and in which role."""
        found = _OUTCOMES.fullmatch(self.name)
        return (found[1], found[2]) if found else None


def label_of(text: str) -> Label:
    """What a label says."""
    submitted = _SUBMITTED.search(text)
    name = _SUBMITTED.sub("", text).replace("ICMJE", " ").replace("(s)", "").replace("( s )", "")
    name = " ".join(name.split()).strip(_EDGES).casefold()
    word, _, rest = name.partition(" ")
    type_ = _TYPES.get(word) if rest in TYPED else None
    return Label(rest if type_ else name, type_, submitted[1].strip() if submitted else None)
