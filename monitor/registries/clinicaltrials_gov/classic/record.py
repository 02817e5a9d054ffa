"""What a classic page says, and on what it is silent. Pure; it raises for no document that was proven.

A comparison with a record of the API, or with another page, tells only what both can say: the titles, the status and
why the trial stopped, enrollment, the three dates, sponsors, outcomes without their descriptions, ages and countries.
The rest is shown, and compared with nothing: arms have no identity on a page, and texts have lost their blanks.
"""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import orjson

from monitor.changes.fields import FIELDS
from monitor.model import (
    Arm,
    Coded,
    Document,
    Enrollment,
    Intervention,
    Json,
    Outcome,
    PartialDate,
    Record,
    Site,
    Sponsor,
)
from monitor.ports import Oddity
from monitor.registries.clinicaltrials_gov.classic.content import TOP
from monitor.registries.clinicaltrials_gov.codes import coded, is_documented
from monitor.registries.clinicaltrials_gov.record import PAGE

Node = dict[str, Any]

COMPARED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "brief_title": ("briefTitle",),
        "official_title": ("officialTitle",),
        "overall_status": ("overallStatus",),
        "last_known_status": ("lastKnownStatus",),
        "why_stopped": ("whyStopped",),
        "enrollment": ("enrollment",),
        "start_date": ("startDate",),
        "primary_completion_date": ("primaryCompletionDate",),
        "completion_date": ("completionDate",),
        "lead_sponsor": ("leadSponsor",),
        "collaborators": ("collaborators",),
        "primary_outcomes": ("primaryOutcomes",),
        "secondary_outcomes": ("secondaryOutcomes",),
        "other_outcomes": ("otherOutcomes",),
        "minimum_age": ("ages",),
        "maximum_age": ("ages",),
        "sites": ("sites", "countries"),
    }
)
"""The fields that are compared, each with the members of a page that tell it; where the page has one of them."""

_ALWAYS_SILENT = frozenset(
    (
        "lead_sponsor.kind",
        "collaborators.kind",
        "primary_outcomes.description",
        "secondary_outcomes.description",
        "other_outcomes.description",
        "sites.facility",
    )
)
_TYPED = ("enrollment", "start_date", "primary_completion_date", "completion_date")
_NOT_A_FIELD_TO_LOSE = frozenset(("trial_id",))

_BRACKETS = re.compile(r"\s*[(\[].*$", re.DOTALL)
_PHASE = re.compile(r"Early Phase 1|Phase [0-4]|N/A|Not Applicable", re.IGNORECASE)
_FROM = re.compile(r"([0-9]{1,3}) (Year|Month|Week|Day|Hour|Minute)s?\b")
_UP_TO = re.compile(r"^\s*up to\b", re.IGNORECASE)
_MASKINGS = {"Open Label": "NONE", "Single Blind": "SINGLE", "Double Blind": "DOUBLE", "Double-Blind": "DOUBLE"}
_STATUSES = {"Unknown status": "UNKNOWN", "Unknown": "UNKNOWN"}
_PHASES = {"N/A": "NA", "NOT APPLICABLE": "NA"}
_ID_TYPES = {
    "U.S. NIH Grant/Contract": "NIH",
    "Other Grant/Funding Number": "OTHER_GRANT",
    "EudraCT Number": "EUDRACT_NUMBER",
}
_TRUTHS = {"yes": True, "no": False}
_DESIGN_NAMES = ("allocation", "interventionModel", "masking", "primaryPurpose")


def parse_page(document: Document) -> Record:
    """What the document of a classic page says."""
    page: Node = orjson.loads(document.content)[TOP]
    paths = {field: f"{TOP}.{names[0]}" for field, names in COMPARED.items()}
    return Record(
        registry=document.registry,
        trial_id=document.trial_id,
        url=PAGE + document.trial_id,
        paths=paths,
        **_status(page),
        **_design(page),
        **_who_and_where(page),
        **_eligibility(page),
        details=_details(page),
        silent=_silent(page),
    )


def unknown_in(document: Document) -> Sequence[Oddity]:
    """The status, where it is none that is known."""
    words = orjson.loads(document.content)[TOP]["overallStatus"]
    return (
        ()
        if _status_code(words).code != "UNKNOWN" or words in _STATUSES
        else (Oddity(f"{TOP}.overallStatus", words[:100]),)
    )


def _silent(page: Node) -> frozenset[str]:
    """What nobody can learn from the page, and what cannot be compared."""
    told = {field for field, names in COMPARED.items() if any(name in page for name in names)}
    silent = FIELDS.keys() - told - _NOT_A_FIELD_TO_LOSE | _ALWAYS_SILENT
    if page.get("generation") == "2011":
        # Until 2017 the word before a label told only what was still expected.
        typed = {name: page.get(COMPARED[name][0]) for name in _TYPED}
        silent |= {f"{name}.type" for name, value in typed.items() if _member(value, "type") is None}
    return frozenset(silent)


def _status(page: Node) -> Node:
    words = _text(page, "lastKnownStatus")
    return {
        "brief_title": _text(page, "briefTitle"),
        "official_title": _text(page, "officialTitle"),
        "overall_status": _status_code(page["overallStatus"]),
        "last_known_status": _status_code(words) if words else None,
        "why_stopped": _text(page, "whyStopped"),
        "start_date": _date(page.get("startDate")),
        "primary_completion_date": _date(page.get("primaryCompletionDate")),
        "completion_date": _date(page.get("completionDate")),
        "status_verified_date": _day(_text(page, "lastVerified")),
        "last_update_post_date": _day(_text(page, "lastUpdatePosted")),
        "last_update_submit_date": _day(_text(page, "lastUpdated")),
        "has_results": page.get("hasResults") is True,
    }


def _status_code(words: str) -> Coded:
    code = _STATUSES.get(words) or coded(words).code
    return coded(code) if is_documented(code) else Coded("UNKNOWN", words)


def _design(page: Node) -> Node:
    codes = {name: _design_code(_text(page, name)) for name in _DESIGN_NAMES}
    study_type = _text(page, "studyType")
    enrolled = page.get("enrollment")
    count = re.match(r"[0-9][0-9,]{0,11}", str(_member(enrolled, "value") or ""))
    phases = (found[0] for each in _texts(page, "phases") for found in _PHASE.finditer(each))
    return {
        "study_type": coded(_BRACKETS.sub("", study_type)) if study_type else None,
        "phases": tuple(coded(_PHASES.get(each.upper(), each)) for each in dict.fromkeys(phases)),
        "enrollment": Enrollment(int(count[0].replace(",", "")), _member(enrolled, "type")) if count else None,
        "allocation": codes["allocation"],
        "intervention_model": codes["interventionModel"],
        "masking": codes["masking"],
        "primary_purpose": codes["primaryPurpose"],
        "arms": tuple(_arms(page)),
        "interventions": tuple(
            Intervention(_letters(_member(each, "type")), str(_member(each, "name")))
            for each in _items(page, "interventions")
            if _member(each, "name")
        ),
        "primary_outcomes": tuple(_outcomes(page, "primaryOutcomes")),
        "secondary_outcomes": tuple(_outcomes(page, "secondaryOutcomes")),
        "other_outcomes": tuple(_outcomes(page, "otherOutcomes")),
    }


def _design_code(words: str | None) -> Coded | None:
    if not words:
        return None
    bare = _BRACKETS.sub("", words).removesuffix(" Assignment").strip()
    return coded(_MASKINGS.get(bare, _PHASES.get(bare.upper(), bare)))


def _arms(page: Node) -> list[Arm]:
    return [
        Arm(
            str(_member(each, "label")),
            _letters(_member(each, "type")),
            _member(each, "description"),
            tuple(map(str, _member(each, "interventions") or ())),
        )
        for each in _items(page, "arms")
        if _member(each, "label")
    ]


def _letters(type_: Json) -> str | None:
    return coded(type_).code if isinstance(type_, str) else None


def _outcomes(page: Node, name: str) -> list[Outcome]:
    return [
        Outcome(str(_member(each, "measure")), _member(each, "timeFrame"), _member(each, "description"))
        for each in _items(page, name)
        if _member(each, "measure")
    ]


def _who_and_where(page: Node) -> Node:
    lead = _text(page, "leadSponsor")
    places = (Site(**{name: _member(each, name) for name in _PLACE}) for each in _items(page, "sites"))
    sites = [_with_status_code(site) for site in places if site != Site()]
    return {
        "lead_sponsor": Sponsor(lead) if lead else None,
        "collaborators": tuple(Sponsor(name) for name in _texts(page, "collaborators")),
        "conditions": tuple(_texts(page, "conditions")),
        "sites": tuple(sites or (Site(country=name) for name in _texts(page, "countries"))),
    }


_PLACE = ("facility", "city", "state", "zip", "country", "status")


def _with_status_code(site: Site) -> Site:
    status = _status_code(site.status).code if site.status else None
    return Site(site.facility, site.city, site.state, site.zip, site.country, status)


def _eligibility(page: Node) -> Node:
    ages = _BRACKETS.sub("", _text(page, "ages") or "")
    found = [f"{number} {unit}{'s' if number != '1' else ''}" for number, unit in _FROM.findall(ages)[:2]]
    if _UP_TO.match(ages):
        found.insert(0, "")
    sex = _text(page, "sex")
    return {
        "minimum_age": (found[0] or None) if found else None,
        "maximum_age": found[1] if len(found) > 1 else None,
        "sex": coded("ALL" if sex == "Both" else sex) if sex else None,
        "healthy_volunteers": _TRUTHS.get((_text(page, "healthyVolunteers") or "").casefold()),
        "eligibility_criteria": _text(page, "eligibilityCriteria"),
    }


def _details(page: Node) -> dict[str, Json]:
    """What is only shown."""
    ids = [_secondary_id(each) for each in _texts(page, "otherIds")]
    own = ids.pop(0) if ids and "type" not in ids[0] else None
    first_posted = _day(_text(page, "firstPosted"))
    found: dict[str, Json] = {
        "brief_summary": _text(page, "briefSummary"),
        "detailed_description": _text(page, "detailedDescription"),
        "study_first_post_date": {"date": first_posted} if first_posted else None,
        "study_first_submit_date": _day(_text(page, "firstReceived")),
        "org_study_id": own["id"] if own else None,
        "secondary_ids": ids or None,
        "fda_regulated_drug": _TRUTHS.get((_text(page, "fdaRegulatedDrug") or "").casefold()),
        "fda_regulated_device": _TRUTHS.get((_text(page, "fdaRegulatedDevice") or "").casefold()),
        "data_monitoring_committee": _TRUTHS.get((_text(page, "dataMonitoringCommittee") or "").casefold()),
        "registered_outcomes": _registered(page) or None,
        "outcomes_submitted": _submitted(page) or None,
        "listed_outcomes": [_as_json(each, None) for each in _outcomes(page, "listedOutcomes")] or None,
    }
    return {name: value for name, value in found.items() if value is not None}


def _secondary_id(text: str) -> dict[str, str]:
    """An id with what stands behind it in brackets: its type, and who gave it."""
    name, bracket, rest = text.partition("(")
    if not bracket:
        return {"id": text.strip()}
    kind, _, domain = rest.strip(" )").partition(":")
    found = {"id": name.strip(), "type": _ID_TYPES.get(kind.strip(), "OTHER")}
    return found | ({"domain": domain.strip()} if domain.strip() else {})


def _registered(page: Node) -> list[Json]:
    """The outcomes as they were first registered, which only the Tabular View has."""
    return [
        _as_json(outcome, role)
        for role in ("primary", "secondary", "other")
        for outcome in _outcomes(page, f"original{role.capitalize()}Outcomes")
    ]


def _as_json(outcome: Outcome, role: str | None) -> dict[str, Json]:
    said = {
        "role": role,
        "label": outcome.measure,
        "time_frame": outcome.time_frame,
        "description": outcome.description,
    }
    return {name: value for name, value in said.items() if value}


def _submitted(page: Node) -> list[Json]:
    """On which day the sponsor last submitted the outcomes of each role, as they are and as they were first."""
    return [
        {"label": f"{when}{role} outcomes", "date": day}
        for role in ("primary", "secondary", "other")
        for when, name in (("", f"{role}Outcomes"), ("original ", f"original{role.capitalize()}Outcomes"))
        if (day := _day(_text(page, f"{name}Submitted")))
    ]


# Values


def _text(page: Node, name: str) -> str | None:
    value = page.get(name)
    return value if isinstance(value, str) and value else None


def _texts(page: Node, name: str) -> list[str]:
    return [each for each in _items(page, name) if isinstance(each, str) and each]


def _items(page: Node, name: str) -> list[Json]:
    value = page.get(name)
    return value if isinstance(value, list) else []


def _member(value: Json, name: str) -> Json:
    return value.get(name) if isinstance(value, dict) else None


def _date(value: Json) -> PartialDate | None:
    day = _day(_BRACKETS.sub("", str(_member(value, "value") or "")))
    return PartialDate(day, _member(value, "type")) if day else None


def _day(words: str | None) -> str | None:
    """A date as the API writes it; as the page does where that is no date."""
    parts = PartialDate(words).parts if words else ()
    return "-".join(f"{part:02}" for part in parts) if parts else words or None
