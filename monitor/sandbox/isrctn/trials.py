"""The trials of the sandbox, all invented. Pure.

A tree is what the API calls a full trial: the `trial` and the `sponsor` that it refers to. Members that begin with @
are attributes.
"""

from datetime import date, timedelta

from monitor.model import Json
from monitor.sandbox.small.trees import State, WrittenTrial

EXAMPLE = "ISRCTN12949496"


SIBLING = "2024-510001-11-00"
"""The id of one of the trials in CTIS, which the sandbox of that has, too."""


def written_trials(today: date) -> dict[str, WrittenTrial]:
    """By id: one that will be stopped, one whose recruitment ends by date, one yet to begin, one with results."""
    stopped = State(
        "Stopped: the clinic was closed",
        {
            "trial.trialDesign.overallStatusOverride": "Stopped",
            "trial.trialDesign.reasonAbandoned": "The clinic was closed",
            "trial.participants.totalFinalEnrolment": "31",
        },
    )
    raised = State("More participants wanted", {"trial.participants.targetEnrolment": "160"})
    posted = State(
        "Results published",
        {
            "trial.results.publicationStage": "Results",
            "trial.outputs.output.1": {
                "@outputType": "resultsarticle",
                "@dateCreated": today.isoformat(),
                "description": "Results article",
            },
        },
    )
    drops = full_trial("ISRCTN10000018", today, title="Drops for dry eyes", start=-300, end=1, finish=60)
    drops["trial"]["externalRefs"]["eudraCTNumber"] = SIBLING
    return {
        EXAMPLE: WrittenTrial(
            full_trial(EXAMPLE, today, title="Walking in company after a new knee", start=-200, end=90, finish=400),
            (raised, stopped),
        ),
        "ISRCTN10000018": WrittenTrial(drops),
        "ISRCTN10000026": WrittenTrial(
            full_trial("ISRCTN10000026", today, title="A song before sleep", start=2, end=300, finish=500)
        ),
        "ISRCTN10000034": WrittenTrial(
            full_trial("ISRCTN10000034", today, title="Oats in the morning", start=-900, end=-500, finish=-300),
            (posted,),
        ),
    }


def full_trial(trial_id: str, today: date, *, title: str, start: int, end: int, finish: int) -> Json:
    """A trial whose days are given as distances from *today*."""

    def moment(days: int) -> str:
        return f"{(today + timedelta(days=days)).isoformat()}T00:00:00.000Z"

    return {
        "trial": {
            "isrctn": {"@dateAssigned": moment(start - 40), "#": trial_id.removeprefix("ISRCTN")},
            "trialDescription": described(title),
            "externalRefs": {
                "doi": f"10.1186/{trial_id}",
                "eudraCTNumber": "Nil known",
                "clinicalTrialsGovNumber": "Nil known",
                "protocolSerialNumber": f"SANDBOX-{trial_id[-4:]}",
            },
            "trialDesign": {
                "studyDesign": "Randomised trial in two groups",
                "primaryStudyDesign": "Interventional",
                "secondaryStudyDesign": "Randomised controlled trial",
                "trialTypes": {"trialType": "Treatment"},
                "overallStatusOverride": "",
                "reasonAbandoned": "",
                "overallEndDate": moment(finish),
            },
            "participants": enrolled(moment(start), moment(end)),
            "conditions": {
                "condition": {
                    "description": "Stiff joints",
                    "diseaseClass1": "Musculoskeletal Diseases",
                    "diseaseClass2": "",
                }
            },
            "interventions": {
                "intervention": {
                    "description": "One group is offered it three times a week, the other is not.",
                    "interventionType": "Behavioural",
                    "phase": "Not Applicable",
                    "drugNames": "",
                }
            },
            "results": {"publicationStage": "Protocol", "intentToPublish": moment(finish + 300)},
            "outputs": {"output": [{"@outputType": "protocolfile", "description": "Protocol file"}]},
            "parties": {"sponsorId": "Sponsor1", "contactId": "Contact1"},
        },
        "contact": {"@id": "Contact1", "surname": "Nobody", "contactDetails": {"email": "nobody@example.org"}},
        "sponsor": {
            "@id": "Sponsor1",
            "organisation": "Sandbox Hospital",
            "sponsorType": "Hospital/treatment centre",
            "rorId": "https://ror.example/000000001",
        },
    }


def described(title: str) -> Json:
    """What a trial says of itself."""
    return {
        "title": title,
        "scientificTitle": f"{title}: a randomised trial",
        "acronym": "",
        "studyHypothesis": "It is better than nothing.",
        "plainEnglishSummary": "Background and study aims\nThis trial is invented.",
        "primaryOutcomes": "",
        "primaryOutcome": "1. Stiffness measured with a scale at 6 weeks\n2. Pain measured with a scale at 6 weeks",
        "secondaryOutcomes": "",
        "secondaryOutcome": "Steps a day counted at 12 weeks",
        "trialWebsite": "",
    }


def enrolled(start: str, end: str) -> Json:
    """Who takes part, where and when."""
    return {
        "recruitmentCountries": {"country": ["England", "Ireland"]},
        "trialCentres": {
            "trialCentre": [
                {"name": "Sandbox Hospital", "city": "Leeds", "country": "England", "zip": "LS1 1AA"},
                {"name": "Second Hospital", "city": "Cork", "country": "Ireland", "zip": ""},
            ]
        },
        "participantTypes": {"participantType": "Patient"},
        "inclusion": "1. Aged 18 years or over\n2. Stiff in the morning",
        "exclusion": "1. Cannot walk",
        "ageRange": "Adult",
        "lowerAgeLimit": "18 Years",
        "upperAgeLimit": "",
        "gender": "All",
        "targetEnrolment": "120",
        "totalFinalEnrolment": "",
        "recruitmentStart": start,
        "recruitmentEnd": end,
        "recruitmentStartStatusOverride": "",
        "recruitmentStatusOverride": "",
    }
