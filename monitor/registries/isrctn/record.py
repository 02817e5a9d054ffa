"""What a document says: canonical JSON in, `Record` out. Pure; it raises for no document that was proven.

A field *takes* what it understands out of the freshly read tree; what nobody took is the record's `rest`. Dropped is
what the registry's own software brings and takes away: fields that it moved to another place in 2024 and what it left
in their old one, the same numbers in a second list, notes of its editors.
"""

import re
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

import orjson

from monitor.model import (
    Coded,
    Document,
    Enrollment,
    Intervention,
    Outcome,
    Record,
    Site,
    Sponsor,
)
from monitor.registries.isrctn import stating
from monitor.registries.isrctn.details import take_details, take_documents
from monitor.registries.isrctn.ids import PAGE
from monitor.registries.isrctn.stating import OVERRIDES, status_on
from monitor.registries.isrctn.taking import (
    items_at,
    numbered,
    take_count,
    take_date,
    take_said,
    take_text,
    take_texts,
    text_of,
)
from monitor.registries.taking import Node, object_at

PHASES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "phase 0": ("EARLY_PHASE1",),
        "phase i": ("PHASE1",),
        "phase i/ii": ("PHASE1", "PHASE2"),
        "phase ii": ("PHASE2",),
        "phase ii/iii": ("PHASE2", "PHASE3"),
        "phase iii": ("PHASE3",),
        "phase iii/iv": ("PHASE3", "PHASE4"),
        "phase iv": ("PHASE4",),
        "not applicable": ("NA",),
        "not specified": (),
    }
)
"""By the registry's words in small letters."""
SEXES = MappingProxyType({"both": "ALL", "all": "ALL", "female": "FEMALE", "male": "MALE"})
RESULTS = frozenset(("resultsarticle", "basicresults", "plainenglish", "thesis", "preprint"))
"""Types of output that are results."""
_STUDY_TYPES = MappingProxyType({"interventional": "INTERVENTIONAL", "observational": "OBSERVATIONAL"})
_PREFIX = re.compile("^Old ethics approval format[\\s]*")
_NATIONS = frozenset(("England", "Scotland", "Wales", "Northern Ireland"))
_DROPPED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "trialDescription": (
            "acknowledgment",
            "ethicsApprovalRequired",
            "primaryOutcomes",
            "secondaryOutcomes",
            "trialWebsite",
        ),
        "trialDesign": ("overallStartDate", "trialSetting", "trialSettings"),
        "participants": ("totalTarget", "patientInfoSheet"),
        "results": (
            "biomedRelated",
            "intentToPublish",
            "publicationPlan",
            "publicationDetails",
            "basicReport",
            "plainEnglishReport",
        ),
        "externalRefs": ("doi",),
    }
)

PATHS: Mapping[str, str] = MappingProxyType(
    {
        "trial_id": "trial.isrctn",
        "brief_title": "trial.trialDescription.title",
        "official_title": "trial.trialDescription.scientificTitle",
        "acronym": "trial.trialDescription.acronym",
        "overall_status": "trial.trialDesign.overallStatusOverride",
        "why_stopped": "trial.trialDesign.reasonAbandoned",
        "start_date": "trial.participants.recruitmentStart",
        "recruitment_end_date": "trial.participants.recruitmentEnd",
        "completion_date": "trial.trialDesign.overallEndDate",
        "last_update_post_date": "trial.@lastUpdated",
        "study_first_post_date": "trial.isrctn.@dateAssigned",
        "enrollment": "trial.participants.targetEnrolment",
        "lead_sponsor": "sponsors",
        "collaborators": "sponsors",
        "study_type": "trial.trialDesign.primaryStudyDesign",
        "phases": "trial.interventions.intervention.phase",
        "interventions": "trial.interventions.intervention",
        "primary_outcomes": "trial.trialDescription.primaryOutcome",
        "secondary_outcomes": "trial.trialDescription.secondaryOutcome",
        "minimum_age": "trial.participants.lowerAgeLimit",
        "maximum_age": "trial.participants.upperAgeLimit",
        "sex": "trial.participants.gender",
        "eligibility_criteria": "trial.participants.inclusion",
        "sites": "trial.participants.trialCentres.trialCentre",
        "conditions": "trial.conditions.condition",
        "has_results": "trial.results.publicationStage",
        "secondary_ids": "trial.externalRefs",
        "brief_summary": "trial.trialDescription.plainEnglishSummary",
        "detailed_description": "trial.trialDescription.studyHypothesis",
        "ipd_sharing": "trial.miscellaneous.ipdSharingPlan",
        "ipd_description": "trial.results.ipdSharingStatement",
        "references": "trial.outputs.output",
        "documents": "trial.attachedFiles.attachedFile",
    }
)
"""Where in a document a field of `monitor.changes.fields` is."""

ADDED = ("ipd_sharing", "ipd_description", "minimum_age", "maximum_age", "references", "documents")
"""Fields of which few records before 2024 say anything, or none: there was no place for them."""
LASTING = ("trialDescription", "trialDesign", "participants", "conditions", "interventions")


def parse(document: Document, day: date) -> Record:
    """What a LISTED document says on *day*."""
    tree: Node = orjson.loads(document.content)
    trial = object_at(tree, "trial")
    parts = frozenset(name for name in LASTING if trial.get(name))
    status, updated = status_on(trial, day), text_of(trial.get("@lastUpdated")) or ""
    is_former = "miscellaneous" not in trial and "participantTypes" not in object_at(trial, "participants")
    fields = _described(trial) | _designed(trial) | _participating(trial) | _sponsored(tree)
    fields |= {"has_results": _has_results(trial), "conditions": _conditions(trial), "documents": take_documents(trial)}
    details = {name: value for name, value in take_details(trial).items() if value}
    silent = frozenset(name for name in ADDED if is_former and not (fields.get(name) or details.get(name)))
    for name in ("@lastUpdated", "@version", "isrctn"):
        trial.pop(name, None)
    for section, names in _DROPPED.items():
        for name in names:
            object_at(trial, section).pop(name, None)
    _respell(trial)
    return Record(
        registry=document.registry,
        trial_id=document.trial_id,
        url=PAGE + document.trial_id,
        paths=PATHS,
        overall_status=status,
        last_update_post_date=updated[:10] or None,
        details=details,
        rest=_without_empty(tree),
        silent=silent,
        parts=parts,
        **fields,
    )


def next_move(document: Document, after: date) -> date | None:
    """The first day after *after* on which a LISTED document says something else; None where it never does."""
    return stating.next_move(object_at(orjson.loads(document.content), "trial"), after)


# Section by section


def _described(trial: Node) -> Node:
    section = object_at(trial, "trialDescription")
    return {
        "brief_title": take_text(section, "title"),
        "official_title": take_text(section, "scientificTitle"),
        "acronym": take_said(section, "acronym"),
        "primary_outcomes": _outcomes(section, "primaryOutcome"),
        "secondary_outcomes": _outcomes(section, "secondaryOutcome"),
    }


def _outcomes(section: Node, name: str) -> tuple[Outcome, ...]:
    text = take_said(section, name)
    return tuple(Outcome(measure) for measure in dict.fromkeys(numbered(text))) if text else ()


def _designed(trial: Node) -> Node:
    design = object_at(trial, "trialDesign")
    for section, name in OVERRIDES:
        object_at(trial, section).pop(name, None)
    phases: dict[str, None] = {}
    interventions = []
    holder = object_at(trial, "interventions")
    for item in items_at(holder.pop("intervention", None)):
        if not isinstance(item, dict):
            continue
        phases |= dict.fromkeys(filter(None, [take_said(item, "phase")]))
        if one := _intervention(item):
            interventions.append(one)
        if left := _without_empty(item):
            holder.setdefault("", []).append(left)
    kind = take_text(design, "primaryStudyDesign")
    return {
        "why_stopped": take_said(design, "reasonAbandoned"),
        "completion_date": take_date(design, "overallEndDate"),
        "study_type": Coded(_STUDY_TYPES.get(kind.lower(), kind.upper()), kind) if kind else None,
        "phases": tuple(code for words in phases for code in _phases(words)),
        "interventions": tuple(interventions),
    }


def _intervention(item: Node) -> Intervention | None:
    kind, drugs = take_said(item, "interventionType"), take_said(item, "drugNames")
    name = drugs or kind
    return Intervention(kind, name, take_said(item, "description")) if name else None


def _phases(words: str) -> tuple[Coded, ...]:
    codes = PHASES.get(" ".join(words.lower().split()))
    if codes is None:
        return (Coded(words.upper(), words),)
    return tuple(Coded(code, words) for code in codes)


def _participating(trial: Node) -> Node:
    section = object_at(trial, "participants")
    target, final = take_count(section, "targetEnrolment"), take_count(section, "totalFinalEnrolment")
    if text_of(section.get("totalFinalEnrolment")) == "0":
        del section["totalFinalEnrolment"]
    planned = Enrollment(target, "ESTIMATED") if target else None
    sex = take_said(section, "gender")
    for name, item in (("participantTypes", "participantType"),):
        if kinds := take_texts(section, name, item):
            section[item] = kinds
    return {
        "enrollment": Enrollment(final, "ACTUAL") if final else planned,
        "start_date": take_date(section, "recruitmentStart"),
        "recruitment_end_date": take_date(section, "recruitmentEnd"),
        "minimum_age": take_said(section, "lowerAgeLimit"),
        "maximum_age": take_said(section, "upperAgeLimit"),
        "sex": Coded(SEXES.get(sex.lower(), sex.upper()), _sex_words(sex)) if sex else None,
        "eligibility_criteria": _criteria(section),
        "sites": _sites(section),
    }


def _sex_words(sex: str) -> str:
    return "All" if sex.lower() == "both" else sex


def _criteria(section: Node) -> str | None:
    """Both texts under the headings that other registries have within one."""
    parts = [
        (heading, take_said(section, name))
        for heading, name in (("Inclusion Criteria", "inclusion"), ("Exclusion Criteria", "exclusion"))
    ]
    return "\n\n".join(f"{heading}:\n\n{text}" for heading, text in parts if text) or None


def _sites(section: Node) -> tuple[Site, ...]:
    """The centres, and the countries of recruitment in which there is none."""
    centres = object_at(section, "trialCentres").get("trialCentre")
    sites = []
    for item in items_at(centres):
        if isinstance(item, dict):
            name, city, zip_, country = (text_of(item.get(each)) for each in ("name", "city", "zip", "country"))
            sites.append(Site(name, city, text_of(item.get("state")), _postcode(zip_), _nation(country)))
    if centres is not None:
        section.pop("trialCentres")
    there = {site.country for site in sites}
    countries = dict.fromkeys(map(_nation, take_texts(section, "recruitmentCountries", "country")))
    return tuple(dict.fromkeys((*sites, *(Site(country=each) for each in countries if each and each not in there))))


def _postcode(text: str | None) -> str | None:
    return None if text is None or not text.strip("- ") else text


def _nation(country: str | None) -> str | None:
    return "United Kingdom" if country in _NATIONS else country


def _conditions(trial: Node) -> tuple[str, ...]:
    holder = object_at(trial, "conditions")
    found = []
    for item in items_at(holder.get("condition")):
        words = take_text(item, "description") if isinstance(item, dict) else text_of(item)
        found += [words] if words else []
    return tuple(dict.fromkeys(found))


def _sponsored(tree: Node) -> Node:
    named = [
        Sponsor(name, text_of(item.get("sponsorType")))
        for item in items_at(tree.get("sponsors"))
        if isinstance(item, dict) and (name := text_of(item.get("organisation")))
    ]
    if named:
        del tree["sponsors"]
    return {"lead_sponsor": named[0] if named else None, "collaborators": tuple(dict.fromkeys(named[1:]))}


def _has_results(trial: Node) -> bool:
    stage = take_text(object_at(trial, "results"), "publicationStage")
    outputs = items_at(object_at(trial, "outputs").get("output"))
    kinds = {str(item.get("@outputType", "")).lower() for item in outputs if isinstance(item, dict)}
    return stage == "Results" or bool(kinds & RESULTS)


def _respell(trial: Node) -> None:
    """Bring what is left into the form of today: names of before 2024, and lists of one."""
    for section, name, item in (
        ("trialDesign", "trialTypes", "trialType"),
        ("trialDesign", "secondaryStudyDesigns", "secondaryStudyDesign"),
        ("results", "dataPolicies", "dataPolicy"),
    ):
        node = object_at(trial, section)
        if texts := take_texts(node, name, item):
            node[item] = texts
    description = object_at(trial, "trialDescription")
    if approval := text_of(description.get("ethicsApproval")):
        description["ethicsApproval"] = _PREFIX.sub("", approval)


def _without_empty(node: Node) -> dict[str, Any]:
    """The tree without objects in which nothing is left."""
    kept = {name: _without_empty(value) if isinstance(value, dict) else value for name, value in node.items()}
    return {name: value for name, value in kept.items() if value not in ({}, [], "", None)}
