"""Documented fields of a study that are only compared and shown, each by its place. Pure, but for the tree itself.

A value of another type than is documented stays where it is, and is shown as part of the record's rest.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from monitor.model import Json
from monitor.registries.clinicaltrials_gov.taking import take_count, take_texts, take_truth
from monitor.registries.taking import Node, object_at, take

_Take = Callable[[Node, str], Json]


def _text(node: Node, name: str) -> Json:
    return take(node, name, str)


def _texts(node: Node, name: str) -> Json:
    return list(take_texts(node, name)) or None


def _date(node: Node, name: str) -> Json:
    """The date and its type; a type without a date stays."""
    struct = object_at(node, name)
    text = take(struct, "date", str)
    if text is None:
        return None
    type_ = take(struct, "type", str)
    return {"date": text} if type_ is None else {"date": text, "type": type_}


def _items(node: Node, name: str) -> Json:
    """The list of objects; nothing, and not taken, where it is anything else."""
    found = node.get(name)
    if type(found) is not list or not all(type(item) is dict for item in found):
        return None
    del node[name]
    return found


_PROTOCOL = "protocolSection"
_IDENTIFICATION = f"{_PROTOCOL}.identificationModule"
_STATUS = f"{_PROTOCOL}.statusModule"
_DESIGN = f"{_PROTOCOL}.designModule"
_ELIGIBILITY = f"{_PROTOCOL}.eligibilityModule"
_OVERSIGHT = f"{_PROTOCOL}.oversightModule"
_SHARING = f"{_PROTOCOL}.ipdSharingStatementModule"
_REFERENCES = f"{_PROTOCOL}.referencesModule"
_ANNOTATION = "annotationSection.annotationModule"

_FIELDS: tuple[tuple[str, str, _Take], ...] = (
    ("brief_summary", f"{_PROTOCOL}.descriptionModule.briefSummary", _text),
    ("detailed_description", f"{_PROTOCOL}.descriptionModule.detailedDescription", _text),
    ("observational_model", f"{_DESIGN}.designInfo.observationalModel", _text),
    ("time_perspective", f"{_DESIGN}.designInfo.timePerspective", _text),
    ("intervention_model_description", f"{_DESIGN}.designInfo.interventionModelDescription", _text),
    ("masking_description", f"{_DESIGN}.designInfo.maskingInfo.maskingDescription", _text),
    ("who_masked", f"{_DESIGN}.designInfo.maskingInfo.whoMasked", _texts),
    ("target_duration", f"{_DESIGN}.targetDuration", _text),
    ("patient_registry", f"{_DESIGN}.patientRegistry", take_truth),
    ("biospecimen_retention", f"{_DESIGN}.bioSpec.retention", _text),
    ("biospecimen_description", f"{_DESIGN}.bioSpec.description", _text),
    ("study_population", f"{_ELIGIBILITY}.studyPopulation", _text),
    ("sampling_method", f"{_ELIGIBILITY}.samplingMethod", _text),
    ("gender_based", f"{_ELIGIBILITY}.genderBased", take_truth),
    ("gender_description", f"{_ELIGIBILITY}.genderDescription", _text),
    ("has_expanded_access", f"{_STATUS}.expandedAccessInfo.hasExpandedAccess", take_truth),
    ("expanded_access_id", f"{_STATUS}.expandedAccessInfo.nctId", _text),
    ("expanded_access_status", f"{_STATUS}.expandedAccessInfo.statusForNctId", _text),
    ("individual_access", f"{_DESIGN}.expandedAccessTypes.individual", take_truth),
    ("intermediate_access", f"{_DESIGN}.expandedAccessTypes.intermediate", take_truth),
    ("treatment_access", f"{_DESIGN}.expandedAccessTypes.treatment", take_truth),
    ("trials_pointing_here", f"{_DESIGN}.nPtrsToThisExpAccNctId", take_count),
    ("data_monitoring_committee", f"{_OVERSIGHT}.oversightHasDmc", take_truth),
    ("fda_regulated_drug", f"{_OVERSIGHT}.isFdaRegulatedDrug", take_truth),
    ("fda_regulated_device", f"{_OVERSIGHT}.isFdaRegulatedDevice", take_truth),
    ("unapproved_device", f"{_OVERSIGHT}.isUnapprovedDevice", take_truth),
    ("pediatric_surveillance", f"{_OVERSIGHT}.isPpsd", take_truth),
    ("us_export", f"{_OVERSIGHT}.isUsExport", take_truth),
    ("fdaaa_violation", f"{_OVERSIGHT}.fdaaa801Violation", take_truth),
    ("violation_events", f"{_ANNOTATION}.violationAnnotation.violationEvents", _items),
    ("delayed_posting", f"{_STATUS}.delayedPosting", take_truth),
    ("ipd_sharing", f"{_SHARING}.ipdSharing", _text),
    ("ipd_description", f"{_SHARING}.description", _text),
    ("ipd_info_types", f"{_SHARING}.infoTypes", _texts),
    ("ipd_time_frame", f"{_SHARING}.timeFrame", _text),
    ("ipd_access_criteria", f"{_SHARING}.accessCriteria", _text),
    ("ipd_url", f"{_SHARING}.url", _text),
    ("references", f"{_REFERENCES}.references", _items),
    ("see_also_links", f"{_REFERENCES}.seeAlsoLinks", _items),
    ("available_ipd", f"{_REFERENCES}.availIpds", _items),
    ("organization", f"{_IDENTIFICATION}.organization.fullName", _text),
    ("organization_class", f"{_IDENTIFICATION}.organization.class", _text),
    ("org_study_id", f"{_IDENTIFICATION}.orgStudyIdInfo.id", _text),
    ("org_study_id_type", f"{_IDENTIFICATION}.orgStudyIdInfo.type", _text),
    ("org_study_id_link", f"{_IDENTIFICATION}.orgStudyIdInfo.link", _text),
    ("secondary_ids", f"{_IDENTIFICATION}.secondaryIdInfos", _items),
    ("delay_first_submit_date", f"{_STATUS}.dispFirstSubmitDate", _text),
    ("delay_first_submit_qc_date", f"{_STATUS}.dispFirstSubmitQcDate", _text),
    ("delay_first_post_date", f"{_STATUS}.dispFirstPostDateStruct", _date),
    ("results_first_submit_qc_date", f"{_STATUS}.resultsFirstSubmitQcDate", _text),
    ("results_first_post_date", f"{_STATUS}.resultsFirstPostDateStruct", _date),
    (
        "results_comments_post_date",
        "derivedSection.miscInfoModule.submissionTracking.firstMcpInfo.postDateStruct",
        _date,
    ),
    ("results_waived", f"{_STATUS}.resultsWaived", take_truth),
    ("unposted_responsible_party", f"{_ANNOTATION}.unpostedAnnotation.unpostedResponsibleParty", _text),
    ("no_sap", "documentSection.largeDocumentModule.noSap", take_truth),
    ("study_first_submit_date", f"{_STATUS}.studyFirstSubmitDate", _text),
    ("study_first_submit_qc_date", f"{_STATUS}.studyFirstSubmitQcDate", _text),
    ("study_first_post_date", f"{_STATUS}.studyFirstPostDateStruct", _date),
)
"""Our name, the path, and how the value there is taken. `disp` is for the certification by which a sponsor delays
results."""

PATHS: Mapping[str, str] = MappingProxyType({name: path for name, path, _ in _FIELDS})


@dataclass(frozen=True, slots=True)
class _Place:
    """An object in a study: the fields among its members, and the objects in it that hold others."""

    fields: dict[str, tuple[str, _Take]] = field(default_factory=dict)
    objects: "dict[str, _Place]" = field(default_factory=dict)


def _by_place() -> _Place:
    top = _Place()
    for name, path, take_value in _FIELDS:
        *steps, last = path.split(".")
        place = top
        for step in steps:
            place = place.objects.setdefault(step, _Place())
        place.fields[last] = name, take_value
    return top


_TOP = _by_place()


def take_details(tree: Node) -> dict[str, Json]:
    """Take all of them out of a study; what it does not have is not in the answer."""
    found: dict[str, Json] = {}
    _take_at(_TOP, tree, found)
    return found


def _take_at(place: _Place, node: Node, found: dict[str, Json]) -> None:
    for member, (name, take_value) in place.fields.items():
        if member in node and (value := take_value(node, member)) is not None:
            found[name] = value
    for member, inner in place.objects.items():
        if member in node:
            _take_at(inner, object_at(node, member), found)
