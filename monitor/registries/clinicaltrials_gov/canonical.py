"""Proof that an answer is the record asked for, and its canonical form. Pure, and light.

What passes here may become a snapshot, so whatever is not proven is refused with a reason in words: an error page, a
record cut short or somebody else's must never look like a change. Only what every record
has is required; an unknown member or code passes, because the registry adds some now and then.

Two answers with the same content have the same canonical bytes. Left out is what changes by itself: `derivedSection`
with the date of the data build (new for every record at every refresh), sites' coordinates, and references that the
registry, not the sponsor, attached. Of the derived section only `submissionTracking` is kept, which tells of results
under review. Null and empty members are dropped: the registry never sends any.
"""

from typing import TYPE_CHECKING, Any

from monitor.errors import AnswerUnreadable
from monitor.model.whole import WholeRecord, digest_of
from monitor.registries.clinicaltrials_gov.probed import TRIAL_ID, build_of, seen_in
from monitor.registries.clinicaltrials_gov.trees import at, text_at, written

if TYPE_CHECKING:
    from monitor.model import Json

RECORD_CAP = 8 * 1024 * 1024
"""Bytes of one record; the largest real one is 1.1 MB."""

_REQUIRED = (
    ("protocolSection.identificationModule.briefTitle", str),
    ("protocolSection.sponsorCollaboratorsModule.leadSponsor.name", str),
    ("hasResults", bool),
)
_UPDATES = (
    "protocolSection.statusModule.lastUpdateSubmitDate",
    "protocolSection.statusModule.lastUpdatePostDateStruct.date",
)
TITLE = "protocolSection.identificationModule.briefTitle"
LEAD_SPONSOR = "protocolSection.sponsorCollaboratorsModule.leadSponsor.name"
_WITHHELD = "WITHHELD"
"""Status of a trial of an unapproved device, of which the registry shows little more than that it exists."""
_KINDS = {str: "text", dict: "an object", bool: "true or false"}
_SECTIONS = ("protocolSection", "resultsSection", "annotationSection", "documentSection", "derivedSection")


def reason_against(study: "Json", trial_id: str) -> str | None:
    """Why *study* is not the record of *trial_id*, in one line; None where it is."""
    if not isinstance(study, dict):
        return f"{_kind(study)} came instead of a record"
    found = text_at(study, TRIAL_ID)
    if found is None:
        return "the answer names no trial (protocolSection.identificationModule.nctId)"
    if found != trial_id:
        return f"the answer is the record of “{found[:40]}”, not of {trial_id}"
    for name in _SECTIONS:
        if not isinstance(study.get(name, {}), dict | None):
            return f"{name} is {_kind(study[name])} instead of an object"
    if isinstance(at(study, "protocolSection.designModule.enrollmentInfo.count"), float):
        # What no 64-bit integer holds is read as a float.
        return "protocolSection.designModule.enrollmentInfo.count is not a whole number"
    status = at(study, "protocolSection.statusModule.overallStatus")
    if reason := _reason_against_value("protocolSection.statusModule.overallStatus", status, str):
        return reason
    required = _REQUIRED if status != _WITHHELD else ()
    reasons = (_reason_against_value(path, at(study, path), kind) for path, kind in required)
    return next((reason for reason in reasons if reason), None)


def _reason_against_value(path: str, value: "Json", kind: type) -> str | None:
    if value is None:
        return f"the record lacks {path}"
    if not isinstance(value, kind):
        return f"{path} is {_kind(value)} instead of {_KINDS[kind]}"
    if value == "":
        return f"{path} is empty"
    return None


def _kind(value: "Json") -> str:
    kinds = ((bool, "true or false"), (str, "text"), (dict, "an object"), (list, "a list"), (int | float, "a number"))
    return next((words for kind, words in kinds if isinstance(value, kind)), "null")


def canonical(study: dict[str, Any]) -> bytes:
    """The content that counts, as sorted compact JSON. *study* stays as it is.

    Raise AnswerUnreadable where it is nested too deeply to be written.
    """
    return written(_without_noise(study))


def whole_record(study: "Json", trial_id: str) -> WholeRecord | None:
    """What a full record tells where it is to be the same as before; None where it is not proven to be that record."""
    if reason_against(study, trial_id) or (seen := seen_in(study)) is None:
        return None
    try:
        content = canonical(study)
    except AnswerUnreadable:
        return None
    if len(content) > RECORD_CAP:
        return None
    return WholeRecord(
        trial_id=trial_id,
        digest=digest_of("listed", content),
        probe_digest=seen.digest,
        build=build_of(study),
        title=text_at(study, TITLE),
        lead_sponsor=text_at(study, LEAD_SPONSOR),
        updated_on=updated_on(study),
    )


def updated_on(study: "Json") -> tuple[str, ...]:
    """The days on which the record was last submitted and posted."""
    return tuple(day for path in _UPDATES if (day := text_at(study, path)))


def _without_noise(study: dict[str, Any]) -> dict[str, Any]:
    kept = {name: section for name, section in study.items() if name != "derivedSection"}
    tracking = at(study, "derivedSection.miscInfoModule.submissionTracking")
    if tracking is not None:
        kept["derivedSection"] = {"miscInfoModule": {"submissionTracking": tracking}}
    protocol = dict(study.get("protocolSection") or {})
    _filter_list(protocol, "contactsLocationsModule", "locations", keep=_without_coordinates)
    _filter_list(protocol, "referencesModule", "references", keep=_unless_derived)
    kept["protocolSection"] = protocol
    return kept


def _filter_list(protocol: dict[str, Any], module_name: str, list_name: str, *, keep: Any) -> None:
    """Replace a list by what *keep* makes of its items, None meaning nothing; leave no empty container behind."""
    module = protocol.get(module_name)
    if not isinstance(module, dict) or not isinstance(items := module.get(list_name), list):
        return
    module = {**module, list_name: [kept for item in items if (kept := keep(item)) is not None]}
    if not module[list_name]:
        del module[list_name]
    protocol[module_name] = module
    if not module:
        del protocol[module_name]


def _without_coordinates(site: "Json") -> "Json":
    if isinstance(site, dict) and "geoPoint" in site:
        return {name: value for name, value in site.items() if name != "geoPoint"}
    return site


def _unless_derived(reference: "Json") -> "Json":
    return None if isinstance(reference, dict) and reference.get("type") == "DERIVED" else reference
