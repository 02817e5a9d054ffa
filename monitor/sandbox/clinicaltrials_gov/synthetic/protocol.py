"""The protocol section of a synthetic trial, module by module. Pure.

Lengths follow real records: most sections are short, and a few are very long.
"""

from datetime import date, timedelta
from random import Random

from monitor.model import Json
from monitor.sandbox.clinicaltrials_gov.synthetic import vocabulary
from monitor.sandbox.clinicaltrials_gov.synthetic.plan import ENDED, STOPPED, Plan
from monitor.sandbox.clinicaltrials_gov.synthetic.prose import measure_name, person, sentence, sentences

TYPED_POSTS_SINCE = date(2017, 1, 18)
"""Before, the registry did not record when exactly it posted."""
LAST_KNOWN = ("RECRUITING", "RECRUITING", "NOT_YET_RECRUITING", "ACTIVE_NOT_RECRUITING")
PURPOSES = {"TREATMENT": 68, "PREVENTION": 12, "SUPPORTIVE_CARE": 9, "DIAGNOSTIC": 6, "BASIC_SCIENCE": 5}
TYPED_STARTS_SINCE = date(2010, 1, 1)


def identification(plan: Plan, rng: Random) -> Json:
    """Ids and titles."""
    title = f"{plan.treatment} in {plan.condition}"
    module: dict[str, Json] = {"nctId": plan.trial_id}
    if plan.alias:
        module["nctIdAliases"] = [plan.alias]
    module["orgStudyIdInfo"] = {"id": f"{plan.sponsor[:3].upper()}-{rng.randint(100, 9999)}"}
    if plan.sponsor_class == "NIH":
        module["orgStudyIdInfo"] |= {"type": "NIH", "link": f"https://grants.example/{rng.randint(10000, 99999)}"}
    if rng.random() < 0.23:
        module["secondaryIdInfos"] = [secondary_id(plan, rng) for _ in range(rng.randint(1, 3))]
    module["organization"] = {"fullName": plan.sponsor, "class": plan.sponsor_class}
    if plan.status == "WITHHELD":
        return module | {"briefTitle": "[Trial of device that is not approved or cleared by the U.S. FDA]"}
    module["briefTitle"] = title
    module["officialTitle"] = official_title(plan, rng)
    if rng.random() < 0.3:
        module["acronym"] = f"{plan.treatment[:2]}{plan.condition[:3]}".upper().replace(" ", "")
    return module


def official_title(plan: Plan, rng: Random) -> str:
    """The long title."""
    designs = {1: "Open-label, Single-arm", 2: "Randomized, Parallel-group"}
    design = designs.get(plan.arms, "Randomized, Multi-arm") if plan.study_type == "INTERVENTIONAL" else "Observational"
    effect = measure_name(rng).title()
    return f"{design} Study of {plan.treatment} in People With {plan.condition} and Its Effect on {effect}"


def secondary_id(plan: Plan, rng: Random) -> Json:
    """Another organisation's number of the trial."""
    kind = rng.choice(("EUDRACT_NUMBER", "CTIS", "REGISTRY", "OTHER_GRANT", "OTHER"))
    year = plan.first_submitted.year - rng.randint(0, 2)
    number = f"{year}-{rng.randint(0, 999999):06}-{rng.randint(10, 99)}"
    if kind in ("REGISTRY", "OTHER"):
        return {"id": number, "type": kind, "domain": f"{rng.choice(vocabulary.PLACE_NAMES)} Ethics Board"}
    if kind == "OTHER_GRANT":
        return {"id": number, "type": kind, "domain": "Example Foundation", "link": f"https://grants.example/{number}"}
    return {"id": number, "type": kind}


def partial(rng: Random, day: date) -> str:
    """A day as sponsors give it: two in five name the month only."""
    return day.isoformat()[: 7 if rng.random() < 0.4 else 10]


def posted(day: date) -> Json:
    """A posting day, with how sure the registry is of it."""
    return {"date": day.isoformat(), "type": "ACTUAL" if day >= TYPED_POSTS_SINCE else "ESTIMATED"}


def date_type(day: date, today: date) -> str:
    """Whether a day has come."""
    return "ACTUAL" if day <= today else "ESTIMATED"


def status(plan: Plan, rng: Random) -> Json:
    """Status and dates."""
    module: dict[str, Json] = {
        "statusVerifiedDate": plan.last_submitted.isoformat()[:7],
        "overallStatus": plan.status,
    }
    if plan.status == "UNKNOWN":
        module["lastKnownStatus"] = rng.choice(LAST_KNOWN)
    if plan.status == "WITHHELD":
        module["delayedPosting"] = True
    if plan.status in STOPPED:
        module["whyStopped"] = rng.choice(vocabulary.WHY_STOPPED)
    module["expandedAccessInfo"] = {"hasExpandedAccess": False}
    if rng.random() < 0.005:
        module["expandedAccessInfo"] = {
            "hasExpandedAccess": True,
            "nctId": f"NCT7{rng.randint(0, 9999999):07}",
            "statusForNctId": "AVAILABLE",
        }
    if plan.status != "WITHHELD":
        module |= trial_days(plan, rng)
    module |= submission_days(plan, rng)
    module["lastUpdateSubmitDate"] = plan.last_submitted.isoformat()
    module["lastUpdatePostDateStruct"] = posted(plan.last_posted)
    return module


def trial_days(plan: Plan, rng: Random) -> Json:
    """Start, primary completion and completion."""
    start: dict[str, Json] = {"date": partial(rng, plan.started)}
    if plan.started >= TYPED_STARTS_SINCE:
        start["type"] = "ESTIMATED" if plan.status == "WITHDRAWN" else date_type(plan.started, plan.today)
    if plan.study_type == "EXPANDED_ACCESS":
        return {"startDateStruct": start}
    ended = plan.status in ENDED
    primary = "ACTUAL" if ended else date_type(plan.primary_completed, plan.today)
    if plan.status in ("UNKNOWN", "WITHDRAWN"):
        primary = "ESTIMATED"
    return {
        "startDateStruct": start,
        "primaryCompletionDateStruct": {"date": partial(rng, plan.primary_completed), "type": primary},
        "completionDateStruct": {"date": partial(rng, plan.completed), "type": "ACTUAL" if ended else "ESTIMATED"},
    }


def submission_days(plan: Plan, rng: Random) -> Json:
    """When the record, and its results, were sent in and posted."""
    first = plan.first_submitted
    checked = min(first + timedelta(days=rng.randint(0, 5)), plan.today)
    days: dict[str, Json] = {
        "studyFirstSubmitDate": first.isoformat(),
        "studyFirstSubmitQcDate": checked.isoformat(),
        "studyFirstPostDateStruct": posted(min(checked + timedelta(days=rng.randint(1, 6)), plan.today)),
    }
    if plan.results_submitted:
        sent = plan.results_submitted
        days |= {
            "resultsFirstSubmitDate": sent.isoformat(),
            "resultsFirstSubmitQcDate": plan.last_submitted.isoformat(),
            "resultsFirstPostDateStruct": posted(plan.last_posted),
        }
    elif plan.status in ENDED and rng.random() < 0.01:
        days["resultsWaived"] = True
    if plan.status in ENDED and rng.random() < 0.02:
        delayed = plan.last_submitted
        days |= {
            "dispFirstSubmitDate": delayed.isoformat(),
            "dispFirstSubmitQcDate": delayed.isoformat(),
            "dispFirstPostDateStruct": posted(plan.last_posted),
        }
    return days


def sponsor(plan: Plan, rng: Random) -> Json:
    """Who leads, answers for and supports the trial."""
    if plan.status == "WITHHELD":
        return {"leadSponsor": {"name": "[Redacted]"}}
    module: dict[str, Json] = {"responsibleParty": responsible_party(plan, rng)}
    module["leadSponsor"] = {"name": plan.sponsor, "class": plan.sponsor_class}
    if rng.random() < 0.38:
        module["collaborators"] = [
            {"name": f"{place} {rng.choice(vocabulary.ACADEMIA)}", "class": "OTHER"}
            for place in rng.sample(vocabulary.PLACE_NAMES, min(1 + int(rng.expovariate(0.8)), 12))
        ]
    return module


def responsible_party(plan: Plan, rng: Random) -> Json:
    """Who answers for the record; old records name a person and an organisation in free text."""
    if plan.last_submitted.year < 2011:
        return {"oldNameTitle": f"{person(rng)}, Director", "oldOrganization": plan.sponsor}
    if plan.sponsor_class == "INDUSTRY" or rng.random() < 0.5:
        return {"type": "SPONSOR"}
    return {
        "type": rng.choice(("PRINCIPAL_INVESTIGATOR", "SPONSOR_INVESTIGATOR")),
        "investigatorFullName": person(rng),
        "investigatorTitle": rng.choice(("Professor", "Principal Investigator", "Head of Department")),
        "investigatorAffiliation": plan.sponsor,
    }


def oversight(plan: Plan, rng: Random) -> Json:
    """Who watches over the trial."""
    module: dict[str, Json] = {"oversightHasDmc": rng.random() < 0.4}
    if plan.last_submitted.year >= 2017:
        module |= {"isFdaRegulatedDrug": plan.treatment_type == "DRUG" and rng.random() < 0.4}
        module |= {"isFdaRegulatedDevice": plan.treatment_type == "DEVICE"}
        if plan.treatment_type == "DEVICE" and rng.random() < 0.2:
            module["isUnapprovedDevice"] = True
        if rng.random() < 0.02:
            module["isPpsd"] = True
        if rng.random() < 0.13:
            module["isUsExport"] = rng.random() < 0.5
    if plan.index % 1500 == 7:
        module["fdaaa801Violation"] = True
    return module


def description(plan: Plan, rng: Random) -> Json:
    """Summary and details."""
    module = {
        "briefSummary": sentences(plan, rng, vocabulary.SUMMARY, int(plan.bulk * rng.lognormvariate(1.6, 0.6)) + 1)
    }
    if rng.random() < 0.67:
        module["detailedDescription"] = sentences(
            plan, rng, vocabulary.DETAILS, int(plan.bulk * rng.lognormvariate(2.2, 0.95)) + 1
        )
    return module


def conditions(plan: Plan, rng: Random) -> Json:
    """Conditions and keywords."""
    others = rng.sample(vocabulary.CONDITIONS, rng.choices((0, 1, 2), (80, 14, 6))[0])
    module: dict[str, Json] = {"conditions": list(dict.fromkeys([plan.condition, *others]))}
    if rng.random() < 0.64:
        module["keywords"] = rng.sample(vocabulary.KEYWORDS, rng.randint(1, 6))
    return module


def design(plan: Plan, rng: Random) -> Json:
    """Study type, phase, design and enrollment."""
    if plan.study_type == "EXPANDED_ACCESS":
        kinds = {"individual": True, "intermediate": rng.random() < 0.5, "treatment": rng.random() < 0.5}
        return {"studyType": plan.study_type, "expandedAccessTypes": {kind: True for kind, on in kinds.items() if on}}
    if plan.status == "WITHHELD":
        return {"phases": ["NA"]}
    count_type = "ACTUAL" if plan.status in (*ENDED, "WITHDRAWN") else "ESTIMATED"
    enrollment = {"enrollmentInfo": {"count": plan.enrollment, "type": count_type}}
    if plan.study_type == "OBSERVATIONAL":
        return {"studyType": plan.study_type} | observational(rng) | enrollment
    return {"studyType": plan.study_type, "phases": list(plan.phases)} | interventional(plan, rng) | enrollment


def observational(rng: Random) -> Json:
    """The design of a trial that only looks on."""
    module: dict[str, Json] = {"patientRegistry": rng.random() < 0.15}
    if module["patientRegistry"]:
        module["targetDuration"] = f"{rng.randint(2, 10)} Years"
    module["designInfo"] = {
        "observationalModel": rng.choice(("COHORT", "COHORT", "CASE_CONTROL", "CASE_ONLY", "OTHER")),
        "timePerspective": rng.choice(("PROSPECTIVE", "PROSPECTIVE", "RETROSPECTIVE", "CROSS_SECTIONAL")),
    }
    if rng.random() < 0.4:
        kept = rng.choice(("SAMPLES_WITH_DNA", "SAMPLES_WITHOUT_DNA"))
        module["bioSpec"] = {"retention": kept, "description": "Blood and urine, kept at minus 80 degrees Celsius"}
    return module


def interventional(plan: Plan, rng: Random) -> Json:
    """The design of a trial that assigns something to its participants."""
    masked = rng.choices(("NONE", "SINGLE", "DOUBLE", "TRIPLE", "QUADRUPLE"), (55, 13, 14, 8, 10))[0]
    masking: dict[str, Json] = {"masking": masked if plan.arms > 1 else "NONE"}
    if masking["masking"] != "NONE":
        blind = ("PARTICIPANT", "INVESTIGATOR", "OUTCOMES_ASSESSOR", "CARE_PROVIDER")
        if rng.random() < 0.15:
            masking["maskingDescription"] = sentence(plan, rng, vocabulary.DETAILS)
        masking["whoMasked"] = list(blind[: {"SINGLE": 1, "DOUBLE": 2, "TRIPLE": 3}.get(masked, 4)])
    design = {
        "allocation": "RANDOMIZED" if plan.arms > 1 else "NA",
        "interventionModel": "PARALLEL" if plan.arms > 1 else "SINGLE_GROUP",
        "interventionModelDescription": sentence(plan, rng, vocabulary.DETAILS) if rng.random() < 0.15 else None,
        "primaryPurpose": rng.choices(tuple(PURPOSES), tuple(PURPOSES.values()))[0],
        "maskingInfo": masking,
    }  # fmt: skip
    return {"designInfo": {key: value for key, value in design.items() if value is not None}}
