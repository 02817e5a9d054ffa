"""The answers of the interface behind the registry's site, which has the former versions of its records. Pure.

It is not documented, and lies at /api/int. A version is HTML where the API has Markdown, has no derived section, and
names the publications that the registry attaches today. One that there is not is forbidden.
"""

import re
from collections.abc import Sequence

import orjson

from monitor.model import Json
from monitor.sandbox.clinicaltrials_gov.editions import Edition
from monitor.sandbox.clinicaltrials_gov.listing import canonical_id
from monitor.sandbox.clinicaltrials_gov.marked_up import with_html
from monitor.sandbox.exchange import JSON, TEXT, Answer, Request, not_found_page

ROOT = "/api/int"
_RESOURCE = re.compile(rf"{ROOT}/studies/([^/]+)(/history(?:/([0-9]{{1,9}}))?)?")
_LABELS = {
    "statusModule": "Study Status",
    "identificationModule": "Study Identification",
    "sponsorCollaboratorsModule": "Sponsor/Collaborators",
    "oversightModule": "Oversight",
    "descriptionModule": "Study Description",
    "conditionsModule": "Conditions",
    "designModule": "Study Design",
    "armsInterventionsModule": "Arms and Interventions",
    "outcomesModule": "Outcome Measures",
    "eligibilityModule": "Eligibility",
    "contactsLocationsModule": "Contacts/Locations",
    "referencesModule": "References",
    "ipdSharingStatementModule": "IPDSharing",
}
_OF_TODAY = {"pmid": "39999999", "type": "DERIVED", "citation": "A review that the registry found last week."}


def answer(request: Request, edition: Edition) -> Answer:
    """Answer one request from one edition."""
    asked = _RESOURCE.fullmatch(request.path)
    if asked is None or (asked[2] is None and request.query.get("history") != "true"):
        return not_found_page()
    if request.method != "GET":
        return Answer(405, TEXT, b"Method Not Allowed", {"Allow": "GET"})
    trial_id = canonical_id(asked[1])
    if trial_id is None or trial_id not in edition:
        return Answer(404, TEXT, b"Not Found")
    studies = edition.versions(trial_id)
    if asked[2] is None:
        whole = {"study": _served(studies[-1]), "topics": {}, "history": _listed(studies)}
        return Answer(200, JSON, orjson.dumps(whole))
    if asked[3] is None:
        return Answer(200, JSON, orjson.dumps(_listed(studies)))
    number = int(asked[3])
    if number >= len(studies):
        return Answer(403, TEXT, b"Forbidden")
    return Answer(200, JSON, orjson.dumps({"studyVersion": number, "study": _served(studies[number])}))


def _listed(studies: Sequence[Json]) -> Json:
    """Which versions there are, each with what its sponsor changed."""
    formers: list[Json | None] = [None, *studies[:-1]]
    changes = [_change(number, *pair) for number, pair in enumerate(zip(formers, studies, strict=True))]
    originals = ("primaryOutcomesSame", "secondaryOutcomesSame", "orgFullNameSame", "leadSponsorSame")
    return {"changes": changes, "originalData": dict.fromkeys(originals, True), "lastUpdateVersions": {}}


def _change(number: int, former: Json | None, study: Json) -> Json:
    protocol = study["protocolSection"]
    status = protocol.get("statusModule", {})
    before = former["protocolSection"] if former else protocol
    return {
        "version": number,
        "date": status.get("lastUpdateSubmitDate", "2005-01-01"),
        "status": status.get("overallStatus"),
        "studyType": protocol.get("designModule", {}).get("studyType"),
        "moduleLabels": [label for name, label in _LABELS.items() if before.get(name) != protocol.get(name)],
    }


def _served(study: Json) -> Json:
    """A study as a version is served."""
    served = with_html({name: section for name, section in study.items() if name != "derivedSection"})
    protocol = served["protocolSection"]
    references = protocol.get("referencesModule", {})
    attached = {**references, "references": [*references.get("references", []), _OF_TODAY]}
    return {**served, "protocolSection": {**protocol, "referencesModule": attached}}
