"""What a document says: canonical JSON in, `Record` out. Pure; it raises for no document that was proven.

What no field took is the record's `rest`. The target size is a text in some registries; a number counts where it is
all that is said. Where the portal lost the status, nothing is known; a trial that was called off in its title is
withdrawn, in the words that stand there. Dates are not said to be planned or actual.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import orjson

from monitor.model import (
    Coded,
    CountryStatus,
    Document,
    Enrollment,
    Intervention,
    Json,
    Outcome,
    PartialDate,
    Record,
    Sponsor,
)
from monitor.model.vocabulary import shared_words
from monitor.registries.ictrp import statuses, texts
from monitor.registries.ictrp.phases import phases

Node = dict[str, Any]

PATHS: Mapping[str, str] = MappingProxyType(
    {
        "trial_id": "trial_id",
        "brief_title": "public_title",
        "official_title": "scientific_title",
        "acronym": "acronym",
        "overall_status": "recruitment_status",
        "why_stopped": "called_off",
        "country_statuses": "countries",
        "start_date": "date_enrollment",
        "completion_date": "results_date_completed",
        "enrollment": "target_size",
        "target_size": "target_size",
        "lead_sponsor": "primary_sponsor",
        "collaborators": "secondary_sponsors",
        "study_type": "study_type",
        "phases": "phase",
        "conditions": "condition",
        "interventions": "intervention",
        "primary_outcomes": "primary_outcome",
        "secondary_outcomes": "secondary_outcome",
        "minimum_age": "minimum_age",
        "maximum_age": "maximum_age",
        "sex": "gender",
        "eligibility_criteria": "inclusion_criteria",
        "has_results": "results",
        "results_first_post_date": "results_date_posted",
        "see_also_links": "results_url",
        "study_first_post_date": "date_registration",
        "secondary_ids": "secondary_ids",
    }
)
"""Where in a document a field of `monitor.changes.fields` is."""
_COUNT = re.compile(r"[0-9]{1,8}|[0-9]{1,3}(?:,[0-9]{3}){1,2}")


def record_of(document: Document, *, url: str) -> Record:
    """What a LISTED document says."""
    node: Node = orjson.loads(document.content)
    present = frozenset(node)
    node.pop("trial_id", None)
    node.pop("unknown_columns", None)
    called_off = _text(node, "called_off")
    status = _status(node, called_off)
    enrollment, target_size = _enrollment(node)
    return Record(
        registry=document.registry,
        trial_id=document.trial_id,
        url=url,
        paths=PATHS,
        brief_title=_text(node, "public_title"),
        official_title=_text(node, "scientific_title"),
        acronym=_text(node, "acronym"),
        overall_status=status,
        why_stopped=statuses.why(called_off) if called_off else None,
        country_statuses=tuple(CountryStatus(each, "", "") for each in _list(node, "countries")),
        start_date=_date(node, "date_enrollment"),
        completion_date=_date(node, "results_date_completed"),
        enrollment=enrollment,
        lead_sponsor=next((Sponsor(name) for name in (_text(node, "primary_sponsor"),) if name), None),
        collaborators=tuple(Sponsor(each) for each in _list(node, "secondary_sponsors")),
        study_type=_study_type(node),
        phases=_phases(node),
        conditions=texts.lines(_text(node, "condition") or ""),
        interventions=tuple(Intervention(None, each) for each in texts.lines(_text(node, "intervention") or "")),
        primary_outcomes=_outcomes(node, "primary_outcome"),
        secondary_outcomes=_outcomes(node, "secondary_outcome"),
        minimum_age=texts.age(_text(node, "minimum_age") or ""),
        maximum_age=texts.age(_text(node, "maximum_age") or ""),
        sex=_sex(node),
        eligibility_criteria=_criteria(node),
        has_results=_has_results(node),
        details=_details(node, target_size),
        rest={name: value for name, value in node.items() if value not in ("", [], None)},
        lost=frozenset() if status else frozenset({"overall_status"}),
        silent=frozenset(field for field, path in PATHS.items() if path not in present) - {"trial_id", "why_stopped"}
        | {"last_known_status"},
    )


def _text(node: Node, name: str) -> str | None:
    """The text at *name*, taken; None for one that says nothing, and for what is none."""
    found = node.get(name)
    if type(found) is not str:
        return None
    del node[name]
    return None if texts.is_nothing(found) else found


def _list(node: Node, name: str) -> list[str]:
    found = node.get(name)
    if type(found) is not list or not all(type(each) is str for each in found):
        return []
    del node[name]
    return found


def _status(node: Node, called_off: str | None) -> Coded | None:
    words = node.pop("recruitment_status", None)
    if called_off:
        return Coded("WITHDRAWN", called_off)
    return statuses.status(words) if type(words) is str else None


def _date(node: Node, name: str) -> PartialDate | None:
    """A date; what can be none stays where it is, so that it is seen."""
    found = node.get(name)
    if type(found) is not str or not texts.is_believable(found):
        return None
    del node[name]
    return PartialDate(found)


def _enrollment(node: Node) -> tuple[Enrollment | None, str | None]:
    """The number of participants, or the text that stands for it."""
    said = _text(node, "target_size")
    if said and _COUNT.fullmatch(said):
        return Enrollment(int(said.replace(",", "")), "ESTIMATED"), None
    return None, said


def _phases(node: Node) -> tuple[Coded, ...]:
    found = node.get("phase")
    read = phases(found) if type(found) is str else None
    if read is None:
        return ()
    del node["phase"]
    return read


_TYPES = {
    "interv": "INTERVENTIONAL",
    "observ": "OBSERVATIONAL",
    "epidem": "OBSERVATIONAL",
    "expanded": "EXPANDED_ACCESS",
}


def _study_type(node: Node) -> Coded | None:
    said = _text(node, "study_type")
    if not said:
        return None
    code = next((code for begins, code in _TYPES.items() if said.lower().startswith(begins)), "OTHER")
    return Coded(code, shared_words(code) if code != "OTHER" else said)


def _sex(node: Node) -> Coded | None:
    said = (_text(node, "gender") or "").lower()
    if not said:
        return None
    female = bool(re.search(r"\bfemales?\b(?!: no)|\bwomen\b|\bboth\b|\ball\b|\bany\b", said))
    male = bool(re.search(r"\bmales?\b(?!: no)|(?<!wo)\bmen\b|\bboth\b|\ball\b|\bany\b", said))
    code = "ALL" if female and male else "FEMALE" if female else "MALE" if male else None
    return Coded(code, shared_words(code)) if code else None


def _outcomes(node: Node, name: str) -> tuple[Outcome, ...]:
    return tuple(Outcome(each) for each in texts.lines(_text(node, name) or ""))


def _criteria(node: Node) -> str | None:
    included, excluded = _text(node, "inclusion_criteria"), _text(node, "exclusion_criteria")
    said = [
        f"{heading}:\n{text}"
        for heading, text in (("Inclusion criteria", included), ("Exclusion criteria", excluded))
        if text
    ]
    return "\n\n".join(said) or None


def _has_results(node: Node) -> bool:
    said = _text(node, "results")
    return bool(said and said.lower() in {"yes", "true", "y", "1"}) or bool(node.get("results_date_posted"))


def _details(node: Node, target_size: str | None) -> dict[str, Json]:
    url = _text(node, "results_url")
    said: dict[str, Json] = {
        "target_size": target_size,
        "study_first_post_date": _text(node, "date_registration"),
        "results_first_post_date": _text(node, "results_date_posted"),
        "see_also_links": [{"label": "Results", "url": url}] if url else None,
        "secondary_ids": [{"id": each, "type": "OTHER"} for each in _list(node, "secondary_ids")] or None,
    }
    return {name: value for name, value in said.items() if value is not None}
