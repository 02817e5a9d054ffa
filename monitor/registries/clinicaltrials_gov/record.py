"""What a document says: canonical JSON in, `Record` out. Pure; it raises for no document that was proven.

A field *takes* what it understands out of the freshly read tree; what nobody took is the record's `rest`. So nothing is
lost, and a value of an unexpected type stays visible instead of crashing anything. A new field takes one line in the
module's function below and one in PATHS.

Of a list's items that keep something nobody took, the rest has an object by identity instead of the list: an arm's
label, an outcome's measure. What has no identity is listed there under the empty name.

Two members of the submission tracking are dropped: the registry reckons them from others.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, TypeVar

import orjson

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
    ResponsibleParty,
    Site,
    Sponsor,
    StudyDocument,
    Submission,
)
from monitor.registries.clinicaltrials_gov import labels

PAGE = "https://clinicaltrials.gov/study/"
DEEPEST_STRUCT = 5
"""Levels at which taking can leave an empty object: …designModule.designInfo.maskingInfo, and one to spare."""

_STATUS = "protocolSection.statusModule"
_DESIGN = "protocolSection.designModule"
_ARMS = "protocolSection.armsInterventionsModule"
_OUTCOMES = "protocolSection.outcomesModule"
_ELIGIBILITY = "protocolSection.eligibilityModule"
_SPONSOR = "protocolSection.sponsorCollaboratorsModule"
_IDENTIFICATION = "protocolSection.identificationModule"
_CONTACTS = "protocolSection.contactsLocationsModule"

PATHS: Mapping[str, str] = MappingProxyType(
    {
        "trial_id": f"{_IDENTIFICATION}.nctId",
        "brief_title": f"{_IDENTIFICATION}.briefTitle",
        "official_title": f"{_IDENTIFICATION}.officialTitle",
        "acronym": f"{_IDENTIFICATION}.acronym",
        "overall_status": f"{_STATUS}.overallStatus",
        "last_known_status": f"{_STATUS}.lastKnownStatus",
        "why_stopped": f"{_STATUS}.whyStopped",
        "start_date": f"{_STATUS}.startDateStruct",
        "primary_completion_date": f"{_STATUS}.primaryCompletionDateStruct",
        "completion_date": f"{_STATUS}.completionDateStruct",
        "enrollment": f"{_DESIGN}.enrollmentInfo",
        "lead_sponsor": f"{_SPONSOR}.leadSponsor",
        "collaborators": f"{_SPONSOR}.collaborators",
        "responsible_party": f"{_SPONSOR}.responsibleParty",
        "study_type": f"{_DESIGN}.studyType",
        "phases": f"{_DESIGN}.phases",
        "allocation": f"{_DESIGN}.designInfo.allocation",
        "intervention_model": f"{_DESIGN}.designInfo.interventionModel",
        "masking": f"{_DESIGN}.designInfo.maskingInfo.masking",
        "primary_purpose": f"{_DESIGN}.designInfo.primaryPurpose",
        "arms": f"{_ARMS}.armGroups",
        "interventions": f"{_ARMS}.interventions",
        "primary_outcomes": f"{_OUTCOMES}.primaryOutcomes",
        "secondary_outcomes": f"{_OUTCOMES}.secondaryOutcomes",
        "other_outcomes": f"{_OUTCOMES}.otherOutcomes",
        "minimum_age": f"{_ELIGIBILITY}.minimumAge",
        "maximum_age": f"{_ELIGIBILITY}.maximumAge",
        "sex": f"{_ELIGIBILITY}.sex",
        "healthy_volunteers": f"{_ELIGIBILITY}.healthyVolunteers",
        "eligibility_criteria": f"{_ELIGIBILITY}.eligibilityCriteria",
        "sites": f"{_CONTACTS}.locations",
        "has_results": "hasResults",
        "results_first_submit_date": f"{_STATUS}.resultsFirstSubmitDate",
        "submissions": "annotationSection.annotationModule.unpostedAnnotation.unpostedEvents",
        "results": "resultsSection",
        "documents": "documentSection.largeDocumentModule.largeDocs",
        "status_verified_date": f"{_STATUS}.statusVerifiedDate",
        "last_update_submit_date": f"{_STATUS}.lastUpdateSubmitDate",
        "last_update_post_date": f"{_STATUS}.lastUpdatePostDateStruct.date",
        "contacts": _CONTACTS,
    }
)
"""Where in a document a field of `monitor.fields` is. `submissions` and `contacts` have several places: this is the
main one. `rest` has none of its own."""

Node = dict[str, Any]
T = TypeVar("T")
Item = tuple[T, str]
"""What an item of a list says, and its identity within the list."""


def parse(document: Document) -> Record:
    """What a LISTED document says."""
    tree: Node = orjson.loads(document.content)
    protocol = _object(tree, "protocolSection")
    fields = {
        **_identification(_object(protocol, "identificationModule")),
        **_status(_object(protocol, "statusModule")),
        **_sponsors(_object(protocol, "sponsorCollaboratorsModule")),
        **_design(_object(protocol, "designModule")),
        **_arms(_object(protocol, "armsInterventionsModule")),
        **_outcomes(_object(protocol, "outcomesModule")),
        **_eligibility(_object(protocol, "eligibilityModule")),
        **_contacts_and_sites(_object(protocol, "contactsLocationsModule")),
        **_documents(_object(_object(tree, "documentSection"), "largeDocumentModule")),
        "submissions": _submissions(tree),
        "has_results": _take(tree, "hasResults", bool) or False,
        "results": _take(tree, "resultsSection", dict),
    }
    _drop_emptied(tree, DEEPEST_STRUCT)
    return Record(
        registry=document.registry,
        trial_id=document.trial_id,
        url=PAGE + document.trial_id,
        paths=PATHS,
        rest=tree,
        **fields,
    )


# Module by module


def _identification(module: Node) -> Node:
    _take(module, "nctId", str)
    return {
        "aliases": _take_texts(module, "nctIdAliases"),
        "brief_title": _take(module, "briefTitle", str),
        "official_title": _take(module, "officialTitle", str),
        "acronym": _take(module, "acronym", str),
    }


def _status(module: Node) -> Node:
    return {
        "overall_status": _take_coded(module, "overallStatus", labels.STATUSES),
        "last_known_status": _take_coded(module, "lastKnownStatus", labels.STATUSES),
        "why_stopped": _take(module, "whyStopped", str),
        "start_date": _take_date(module, "startDateStruct"),
        "primary_completion_date": _take_date(module, "primaryCompletionDateStruct"),
        "completion_date": _take_date(module, "completionDateStruct"),
        "status_verified_date": _take(module, "statusVerifiedDate", str),
        "last_update_submit_date": _take(module, "lastUpdateSubmitDate", str),
        "last_update_post_date": _take(_object(module, "lastUpdatePostDateStruct"), "date", str),
        "results_first_submit_date": _take(module, "resultsFirstSubmitDate", str),
    }


def _sponsors(module: Node) -> Node:
    lead = _sponsor(_object(module, "leadSponsor"))
    party = _object(module, "responsibleParty")
    responsible = ResponsibleParty(
        type=_take(party, "type", str),
        # Records from before 2011 have the old members instead.
        name=_take_name(party, "investigatorFullName") or _take_name(party, "oldNameTitle"),
        title=_take(party, "investigatorTitle", str),
        affiliation=_take_name(party, "investigatorAffiliation") or _take_name(party, "oldOrganization"),
    )
    return {
        "lead_sponsor": lead and lead[0],
        "collaborators": _take_items(module, "collaborators", _sponsor),
        "responsible_party": responsible if responsible != ResponsibleParty() else None,
    }


def _sponsor(item: Node) -> Item[Sponsor] | None:
    name = _take_name(item, "name")
    return (Sponsor(name, _take(item, "class", str)), name) if name else None


def _design(module: Node) -> Node:
    info = _object(module, "designInfo")
    enrolled = _object(module, "enrollmentInfo")
    enrollment = Enrollment(_take(enrolled, "count", int), _take(enrolled, "type", str))
    return {
        "study_type": _take_coded(module, "studyType", labels.STUDY_TYPES),
        "phases": tuple(labels.coded(phase, labels.PHASES) for phase in _take_texts(module, "phases")),
        "allocation": _take_coded(info, "allocation", labels.ALLOCATIONS),
        "intervention_model": _take_coded(info, "interventionModel", labels.INTERVENTION_MODELS),
        "masking": _take_coded(_object(info, "maskingInfo"), "masking", labels.MASKINGS),
        "primary_purpose": _take_coded(info, "primaryPurpose", labels.PRIMARY_PURPOSES),
        "enrollment": enrollment if enrollment != Enrollment(None) else None,
    }


def _arms(module: Node) -> Node:
    return {
        "arms": _take_items(module, "armGroups", _arm),
        "interventions": _take_items(module, "interventions", _intervention),
    }


def _arm(item: Node) -> Item[Arm] | None:
    label = _take_name(item, "label")
    if not label:
        return None
    interventions = _take_texts(item, "interventionNames")
    return Arm(label, _take(item, "type", str), _take(item, "description", str), interventions), label


def _intervention(item: Node) -> Item[Intervention] | None:
    name = _take_name(item, "name")
    if not name:
        return None
    intervention = Intervention(
        _take(item, "type", str),
        name,
        _take(item, "description", str),
        _take_texts(item, "otherNames"),
        _take_texts(item, "armGroupLabels"),
    )
    return intervention, f"{intervention.type}: {name}"


def _outcomes(module: Node) -> Node:
    return {
        "primary_outcomes": _take_items(module, "primaryOutcomes", _outcome),
        "secondary_outcomes": _take_items(module, "secondaryOutcomes", _outcome),
        "other_outcomes": _take_items(module, "otherOutcomes", _outcome),
    }


def _outcome(item: Node) -> Item[Outcome] | None:
    measure = _take_name(item, "measure")
    if not measure:
        return None
    return Outcome(measure, _take(item, "timeFrame", str), _take(item, "description", str)), measure


def _eligibility(module: Node) -> Node:
    return {
        "minimum_age": _take(module, "minimumAge", str),
        "maximum_age": _take(module, "maximumAge", str),
        "sex": _take_coded(module, "sex", labels.SEXES),
        "healthy_volunteers": _take(module, "healthyVolunteers", bool),
        "eligibility_criteria": _take(module, "eligibilityCriteria", str),
    }


def _contacts_and_sites(module: Node) -> Node:
    contacts: list[Json] = [
        *(_take(module, "centralContacts", list) or ()),
        *(_take(module, "overallOfficials", list) or ()),
    ]

    def site_with_contacts(item: Node) -> Item[Site] | None:
        read = _site(item)
        if read:
            contacts.extend(_at_facility(one, read[0].facility) for one in _take(item, "contacts", list) or ())
        return read

    return {"sites": _take_items(module, "locations", site_with_contacts), "contacts": tuple(contacts)}


def _site(item: Node) -> Item[Site] | None:
    site = Site(
        _take_name(item, "facility"),
        _take_name(item, "city"),
        _take_name(item, "state"),
        _take_name(item, "zip"),
        _take_name(item, "country"),
    )
    if site == Site():
        return None
    identity = ", ".join(filter(None, (site.facility, site.city, site.state, site.zip, site.country)))
    return replace(site, status=_take(item, "status", str)), identity


def _at_facility(contact: Json, facility: str | None) -> Json:
    if isinstance(contact, dict) and "facility" not in contact:
        return {"facility": facility, **contact}
    return {"facility": facility, "contact": contact}


def _documents(module: Node) -> Node:
    return {"documents": _take_items(module, "largeDocs", _study_document)}


def _study_document(item: Node) -> Item[StudyDocument] | None:
    label = _take_name(item, "label")
    if not label:
        return None
    document = StudyDocument(label, _take(item, "date", str), _take(item, "filename", str))
    return document, document.filename or label


def _submissions(tree: Node) -> tuple[Submission, ...]:
    """The results' way to publication, of which the registry tells in two places, sometimes the same in both."""
    unposted = _object(_object(_object(tree, "annotationSection"), "annotationModule"), "unpostedAnnotation")
    tracking = _object(_object(_object(tree, "derivedSection"), "miscInfoModule"), "submissionTracking")
    tracking.pop("estimatedResultsFirstSubmitDate", None)
    events = _take_items(unposted, "unpostedEvents", _unposted_event)
    tracked = _take_items(tracking, "submissionInfos", _submission_info)
    return tuple(dict.fromkeys((*events, *(step for steps in tracked for step in steps))))


def _unposted_event(item: Node) -> Item[Submission] | None:
    kind = _take_name(item, "type")
    if not kind:
        return None
    step = Submission(kind, _take(item, "date", str))
    if item.get("dateUnknown") is (step.date is None):
        del item["dateUnknown"]
    return step, f"{kind} {step.date}"


def _submission_info(item: Node) -> Item[list[Submission]] | None:
    item.pop("mcpReleaseN", None)
    steps = [
        Submission(kind, date)
        for kind, name in (("RELEASE", "releaseDate"), ("UNRELEASE", "unreleaseDate"), ("RESET", "resetDate"))
        if (date := _take_name(item, name))
    ]
    if item.get("unreleaseDateUnknown") is True:
        del item["unreleaseDateUnknown"]
        steps.append(Submission("UNRELEASE"))
    return (steps, f"{steps[0].type} {steps[0].date}") if steps or not item else None


# Taking


def _object(node: Node, name: str) -> Node:
    """The object at *name*; an unattached empty one where there is none, so that taking from it takes nothing."""
    found = node.get(name)
    return found if type(found) is dict else {}


def _take(node: Node, name: str, kind: type[T]) -> T | None:
    """The value at *name*, taken out of *node*; None, and nothing taken, where it is not of exactly this kind."""
    found = node.get(name)
    if type(found) is not kind:
        return None
    del node[name]
    return found


def _take_name(node: Node, name: str) -> str | None:
    """The text at *name*, taken; what is empty names nothing, and stays."""
    return _take(node, name, str) if node.get(name) else None


def _take_texts(node: Node, name: str) -> tuple[str, ...]:
    found = node.get(name)
    if type(found) is not list or not all(type(text) is str for text in found):
        return ()
    del node[name]
    return tuple(found)


def _take_coded(node: Node, name: str, words: Mapping[str, str]) -> Coded | None:
    code = _take(node, name, str)
    return None if code is None else labels.coded(code, words)


def _take_date(node: Node, name: str) -> PartialDate | None:
    struct = _object(node, name)
    text = _take(struct, "date", str)
    return None if text is None else PartialDate(text, _take(struct, "type", str))


def _take_items(node: Node, name: str, read: Callable[[Node], Item[T] | None]) -> tuple[T, ...]:
    """What *read* makes of the list at *name*; in the list's place stays what was not taken, if anything.

    *read* takes out of an item what it understands, and returns None for one that it cannot identify: that stays.
    """
    items = node.get(name)
    if type(items) is not list:
        return ()
    taken: list[T] = []
    left: Node = {}
    for item in items:
        found = read(item) if type(item) is dict else None
        if found is None:
            left.setdefault("", []).append(item)
            continue
        taken.append(found[0])
        if item:
            left[_unused(found[1], left)] = item
    if left:
        node[name] = left
    else:
        del node[name]
    return tuple(taken)


def _unused(identity: str, left: Node) -> str:
    name, number = identity, 1
    while name in left:
        number += 1
        name = f"{identity} ({number})"
    return name


def _drop_emptied(node: Node, levels: int) -> None:
    """Remove the objects that taking left empty. Only objects are looked into: never a list, never the depths."""
    for name, value in list(node.items()):
        if type(value) is dict:
            if levels:
                _drop_emptied(value, levels - 1)
            if not value:
                del node[name]
