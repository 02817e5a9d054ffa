"""What a document says: canonical JSON in, `Record` out. Pure; it raises for no document that was proven.

A field *takes* what it understands out of the freshly read tree; what nobody took is the record's `rest`. So nothing is
lost, and a value of an unexpected type stays visible instead of crashing anything. A new field takes one line in the
module's function below and one in PATHS; one that is only compared and shown, one in `details`.

Dropped is what the registry computes from other members (age groups; of the submission tracking the estimated
date and the release number) and what PubMed writes (citations).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import orjson

from monitor.model import (
    Arm,
    Document,
    Enrollment,
    Intervention,
    Json,
    Outcome,
    Record,
    ResponsibleParty,
    Site,
    Sponsor,
    StudyDocument,
    Submission,
)
from monitor.registries.clinicaltrials_gov.codes import coded
from monitor.registries.clinicaltrials_gov.details import PATHS as DETAILS
from monitor.registries.clinicaltrials_gov.details import take_details
from monitor.registries.clinicaltrials_gov.taking import (
    drop_emptied,
    take_coded,
    take_count,
    take_date,
    take_items,
    take_name,
    take_names,
    take_texts,
    take_truth,
)
from monitor.registries.taking import Node, object_at, take

PAGE = "https://clinicaltrials.gov/study/"

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
        "aliases": f"{_IDENTIFICATION}.nctIdAliases",
        "conditions": "protocolSection.conditionsModule.conditions",
        "keywords": "protocolSection.conditionsModule.keywords",
        **DETAILS,
    }
)
"""Where in a document a field of `monitor.changes.fields` is. `submissions` and `contacts` have several places: this is
the main one. `rest` has none of its own."""

LASTING = (
    "identificationModule",
    "statusModule",
    "sponsorCollaboratorsModule",
    "descriptionModule",
    "conditionsModule",
    "designModule",
    "armsInterventionsModule",
    "outcomesModule",
    "eligibilityModule",
)
"""Modules that the registry asks of every sponsor. Old records lack some; none loses one that it had."""


def parse(document: Document) -> Record:
    """What a LISTED document says."""
    return record_of(document, orjson.loads(document.content))


def record_of(document: Document, tree: Node) -> Record:
    """What *tree* says, the content of a document or a part of it. It is taken apart."""
    protocol = object_at(tree, "protocolSection")
    parts = frozenset(name for name in LASTING if protocol.get(name))
    fields: Node = {}
    for name, read in _MODULES.items():
        if name in protocol:
            fields |= read(object_at(protocol, name))
    fields |= {
        "documents": _documents(object_at(object_at(tree, "documentSection"), "largeDocumentModule")),
        "submissions": _submissions(tree),
        "has_results": take(tree, "hasResults", bool) or False,
        "results": take(tree, "resultsSection", dict),
    }
    _drop_citations(object_at(protocol, "referencesModule"))
    details = take_details(tree)
    drop_emptied(tree)
    return Record(
        registry=document.registry,
        trial_id=document.trial_id,
        url=PAGE + document.trial_id,
        paths=PATHS,
        details=details,
        rest=tree,
        parts=parts,
        **fields,
    )


# Module by module


def _identification(module: Node) -> Node:
    take(module, "nctId", str)
    return {
        "aliases": take_texts(module, "nctIdAliases"),
        "brief_title": take(module, "briefTitle", str),
        "official_title": take(module, "officialTitle", str),
        "acronym": take(module, "acronym", str),
    }


def _status(module: Node) -> Node:
    return {
        "overall_status": take_coded(module, "overallStatus"),
        "last_known_status": take_coded(module, "lastKnownStatus"),
        "why_stopped": take(module, "whyStopped", str),
        "start_date": take_date(module, "startDateStruct"),
        "primary_completion_date": take_date(module, "primaryCompletionDateStruct"),
        "completion_date": take_date(module, "completionDateStruct"),
        "status_verified_date": take(module, "statusVerifiedDate", str),
        "last_update_submit_date": take(module, "lastUpdateSubmitDate", str),
        "last_update_post_date": take(object_at(module, "lastUpdatePostDateStruct"), "date", str),
        "results_first_submit_date": take(module, "resultsFirstSubmitDate", str),
    }


def _sponsors(module: Node) -> Node:
    party = object_at(module, "responsibleParty")
    responsible = ResponsibleParty(
        type=take(party, "type", str),
        # Records from before 2011 have the old members instead.
        name=take_name(party, "investigatorFullName") or take_name(party, "oldNameTitle"),
        title=take(party, "investigatorTitle", str),
        affiliation=take_name(party, "investigatorAffiliation") or take_name(party, "oldOrganization"),
    )
    return {
        "lead_sponsor": _sponsor(object_at(module, "leadSponsor")),
        "collaborators": take_items(module, "collaborators", _sponsor, identity=lambda sponsor: sponsor.name),
        "responsible_party": responsible if responsible != ResponsibleParty() else None,
    }


def _sponsor(item: Node) -> Sponsor | None:
    name = take_name(item, "name")
    return Sponsor(name, take(item, "class", str)) if name else None


def _design(module: Node) -> Node:
    info = object_at(module, "designInfo")
    enrolled = object_at(module, "enrollmentInfo")
    enrollment = Enrollment(take_count(enrolled, "count"), take(enrolled, "type", str))
    return {
        "study_type": take_coded(module, "studyType"),
        "phases": tuple(coded(phase) for phase in take_texts(module, "phases")),
        "allocation": take_coded(info, "allocation"),
        "intervention_model": take_coded(info, "interventionModel"),
        "masking": take_coded(object_at(info, "maskingInfo"), "masking"),
        "primary_purpose": take_coded(info, "primaryPurpose"),
        "enrollment": enrollment if enrollment != Enrollment(None) else None,
    }


def _arms(module: Node) -> Node:
    return {
        "arms": take_items(module, "armGroups", _arm, identity=lambda arm: arm.label),
        "interventions": take_items(
            module, "interventions", _intervention, identity=lambda done: f"{done.type}: {done.name}"
        ),
    }


def _arm(item: Node) -> Arm | None:
    label = take_name(item, "label")
    if not label:
        return None
    interventions = take_texts(item, "interventionNames")
    return Arm(label, take(item, "type", str), take(item, "description", str), interventions)


def _intervention(item: Node) -> Intervention | None:
    name = take_name(item, "name")
    if not name:
        return None
    return Intervention(
        take(item, "type", str),
        name,
        take(item, "description", str),
        take_texts(item, "otherNames"),
        take_texts(item, "armGroupLabels"),
    )


def _outcomes(module: Node) -> Node:
    return {
        "primary_outcomes": take_items(module, "primaryOutcomes", _outcome, identity=_measure),
        "secondary_outcomes": take_items(module, "secondaryOutcomes", _outcome, identity=_measure),
        "other_outcomes": take_items(module, "otherOutcomes", _outcome, identity=_measure),
    }


def _outcome(item: Node) -> Outcome | None:
    measure = take_name(item, "measure")
    if not measure:
        return None
    return Outcome(measure, take(item, "timeFrame", str), take(item, "description", str))


def _measure(outcome: Outcome) -> str:
    return outcome.measure


def _eligibility(module: Node) -> Node:
    module.pop("stdAges", None)
    return {
        "minimum_age": take(module, "minimumAge", str),
        "maximum_age": take(module, "maximumAge", str),
        "sex": take_coded(module, "sex"),
        "healthy_volunteers": take_truth(module, "healthyVolunteers"),
        "eligibility_criteria": take(module, "eligibilityCriteria", str),
    }


def _conditions(module: Node) -> Node:
    return {"conditions": take_texts(module, "conditions"), "keywords": take_texts(module, "keywords")}


_PLACE = ("facility", "city", "state", "zip", "country")


def _contacts_and_sites(module: Node) -> Node:
    contacts: list[Json] = [
        *(take(module, "centralContacts", list) or ()),
        *(take(module, "overallOfficials", list) or ()),
    ]

    def site_with_contacts(item: Node) -> Site | None:
        site = _site(item)
        if site and "contacts" in item:
            contacts.extend(_at_facility(one, site.facility) for one in take(item, "contacts", list) or ())
        return site

    return {"sites": take_items(module, "locations", site_with_contacts, identity=_place), "contacts": tuple(contacts)}


def _site(item: Node) -> Site | None:
    facility, city, state, zip_, country = take_names(item, _PLACE)
    if not (facility or city or state or zip_ or country):
        return None
    return Site(facility, city, state, zip_, country, take(item, "status", str))


def _place(site: Site) -> str:
    return ", ".join(filter(None, (site.facility, site.city, site.state, site.zip, site.country)))


def _at_facility(contact: Json, facility: str | None) -> Json:
    if isinstance(contact, dict) and "facility" not in contact:
        return {"facility": facility, **contact}
    return {"facility": facility, "contact": contact}


_MODULES: Mapping[str, Callable[[Node], Node]] = MappingProxyType(
    {
        "identificationModule": _identification,
        "statusModule": _status,
        "sponsorCollaboratorsModule": _sponsors,
        "designModule": _design,
        "armsInterventionsModule": _arms,
        "outcomesModule": _outcomes,
        "eligibilityModule": _eligibility,
        "conditionsModule": _conditions,
        "contactsLocationsModule": _contacts_and_sites,
    }
)
"""The modules of the protocol section that fields are taken from, and what takes them."""


# Beside the protocol section


def _documents(module: Node) -> tuple[StudyDocument, ...]:
    return take_items(
        module, "largeDocs", _study_document, identity=lambda document: document.filename or document.label
    )


def _study_document(item: Node) -> StudyDocument | None:
    label = take_name(item, "label")
    return StudyDocument(label, take(item, "date", str), take(item, "filename", str)) if label else None


def _drop_citations(module: Node) -> None:
    """Of a publication with a PubMed id, forget the citation: PubMed writes it, and adds errata years later."""
    references = module.get("references")
    for reference in references if type(references) is list else ():
        if type(reference) is dict and reference.get("pmid"):
            reference.pop("citation", None)


def _submissions(tree: Node) -> tuple[Submission, ...]:
    """The results' way to publication, of which the registry tells in two places, sometimes the same in both."""
    unposted = object_at(object_at(object_at(tree, "annotationSection"), "annotationModule"), "unpostedAnnotation")
    tracking = object_at(object_at(object_at(tree, "derivedSection"), "miscInfoModule"), "submissionTracking")
    tracking.pop("estimatedResultsFirstSubmitDate", None)
    events = take_items(unposted, "unpostedEvents", _unposted_event, identity=_step)
    tracked = take_items(tracking, "submissionInfos", _submission_info, identity=lambda steps: _step(steps[0]))
    return tuple(dict.fromkeys((*events, *(step for steps in tracked for step in steps))))


def _step(submission: Submission) -> str:
    return f"{submission.type} {submission.date}"


def _unposted_event(item: Node) -> Submission | None:
    kind = take_name(item, "type")
    if not kind:
        return None
    step = Submission(kind, take(item, "date", str))
    if item.get("dateUnknown") is (step.date is None):
        del item["dateUnknown"]
    return step


def _submission_info(item: Node) -> list[Submission] | None:
    """The steps of one submission. What holds none, and nothing else either, is taken as none."""
    item.pop("mcpReleaseN", None)
    steps = [
        Submission(kind, date)
        for kind, name in (("RELEASE", "releaseDate"), ("UNRELEASE", "unreleaseDate"), ("RESET", "resetDate"))
        if (date := take_name(item, name))
    ]
    if item.get("unreleaseDateUnknown") is True:
        del item["unreleaseDateUnknown"]
        steps.append(Submission("UNRELEASE"))
    return steps if steps or not item else None
