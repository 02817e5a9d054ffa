"""The modules of a synthetic trial that say how it is done: arms, outcomes, criteria, sites, references. Pure."""

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

OPEN = ("RECRUITING", "NOT_YET_RECRUITING", "ENROLLING_BY_INVITATION", "ACTIVE_NOT_RECRUITING", "SUSPENDED")
MOST_SITES = 400


def arms(plan: Plan, rng: Random) -> Json:
    """Arms and interventions, which name each other."""
    labels = arm_labels(plan)
    first = f"{plan.treatment_type.capitalize()}: {plan.treatment}"
    second = f"Other: {plan.comparator.capitalize()}"
    groups: list[Json] = []
    for place, label in enumerate(labels):
        group: dict[str, Json] = {"label": label}
        compared = place == len(labels) - 1 and plan.arms > 1
        if plan.study_type == "INTERVENTIONAL":
            comparator = "PLACEBO_COMPARATOR" if plan.comparator == "placebo" else "ACTIVE_COMPARATOR"
            group["type"] = comparator if compared else "EXPERIMENTAL"
        group["description"] = sentences(plan, rng, vocabulary.DETAILS, rng.randint(1, 3))
        group["interventionNames"] = [second if compared else first]
        groups.append(group)
    interventions: list[Json] = [
        {
            "type": plan.treatment_type,
            "name": plan.treatment,
            "description": sentences(plan, rng, vocabulary.DETAILS, rng.randint(1, 3)),
            "armGroupLabels": labels[: max(plan.arms - 1, 1)],
        }
    ]
    if plan.treatment_type in ("DRUG", "BIOLOGICAL") and rng.random() < 0.6:
        interventions[0]["otherNames"] = [f"{plan.sponsor[:2].upper()}{rng.randint(100, 9999)}"]
    if plan.arms > 1:
        interventions.append(
            {
                "type": "OTHER",
                "name": plan.comparator.capitalize(),
                "description": sentence(plan, rng, vocabulary.DETAILS),
                "armGroupLabels": labels[-1:],
            }
        )
    return {"armGroups": groups, "interventions": interventions}


def arm_labels(plan: Plan) -> list[str]:
    """The labels of the treated arms, and of the comparator where there are more than one."""
    unit = " mg" if plan.treatment_type == "DRUG" else ""
    treated = [f"{plan.treatment} {dose}{unit}" for dose in (5, 10, 20)[: max(plan.arms - 1, 1)]]
    return [*treated, plan.comparator.capitalize()] if plan.arms > 1 else treated


def outcome(plan: Plan, rng: Random) -> Json:
    """One outcome measure."""
    form = vocabulary.MEASURE_FORMS[int(rng.random() * len(vocabulary.MEASURE_FORMS))]
    measure = form.format(measure=measure_name(rng))
    made: dict[str, Json] = {"measure": measure[0].upper() + measure[1:]}
    if rng.random() < 0.7:
        made["description"] = sentences(plan, rng, vocabulary.OUTCOME_DETAILS, rng.randint(1, 7))
    made["timeFrame"] = sentence(plan, rng, vocabulary.TIME_FRAMES)
    return made


def outcomes(plan: Plan, rng: Random) -> Json:
    """Primary, secondary and other outcomes; no two of a role have the same measure."""
    counts = {
        "primaryOutcomes": rng.choices((1, 2, 3), (75, 17, 8))[0],
        "secondaryOutcomes": min(int(plan.bulk * rng.lognormvariate(1.65, 0.85)), 90) if rng.random() < 0.85 else 0,
        "otherOutcomes": rng.randint(1, 6) if rng.random() < 0.11 else 0,
    }
    module = {}
    for role, count in counts.items():
        made = {item["measure"]: item for item in (outcome(plan, rng) for _ in range(count))}
        if made:
            module[role] = list(made.values())
    return module


def eligibility(plan: Plan, rng: Random) -> Json:
    """Who may take part."""
    count = int(plan.bulk * rng.lognormvariate(2.15, 0.65)) + 2
    included = "\n".join(f"* {sentence(plan, rng, vocabulary.INCLUSION)}" for _ in range(count))
    excluded = "\n".join(f"* {sentence(plan, rng, vocabulary.EXCLUSION)}" for _ in range(count))
    module: dict[str, Json] = {
        "eligibilityCriteria": f"Inclusion Criteria:\n\n{included}\n\nExclusion Criteria:\n\n{excluded}",
        "healthyVolunteers": rng.random() < 0.25,
        "sex": "FEMALE" if plan.condition in ("Preeclampsia", "Ovarian Cancer", "Preterm Birth") else "ALL",
    }
    if module["sex"] == "FEMALE":
        module |= {"genderBased": True, "genderDescription": "People who can become pregnant"}
    youngest, oldest = rng.choice((0, 12, 18, 18, 18, 18, 40)), rng.choice((0, 0, 17, 65, 75, 80, 85))
    if youngest:
        module["minimumAge"] = f"{youngest} Years"
    if oldest > youngest:
        module["maximumAge"] = f"{oldest} Years"
    highest = oldest if oldest > youngest else 120
    spans = {"CHILD": (0, 17), "ADULT": (18, 64), "OLDER_ADULT": (65, 120)}
    module["stdAges"] = [name for name, (low, high) in spans.items() if youngest <= high and highest >= low]
    if plan.study_type == "OBSERVATIONAL":
        module["studyPopulation"] = f"People with {plan.condition} who are treated at one of the sites"
        module["samplingMethod"] = rng.choice(("NON_PROBABILITY_SAMPLE", "PROBABILITY_SAMPLE"))
    return module


def contacts(plan: Plan, rng: Random) -> Json:
    """Contacts, officials and sites."""
    module: dict[str, Json] = {}
    if plan.status in OPEN:
        module["centralContacts"] = [contact(rng)]
    if rng.random() < 0.72:
        official = {"name": person(rng), "affiliation": plan.sponsor, "role": "PRINCIPAL_INVESTIGATOR"}
        module["overallOfficials"] = [official]
    count = site_count(plan, rng)
    if count:
        module["locations"] = [site(plan, rng, number) for number in range(count)]
    return module


def site_count(plan: Plan, rng: Random) -> int:
    """Most trials have one site, a tenth have none, and a few have hundreds."""
    chance = rng.random()
    if chance < 0.09:
        return 0
    return 1 if chance < 0.68 else min(int(plan.bulk * rng.lognormvariate(1.9, 1.2)) + 2, MOST_SITES)


def contact(rng: Random) -> Json:
    """Somebody to write to."""
    name = person(rng)
    made = {"name": name, "role": "CONTACT", "phone": phone(rng), "email": mail_address(name)}
    return made | {"phoneExt": str(rng.randint(100, 999))} if rng.random() < 0.1 else made


def site(plan: Plan, rng: Random, number: int) -> Json:
    """One site; its *number* keeps its name apart from the others of the trial."""
    city, state, post_code, country, latitude, longitude = vocabulary.CITIES[int(rng.random() * len(vocabulary.CITIES))]
    place = vocabulary.PLACE_NAMES[(number + plan.index) % len(vocabulary.PLACE_NAMES)]
    kind = vocabulary.FACILITIES[int(rng.random() * len(vocabulary.FACILITIES))]
    made: dict[str, Json] = {"facility": f"{place} {kind}" + (f" (Site {number:03})" if number > 9 else "")}
    if plan.status in OPEN:
        made["status"] = plan.status
    made["city"] = city
    if state:
        made["state"] = state
    made |= {"zip": post_code, "country": country}
    if plan.status == "RECRUITING" and rng.random() < 0.8:
        made["contacts"] = [contact(rng)]
    return made | {"geoPoint": {"lat": latitude, "lon": longitude}}


def references(plan: Plan, rng: Random) -> Json:
    """Literature, links and shared data."""
    module: dict[str, Json] = {}
    if rng.random() < 0.34:
        module["references"] = [
            reference(plan, rng) for _ in range(min(int(plan.bulk * rng.lognormvariate(1.2, 1.0)) + 1, 80))
        ]
    if rng.random() < 0.11:
        module["seeAlsoLinks"] = [{"label": "Page of the trial", "url": f"https://trials.example/{plan.trial_id}"}]
    if rng.random() < 0.01:
        shared = {
            "id": str(rng.randint(1000, 9999)),
            "type": "Clinical Study Report",
            "url": "https://data.example/csr",
        }
        module["availIpds"] = [shared | {"comment": "On request"}]
    return module


def reference(plan: Plan, rng: Random) -> Json:
    """One citation."""
    number = str(rng.randint(90_000_000, 99_999_999))
    authors = ", ".join(f"{rng.choice(vocabulary.LAST_NAMES)} {rng.choice('ABCDEF')}" for _ in range(rng.randint(2, 6)))
    title = f"{plan.treatment} and {measure_name(rng)} in {plan.condition}"
    place = f"{rng.randint(1, 60)}({rng.randint(1, 12)}):{rng.randint(1, 999)}"
    made: dict[str, Json] = {
        "pmid": number,
        "type": rng.choice(("BACKGROUND", "BACKGROUND", "RESULT", "DERIVED")),
        "citation": f"{authors}. {title}. J Invent Med. {min(plan.started, plan.today).year};{place}.",
    }
    if rng.random() < 0.005:
        made["retractions"] = [{"pmid": str(int(number) + 1), "source": "J Invent Med. Correction."}]
    return made


def sharing(plan: Plan, rng: Random) -> Json:
    """Whether data of single participants are shared."""
    answer = rng.choices(("NO", "YES", "UNDECIDED"), (60, 25, 15))[0]
    if answer != "YES":
        return {"ipdSharing": answer}
    return {
        "ipdSharing": answer,
        "description": sentence(plan, rng, vocabulary.DETAILS),
        "infoTypes": ["STUDY_PROTOCOL", "SAP", "ICF", "CSR"][: rng.randint(1, 4)],
        "timeFrame": sentence(plan, rng, vocabulary.TIME_FRAMES),
        "accessCriteria": "A proposal that an independent board has approved",
        "url": "https://data.example/requests",
    }
