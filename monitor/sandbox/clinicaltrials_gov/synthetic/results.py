"""The results section of a synthetic trial: flow, baseline, outcome measures, adverse events. Pure.

It is what makes a record large: the longest have several hundred adverse events for each of their groups.
"""

from random import Random

from monitor.model import Json
from monitor.sandbox.clinicaltrials_gov.synthetic import vocabulary
from monitor.sandbox.clinicaltrials_gov.synthetic.plan import Plan
from monitor.sandbox.clinicaltrials_gov.synthetic.prose import (
    mail_address,
    measure_name,
    person,
    phone,
    sentence,
    sentences,
)

MOST_EVENTS = 2600
PARAMETERS = (("MEAN", "STANDARD_DEVIATION"), ("MEDIAN", "INTER_QUARTILE_RANGE"), ("COUNT_OF_PARTICIPANTS", None))


class Groups:
    """The groups of one table, and how many people are in each."""

    def __init__(self, plan: Plan, prefix: str) -> None:
        self.titles = [*(f"{plan.treatment} {number}" for number in range(1, plan.arms)), plan.comparator.capitalize()]
        self.ids = [f"{prefix}{number:03}" for number in range(len(self.titles))]
        self.size = max(plan.enrollment // len(self.titles), 1)

    def described(self, plan: Plan, rng: Random) -> list[Json]:
        """The groups as a table lists them."""
        return [
            {"id": key, "title": title, "description": sentence(plan, rng, vocabulary.DETAILS)}
            for key, title in zip(self.ids, self.titles, strict=True)
        ]

    def denominators(self) -> list[Json]:
        """How many people each group has."""
        counts = [{"groupId": key, "value": str(self.size)} for key in self.ids]
        return [{"units": "Participants", "counts": counts}]


def results_modules(plan: Plan, rng: Random) -> dict[str, Json]:
    """All modules of the results section."""
    bulk = plan.bulk * rng.lognormvariate(0.1, 1.0)
    return {
        "participantFlowModule": flow(plan, rng),
        "baselineCharacteristicsModule": baseline(plan, rng),
        "outcomeMeasuresModule": measures(plan, rng, bulk),
        "adverseEventsModule": events(plan, rng, bulk),
        "moreInfoModule": more(plan, rng),
    }


def flow(plan: Plan, rng: Random) -> Json:
    """How many started, finished and left."""
    groups = Groups(plan, "FG")
    left = [rng.randint(0, groups.size // 4) for _ in groups.ids]
    finished = [
        {"groupId": key, "numSubjects": str(groups.size - gone)} for key, gone in zip(groups.ids, left, strict=True)
    ]
    reasons = [{"groupId": key, "numSubjects": str(gone)} for key, gone in zip(groups.ids, left, strict=True)]
    started = [{"groupId": key, "numSubjects": str(groups.size)} for key in groups.ids]
    started[0]["comment"] = "One person was randomised by mistake and is not counted"
    period = {
        "title": "Overall Study",
        "milestones": [
            {"type": "STARTED", "comment": "Randomised", "achievements": started},
            {"type": "COMPLETED", "achievements": finished},
            {"type": "NOT COMPLETED", "achievements": reasons},
        ],
        "dropWithdraws": [{"type": "Withdrawal by Subject", "reasons": reasons}],
    }
    return {
        "preAssignmentDetails": sentence(plan, rng, vocabulary.DETAILS),
        "recruitmentDetails": sentence(plan, rng, vocabulary.DETAILS),
        "groups": groups.described(plan, rng),
        "periods": [period],
    }


def baseline(plan: Plan, rng: Random) -> Json:
    """Who took part."""
    groups = Groups(plan, "BG")
    age = measurements(rng, groups, spread="STANDARD_DEVIATION")
    halves = [{"title": title, "measurements": measurements(rng, groups)} for title in ("Female", "Male")]
    return {
        "populationDescription": sentence(plan, rng, vocabulary.DETAILS),
        "groups": groups.described(plan, rng),
        "denoms": groups.denominators(),
        "measures": [
            {
                "title": "Age, Continuous",
                "paramType": "MEAN",
                "dispersionType": "STANDARD_DEVIATION",
                "unitOfMeasure": "years",
                "classes": [{"categories": [{"measurements": age}]}],
            },
            {
                "title": "Sex: Female, Male",
                "description": "As written in the record of the site",
                "paramType": "COUNT_OF_PARTICIPANTS",
                "unitOfMeasure": "Participants",
                "classes": [{"denoms": groups.denominators(), "categories": halves}],
            },
        ],
    }


def measurements(rng: Random, groups: Groups, *, spread: str | None = None) -> list[Json]:
    """One value for each group, with what surrounds it."""
    made = []
    for key in groups.ids:
        value = rng.random() * 100
        item: dict[str, Json] = {"groupId": key, "value": f"{value:.1f}" if spread else str(int(value))}
        if spread == "STANDARD_DEVIATION":
            item["spread"] = f"{value / 5:.2f}"
        elif spread:
            item |= {"lowerLimit": f"{value * 0.8:.1f}", "upperLimit": f"{value * 1.3:.1f}"}
        made.append(item)
    return made


def measures(plan: Plan, rng: Random, bulk: float) -> Json:
    """The outcome measures with their values."""
    count = min(int(4 * bulk) + 2, 40)
    kinds = ["PRIMARY", *(["SECONDARY"] * (count - 2)), "OTHER_PRE_SPECIFIED"]
    return {"outcomeMeasures": [measure(plan, rng, kind, number) for number, kind in enumerate(kinds)]}


def measure(plan: Plan, rng: Random, kind: str, number: int) -> Json:
    """One outcome measure."""
    groups = Groups(plan, "OG")
    parameter, spread = PARAMETERS[int(rng.random() * 3)]
    rows = [f"Week {4 * (row + 1)}" for row in range(min(int(rng.expovariate(0.4)) + 1, 12))]
    made: dict[str, Json] = {
        "type": kind,
        "title": f"Change in {measure_name(rng)}, analysis {number + 1}",
        "description": sentences(plan, rng, vocabulary.OUTCOME_DETAILS, 3),
        "populationDescription": sentence(plan, rng, vocabulary.DETAILS),
    }
    if kind == "OTHER_PRE_SPECIFIED" and rng.random() < 0.3:
        held = {"reportingStatus": "NOT_POSTED", "anticipatedPostingDate": f"{plan.completed.year + 3}-06"}
        return made | held | {"timeFrame": sentence(plan, rng, vocabulary.TIME_FRAMES)}
    made |= {"reportingStatus": "POSTED", "paramType": parameter}
    if spread:
        made["dispersionType"] = "Standard Deviation" if spread == "STANDARD_DEVIATION" else "Inter-Quartile Range"
    made |= {
        "unitOfMeasure": "units on a scale" if spread else "Participants",
        "timeFrame": sentence(plan, rng, vocabulary.TIME_FRAMES),
        "groups": groups.described(plan, rng),
        "denoms": groups.denominators(),
        "classes": [
            {"title": row, "categories": [{"measurements": measurements(rng, groups, spread=spread)}]} for row in rows
        ],
    }
    return made | ({"analyses": [analysis(rng, groups)]} if kind == "PRIMARY" and plan.arms > 1 else {})


def analysis(rng: Random, groups: Groups) -> Json:
    """One comparison between groups."""
    estimate = rng.uniform(-5, 5)
    return {
        "groupIds": groups.ids[:2],
        "groupDescription": "All randomised participants",
        "testedNonInferiority": False,
        "nonInferiorityType": "SUPERIORITY",
        "pValue": f"{rng.random():.3f}",
        "pValueComment": "Two-sided",
        "statisticalMethod": "ANCOVA",
        "statisticalComment": "Adjusted for site and baseline value",
        "paramType": "Mean Difference (Final Values)",
        "paramValue": f"{estimate:.2f}",
        "ciPctValue": "95",
        "ciNumSides": "TWO_SIDED",
        "ciLowerLimit": f"{estimate - 1.9:.2f}",
        "ciUpperLimit": f"{estimate + 1.9:.2f}",
        "dispersionType": "STANDARD_ERROR_OF_MEAN",
        "dispersionValue": "0.97",
        "estimateComment": "Treatment minus comparator",
    }


def events(plan: Plan, rng: Random, bulk: float) -> Json:
    """Adverse events, serious and other."""
    groups = Groups(plan, "EG")
    serious, other = min(int(6 * bulk), MOST_EVENTS // 4), min(int(22 * bulk * rng.lognormvariate(0, 0.8)), MOST_EVENTS)
    listed = [
        {
            "id": key,
            "title": title,
            "description": sentence(plan, rng, vocabulary.DETAILS),
            "deathsNumAffected": 0,
            "deathsNumAtRisk": groups.size,
            "seriousNumAffected": min(serious, groups.size),
            "seriousNumAtRisk": groups.size,
            "otherNumAffected": min(other, groups.size),
            "otherNumAtRisk": groups.size,
        }
        for key, title in zip(groups.ids, groups.titles, strict=True)
    ]
    module: dict[str, Json] = {
        "frequencyThreshold": "5",
        "timeFrame": sentence(plan, rng, vocabulary.TIME_FRAMES),
        "description": "Asked for at every visit",
        "eventGroups": listed,
    }
    if serious:
        module["seriousEvents"] = [event(rng, groups, number) for number in range(serious)]
    if other:
        module["otherEvents"] = [event(rng, groups, number) for number in range(other)]
    return module


TERMS = tuple((term, system) for system, terms in vocabulary.ORGAN_SYSTEMS.items() for term in terms)


def event(rng: Random, groups: Groups, number: int) -> Json:
    """One adverse event; terms are numbered once the vocabulary is used up."""
    term, system = TERMS[number % len(TERMS)]
    made: dict[str, Json] = {
        "term": term if number < len(TERMS) else f"{term}, form {number // len(TERMS) + 1}",
        "organSystem": system,
        "sourceVocabulary": "MedDRA 26.0",
        "assessmentType": "SYSTEMATIC_ASSESSMENT",
    }
    if number % 40 == 3:
        made["notes"] = "Counted once for each participant"
    made["stats"] = [
        {"groupId": key, "numEvents": affected + 1, "numAffected": affected, "numAtRisk": groups.size}
        for key in groups.ids
        for affected in (int(rng.random() * groups.size / 3),)
    ]
    return made


def more(plan: Plan, rng: Random) -> Json:
    """Limits, agreements and whom to ask."""
    name = person(rng)
    module: dict[str, Json] = {}
    if rng.random() < 0.2:
        module["limitationsAndCaveats"] = {"description": "The trial ended early, with few participants"}
    module["certainAgreement"] = {"piSponsorEmployee": False, "restrictiveAgreement": rng.random() < 0.5}
    if module["certainAgreement"]["restrictiveAgreement"]:
        module["certainAgreement"] |= {"restrictionType": "GT60", "otherDetails": "The sponsor may ask for a delay"}
    asked = {"title": name, "organization": plan.sponsor, "email": mail_address(name), "phone": phone(rng)}
    return module | {"pointOfContact": asked}
