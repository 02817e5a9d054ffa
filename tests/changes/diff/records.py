"""A trial of our own, and others made from it by changing fields."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from monitor.changes.diff import diff
from monitor.changes.significance import weigh_all
from monitor.model import (
    Arm,
    Change,
    Coded,
    CountryStatus,
    Difference,
    Enrollment,
    Intervention,
    Outcome,
    PartialDate,
    Record,
    ResponsibleParty,
    Site,
    Sponsor,
    StudyDocument,
)

ON = date(2026, 3, 10)
"""The day on which the tests see a change: the trial has started, and has not reached its primary completion."""


def coded(code: str) -> Coded:
    return Coded(code, code.replace("_", " ").capitalize())


def dated(text: str, type_: str | None = "ESTIMATED") -> PartialDate:
    return PartialDate(text, type_)


HEALING = Outcome("Wound closure at week 12", "12 weeks", "Full closure without drainage, judged by a blinded nurse.")
PAIN = Outcome("Pain on a visual scale", "Weeks 4, 8 and 12", "From 0 to 100 mm.")
COST = Outcome("Cost per healed wound", "12 months")

HONEY = Arm("Honey dressing", "EXPERIMENTAL", "Dressings changed every second day.", ("Device: Manuka honey gauze",))
SALINE = Arm("Saline dressing", "ACTIVE_COMPARATOR", "Moist gauze changed daily.", ("Device: Saline gauze",))

HONEY_GAUZE = Intervention("DEVICE", "Manuka honey gauze", "Sterile gauze.", ("Medihoney",), ("Honey dressing",))
SALINE_GAUZE = Intervention("DEVICE", "Saline gauze", "Gauze soaked in saline.", (), ("Saline dressing",))

GHENT = Site("Sint-Lucas Wound Clinic", "Ghent", None, "9000", "Belgium", "RECRUITING")
NAPLES = Site("Ospedale del Mare", "Naples", "Campania", "80147", "Italy", "RECRUITING")
LYON = Site("Research Site", "Lyon", None, "69003", "France", "NOT_YET_RECRUITING")

IN_BELGIUM = CountryStatus("Belgium", "RECRUITING", "Ongoing, recruiting")
IN_ITALY = CountryStatus("Italy", "ACTIVE_NOT_RECRUITING", "Ongoing, recruitment ended")

_HONEY_TRIAL = Record(
    registry="registry.example",
    trial_id="HON-0001",
    url="https://registry.example/HON-0001",
    paths={"overall_status": "status.overall", "sites": "places", "documents": "files.list"},
    brief_title="Honey Dressings for Leg Ulcers",
    official_title="A Randomised Comparison of Honey and Saline Dressings in Adults With Venous Leg Ulcers",
    acronym="HONEYLEG",
    overall_status=coded("RECRUITING"),
    start_date=dated("2025-09-01", "ACTUAL"),
    primary_completion_date=dated("2027-03"),
    completion_date=dated("2027-09-30"),
    status_verified_date="2026-01",
    last_update_submit_date="2026-01-12",
    last_update_post_date="2026-01-15",
    enrollment=Enrollment(120, "ESTIMATED"),
    lead_sponsor=Sponsor("Universiteit Gent Wondcentrum", "OTHER"),
    collaborators=(Sponsor("Apis Medical BV", "INDUSTRY"), Sponsor("Fondation Alizé", "OTHER")),
    responsible_party=ResponsibleParty("PRINCIPAL_INVESTIGATOR", "Marijke Verhaeghe", "Professor", "Ghent"),
    study_type=coded("INTERVENTIONAL"),
    phases=(coded("PHASE2"), coded("PHASE3")),
    allocation=coded("RANDOMIZED"),
    intervention_model=coded("PARALLEL"),
    masking=coded("SINGLE"),
    primary_purpose=coded("TREATMENT"),
    arms=(HONEY, SALINE),
    interventions=(HONEY_GAUZE, SALINE_GAUZE),
    primary_outcomes=(HEALING,),
    secondary_outcomes=(PAIN, COST),
    minimum_age="18 Years",
    maximum_age="85 Years",
    sex=coded("ALL"),
    healthy_volunteers=False,
    eligibility_criteria="Inclusion Criteria:\n\n* Venous ulcer of 2 to 20 cm²\n* Ankle index of at least 0.8\n\n"
    "Exclusion Criteria:\n\n* Allergy to bee products\n* Diabetic foot",
    sites=(GHENT, NAPLES, LYON),
    country_statuses=(IN_BELGIUM, IN_ITALY),
    contacts=({"name": "Ward office", "phone": "+32 9 000 00 00"}, {"name": "Marijke Verhaeghe", "role": "Chair"}),
    documents=(StudyDocument("Study Protocol", "2025-06-30", "Prot_000.pdf"),),
    rest={
        "description": {"briefSummary": "Does honey close venous ulcers sooner than saline?"},
        "conditions": {"keywords": ["honey", "ulcer", "dressing"]},
        "files": {"list": {"Prot_000.pdf": {"size": 812_345}}},
    },
)


def record(**changes: Any) -> Record:
    """The honey trial, with *changes* to its fields."""
    return replace(_HONEY_TRIAL, **changes)


def differences(before: Record, after: Record, **options: Any) -> tuple[Difference, ...]:
    return diff(before, after, on=options.pop("on", ON), **options)


def kinds(found: Iterable[Difference]) -> list[str]:
    return sorted(difference.kind for difference in found)


def only(found: Sequence[Difference]) -> Difference:
    assert len(found) == 1, [difference.summary for difference in found]
    return found[0]


def changes(before: Record, after: Record, **options: Any) -> tuple[Change, ...]:
    return weigh_all(differences(before, after, **options))
