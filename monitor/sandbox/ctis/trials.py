"""The trials of the sandbox, all invented, each as `retrieve` gives it but for its moments. Pure."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from monitor.model import Json
from monitor.sandbox.edits import edit_of
from monitor.sandbox.small.trees import State, WrittenTrial

EXAMPLE = "2023-505613-24-00"
RECRUITING, RECRUITMENT_ENDED, HALTED, ENDED, CANCELLED = 4, 5, 6, 8, 12
STATES = "authorizedApplication.memberStatesConcerned"
EVENTS = "events.trialEvents"
IDENTIFIERS = "authorizedApplication.authorizedPartI.trialDetails.clinicalTrialIdentifiers"
NUMBERS = f"{IDENTIFIERS}.secondaryIdentifyingNumbers"
SIBLING = "ISRCTN10000018"
"""The id of one of the trials in ISRCTN, which the sandbox of that has, too."""


class Subject(NamedTuple):
    """What a trial is about, and who is responsible."""

    condition: str
    sponsor: str
    sponsor_key: str


OURS = Subject("Invented condition", "Sandbox Pharma B.V.", "ORG-100000001")
OTHERS = Subject("Motion sickness", "Second Sandbox S.p.A.", "ORG-100000002")
"""So that no search finds everything."""


def written_trials(today: date) -> dict[str, WrittenTrial]:
    """By id: one that will be halted and ended early, one that runs, one that is under evaluation, one with an heir."""
    day = today.isoformat()
    halted = State(
        "Temporarily halted in Spain",
        {
            f"{STATES}.0.mscPublicStatusCode": HALTED,
            "events.temporaryHaltList": [
                {"mscName": "Spain", "haltDate": day, "reasonHalt": "A pump had to be exchanged"}
            ],
        },
    )
    everywhere = State(
        "Temporarily halted everywhere", {"ctPublicStatusCode": HALTED, f"{STATES}.1.mscPublicStatusCode": HALTED}
    )
    ended = State(
        "Ended early in both countries",
        {
            "ctPublicStatusCode": ENDED,
            "endDateEU": f"{today:%d/%m/%Y}",
            f"{STATES}.0.mscPublicStatusCode": ENDED,
            f"{STATES}.1.mscPublicStatusCode": ENDED,
            f"{EVENTS}.0.events.1": {"notificationType": "EARLY_TERMINATION", "date": day},
            f"{EVENTS}.1.events.1": {"notificationType": "EARLY_TERMINATION", "date": day},
        },
    )
    widened = State(
        "Italy joins by a modification",
        {
            f"{STATES}.1": {"mscName": "Italy", "mscId": 41, "mscPublicStatusCode": 2},
            "authorizedApplication.authorizedPartsII.1": part_two("Italy", 6, today, 0),
            "authorizedApplication.applicationInfo.1": application("AM-1", "ADDITION OF MSC", today),
        },
    )
    drops = record("2024-510001-11-00", today, "Drops for dry eyes", ("Germany",), RECRUITING)
    edit_of({f"{NUMBERS}.isrctnNumber": {"id": 5, "number": SIBLING}})(drops)
    return {
        EXAMPLE: WrittenTrial(
            record(EXAMPLE, today, "Quiet pumps for the night", ("Spain", "Italy"), RECRUITING),
            (halted, everywhere, ended),
        ),
        "2024-510001-11-00": WrittenTrial(drops, (widened,)),
        "2024-510002-12-00": WrittenTrial(
            record("2024-510002-12-00", today, "A patch for travellers", ("France",), RECRUITMENT_ENDED, OTHERS)
        ),
        "2022-500003-13-00": WrittenTrial(
            record("2022-500003-13-00", today, "Powder for sore throats", ("Poland", "Hungary"), CANCELLED)
        ),
        "2022-500003-13-01": WrittenTrial(
            record("2022-500003-13-01", today, "Powder for sore throats, again", ("Poland",), RECRUITING)
        ),
    }


def record(
    trial_id: str,
    today: date,
    title: str,
    countries: tuple[str, ...],
    status: int,
    subject: Subject = OURS,
) -> Json:
    """A whole record, as of *today*."""
    started = (today - timedelta(days=200)).isoformat()
    return {
        "ctNumber": trial_id,
        "ctStatus": "Authorised",
        "startDateEU": f"{today - timedelta(days=200):%d/%m/%Y}",
        "ctPublicStatusCode": status,
        "authorizedApplication": {
            "authorizedPartI": part_one(trial_id, today, title, subject),
            "authorizedPartsII": [part_two(name, 40 + place, today, 200) for place, name in enumerate(countries)],
            "applicationInfo": [application("IN", "INITIAL", today - timedelta(days=300))],
            "memberStatesConcerned": [
                {"mscName": name, "mscId": 40 + place, "firstDecisionDate": started, "mscPublicStatusCode": status}
                for place, name in enumerate(countries)
            ],
            "eudraCt": {"isTransitioned": False},
        },
        "events": {
            "temporaryHaltList": [],
            "trialEvents": [
                {"mscName": name, "events": [{"notificationType": "START_OF_TRIAL", "date": started}]}
                for name in countries
            ],
            "unexpectedEvents": [],
            "seriousBreaches": [],
            "urgentSafetyMeasures": [],
        },
        "results": {"summaryResults": [], "laypersonResults": [], "clinicalStudyReports": []},
        "documents": [
            {
                "title": "D1_Protocol",
                "uuid": f"00000000-0000-4000-8000-{trial_id.replace('-', '')}",
                "documentType": "104",
                "documentTypeLabel": "Protocol (for publication)",
                "fileType": "PDF",
            }
        ],
        "resultsFirstReceived": "No",
    }


def part_one(trial_id: str, today: date, title: str, subject: Subject) -> Json:
    """What holds for all countries."""
    return {
        "id": 100_000,
        "rowSubjectCount": 20,
        "trialDetails": {
            "clinicalTrialIdentifiers": {
                "fullTitle": f"{title}: a randomised, double-blind trial",
                "publicTitle": title,
                "publicTitleTranslations": [{"id": 1, "attributeTranslation": "…", "languageDescription": "Spanish"}],
                "shortTitle": f"SANDBOX-{trial_id[5:11]}",
                "secondaryIdentifyingNumbers": {"additionalRegistries": []},
            },
            "trialInformation": {
                "trialCategory": {"isLowIntervention": False, "trialPhase": "5"},
                "medicalCondition": {
                    "partIMedicalConditions": [{"id": 1, "medicalCondition": subject.condition}],
                    "meddraConditionTerms": [],
                },
                "eligibilityCriteria": {
                    "principalInclusionCriteria": [criterion("Inclusion", 1, "Aged 18 or over")],
                    "principalExclusionCriteria": [criterion("Exclusion", 1, "Allergic to it")],
                },
                "endPoint": {
                    "primaryEndPoints": [{"id": 1, "number": 1, "endPoint": "Days without it at week 12"}],
                    "secondaryEndPoints": [{"id": 2, "number": 1, "endPoint": "Nights slept through at week 12"}],
                },
                "trialDuration": {
                    "estimatedRecruitmentStartDate": (today - timedelta(days=180)).isoformat(),
                    "estimatedEndDate": (today + timedelta(days=500)).isoformat(),
                },
                "populationOfTrialSubjects": {
                    "ageRanges": [{"id": 1, "ageRangeCategoryCode": "3"}],
                    "isFemaleSubjects": True,
                    "isMaleSubjects": True,
                    "clinicalTrialGroups": [{"code": "2", "name": "Patients"}],
                },
            },
        },
        "sponsors": [sponsor(subject)],
        "productRoleGroupInfos": [{"productRoleName": "Test", "products": [{"productName": "Sandboxine 5 mg"}]}],
    }


def sponsor(subject: Subject) -> Json:
    """Who is responsible, with contacts that nobody should keep."""
    organisation = {"id": 3, "name": subject.sponsor, "businessKey": subject.sponsor_key, "commercial": True}
    contact = {"functionalName": "Nobody", "functionalEmailAddress": "nobody@example.org", "telephone": "000"}
    return {"id": 4, "primary": True, "organisation": organisation, "publicContacts": [contact]}


def criterion(kind: str, number: int, text: str) -> Json:
    """One of the criteria."""
    return {"id": number, "number": number, f"principal{kind}Criteria": text}


def part_two(country: str, number: int, today: date, started: int) -> Json:
    """What holds for one country; *started* so many days ago."""
    begun = {"trialStartDate": (today - timedelta(days=started)).isoformat()} if started else None
    organisation = {"name": f"{country} General Hospital", "businessKey": f"ORG-2000000{number}"}
    return {
        "id": number,
        "mscId": number,
        "mscInfo": {"mscName": country, "trialPeriod": [begun] if begun else []},
        "recruitmentSubjectCount": 40,
        "trialSites": [
            {
                "organisationAddressInfo": {
                    "organisation": organisation,
                    "address": {"city": "Capital", "postcode": "10000", "countryName": country},
                },
                "departmentName": "Medicine",
                "personInfo": {"firstName": "No", "lastName": "Body", "email": "nobody@example.org"},
            }
        ],
    }


def application(key: str, kind: str, day: date) -> Json:
    """One application in a trial's life."""
    return {
        "id": 7,
        "type": kind,
        "status": "Authorised",
        "submissionDate": (day - timedelta(days=60)).isoformat(),
        "decisionDate": day.isoformat(),
        "businessKey": key,
    }


def countries_of(tree: Mapping[str, Json]) -> list[tuple[str, int]]:
    """The countries of a record, each with its status."""
    held = tree.get("authorizedApplication")
    states = held.get("memberStatesConcerned", []) if isinstance(held, dict) else []
    return [
        (str(state.get("mscName")), int(state.get("mscPublicStatusCode") or 0))
        for state in states
        if isinstance(state, dict) and str(state.get("mscPublicStatusCode") or 0).isdigit()
    ]
