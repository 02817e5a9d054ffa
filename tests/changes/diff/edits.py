"""Edits of the honey trial, each with the kinds of change that it is, and things that a registry does on its own."""

import random
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any
from unicodedata import normalize

from monitor.changes.fields import FIELDS
from monitor.model import (
    Arm,
    Coded,
    CountryStatus,
    Enrollment,
    Intervention,
    Outcome,
    Record,
    ResponsibleParty,
    Site,
    Sponsor,
    StudyDocument,
    Submission,
)
from tests.changes.diff.records import (
    COST,
    GHENT,
    HEALING,
    HONEY,
    HONEY_GAUZE,
    IN_BELGIUM,
    LYON,
    NAPLES,
    PAIN,
    coded,
    dated,
)

Edit = Callable[[Record], Record]

_ICE = Outcome("Ice applied to the ankle", "Week 2")


def _set(**changes: Any) -> Edit:
    return lambda record: replace(record, **changes)


def _swap(field: str, old: Any, new: Any) -> Edit:
    """In a list, *new* in the place of *old*; None stands for nothing."""

    def edit(record: Record) -> Record:
        items = [item for item in getattr(record, field) if item != old]
        assert len(items) == len(getattr(record, field)) - (old is not None)
        return replace(record, **{field: (*items, new) if new is not None else tuple(items)})

    return edit


def _detail(field: str, value: Any = "Bees") -> Edit:
    def edit(record: Record) -> Record:
        if hasattr(record, field):
            return replace(record, **{field: (*getattr(record, field), value)})
        return replace(record, details={**record.details, field: value})

    return edit


def _demote(record: Record) -> Record:
    return _swap("other_outcomes", None, PAIN)(_swap("secondary_outcomes", PAIN, None)(record))


PLANTED: dict[str, list[tuple[Edit, list[str]]]] = {
    "overall_status": [
        (_set(overall_status=coded("TERMINATED")), ["status.stopped"]),
        (_set(overall_status=coded("COMPLETED")), ["status.completed"]),
        (_set(overall_status=coded("ACTIVE_NOT_RECRUITING")), ["status.closed"]),
        (_set(overall_status=coded("UNKNOWN"), last_known_status=coded("RECRUITING")), ["status.unknown"]),
        (_set(last_known_status=coded("RECRUITING")), ["status.changed"]),
    ],
    "why_stopped": [(_set(why_stopped="No honey"), ["why_stopped.added"])],
    "start_date": [
        (_set(start_date=dated("2025-10-01", "ACTUAL")), ["date.slipped"]),
        (_set(start_date=dated("2025-09", "ACTUAL")), ["date.precision"]),
    ],
    "recruitment_end_date": [(_set(recruitment_end_date=dated("2026-12")), ["date.added"])],
    "primary_completion_date": [
        (_set(primary_completion_date=dated("2027-01")), ["date.advanced"]),
        (_set(primary_completion_date=dated("2027-03-01", "ACTUAL")), ["date.actual"]),
    ],
    "completion_date": [(_set(completion_date=None), ["date.removed"])],
    "status_verified_date": [(_set(status_verified_date="2026-02"), ["verified"])],
    "last_update_submit_date": [(_set(last_update_submit_date="2026-02-01"), ["updated"])],
    "last_update_post_date": [(_set(last_update_post_date=None), ["updated"])],
    "enrollment": [
        (_set(enrollment=Enrollment(60, "ESTIMATED")), ["enrollment.target"]),
        (_set(enrollment=Enrollment(120, "ACTUAL")), ["enrollment.actual"]),
        (_set(enrollment=None), ["enrollment.target"]),
    ],
    "lead_sponsor": [(_set(lead_sponsor=Sponsor("Apis Medical BV", "INDUSTRY")), ["sponsor.lead"])],
    "collaborators": [
        (_swap("collaborators", None, Sponsor("Imkersbond")), ["sponsor.collaborators"]),
        (_set(collaborators=()), ["sponsor.collaborators"]),
    ],
    "responsible_party": [(_set(responsible_party=ResponsibleParty("SPONSOR")), ["sponsor.responsible_party"])],
    "study_type": [(_set(study_type=coded("OBSERVATIONAL")), ["study_type"])],
    "phases": [(_set(phases=(coded("PHASE3"),)), ["phase"])],
    "allocation": [(_set(allocation=None), ["design.allocation"])],
    "intervention_model": [(_set(intervention_model=coded("CROSSOVER")), ["design.intervention_model"])],
    "masking": [(_set(masking=coded("NONE")), ["design.masking"])],
    "primary_purpose": [(_set(primary_purpose=coded("PREVENTION")), ["design.primary_purpose"])],
    "arms": [
        (_swap("arms", None, Arm("Silver foam", "EXPERIMENTAL")), ["arm.added"]),
        (_swap("arms", HONEY, None), ["arm.removed"]),
        (_swap("arms", HONEY, replace(HONEY, type="OTHER")), ["arm.changed"]),
        (_swap("arms", HONEY, replace(HONEY, label="Group A")), ["arm.changed"]),
    ],
    "interventions": [
        (_swap("interventions", None, Intervention("DRUG", "Paracetamol")), ["intervention.added"]),
        (_swap("interventions", HONEY_GAUZE, None), ["intervention.removed"]),
        (_swap("interventions", HONEY_GAUZE, replace(HONEY_GAUZE, arms=())), ["intervention.changed"]),
    ],
    "primary_outcomes": [
        (_swap("primary_outcomes", HEALING, None), ["outcome.primary.removed"]),
        (_swap("primary_outcomes", None, _ICE), ["outcome.primary.added"]),
        (_swap("primary_outcomes", HEALING, replace(HEALING, time_frame="1 year")), ["outcome.primary.time_frame"]),
        (_swap("primary_outcomes", HEALING, replace(HEALING, description=None)), ["outcome.primary.description"]),
        (
            _swap("primary_outcomes", HEALING, replace(HEALING, measure="Wound at week 6")),
            ["outcome.primary.measure"],
        ),
        (
            _swap("primary_outcomes", HEALING, replace(HEALING, measure="Wound closure: at week 12")),
            ["outcome.primary.reworded"],
        ),
        (
            _swap("primary_outcomes", HEALING, replace(HEALING, time_frame="1 year", description="As seen.")),
            ["outcome.primary.time_frame", "outcome.primary.description"],
        ),
    ],
    "secondary_outcomes": [
        (_demote, ["outcome.demoted"]),
        (_swap("secondary_outcomes", COST, None), ["outcome.secondary.removed"]),
        (_swap("secondary_outcomes", None, Outcome("Nurse's hours")), ["outcome.secondary.added"]),
    ],
    "country_statuses": [
        (
            _swap("country_statuses", IN_BELGIUM, replace(IN_BELGIUM, words="Ended", status="COMPLETED")),
            ["status.country"],
        ),
        (_swap("country_statuses", IN_BELGIUM, None), ["country.removed"]),
        (
            _swap("country_statuses", None, CountryStatus("Spain", "RECRUITING", "Ongoing, recruiting")),
            ["country.added"],
        ),
    ],
    "other_outcomes": [(_swap("other_outcomes", None, Outcome("Bees harmed")), ["outcome.other.added"])],
    "minimum_age": [(_set(minimum_age="16 Years"), ["eligibility.age"])],
    "maximum_age": [(_set(maximum_age=None), ["eligibility.age"])],
    "sex": [(_set(sex=coded("MALE")), ["eligibility.sex"])],
    "healthy_volunteers": [(_set(healthy_volunteers=None), ["eligibility.healthy_volunteers"])],
    "eligibility_criteria": [(_set(eligibility_criteria="Anybody with an ulcer"), ["eligibility.criteria"])],
    "sites": [
        (_swap("sites", None, Site("AZ Sint-Jan", "Bruges", None, "8000", "Belgium")), ["site.added"]),
        (_swap("sites", NAPLES, None), ["site.removed"]),
        (_swap("sites", GHENT, replace(GHENT, status="SUSPENDED")), ["site.status"]),
        (_swap("sites", LYON, replace(LYON, zip="69002")), ["site.added", "site.removed"]),
        (_swap("sites", LYON, replace(LYON, country="Belgium")), ["site.added", "site.removed"]),
    ],
    "contacts": [(_set(contacts=({"name": "Nobody"},)), ["contacts"])],
    "has_results": [(_set(has_results=True, results={"part": {"title": "All"}}), ["results.posted"])],
    "results_first_submit_date": [(_set(results_first_submit_date="2026-01-05"), ["results.submitted"])],
    "submissions": [
        (_swap("submissions", None, Submission("RESET", "2026-02-01")), ["results.returned"]),
        (_swap("submissions", None, Submission("RELEASE")), ["results.submitted"]),
    ],
    "documents": [
        (_swap("documents", None, StudyDocument("Consent", None, "ICF_000.pdf")), ["document.added"]),
        (_set(documents=()), ["document.removed"]),
    ],
    "brief_title": [(_set(brief_title="Honey and Ulcers"), ["title.brief"])],
    "official_title": [(_set(official_title=None), ["title.official"])],
    "acronym": [(_set(acronym="HONEYLEG-2"), ["title.acronym"])],
    "rest": [
        (_set(rest={"description": {"briefSummary": "Does it?"}}), ["other"]),
        (_set(rest={}), ["other"]),
    ],
}
PLANTED |= {field.name: [(_detail(field.name), [field.kind])] for field in FIELDS.values() if field.by_shape}
"""By the watched field that is edited; only edits of different fields go together."""


def disturbed(record: Record, rng: random.Random) -> Record:
    """The same record as a registry may serve it another time: order, spacing, line ends, Unicode form."""
    return replace(record, **{field.name: _noisy(getattr(record, field.name), rng) for field in fields(Record)[4:]})


def _noisy(value: Any, rng: random.Random) -> Any:
    if isinstance(value, str):
        return _respaced(value, rng)
    if isinstance(value, tuple | list):
        items = [_noisy(item, rng) for item in value]
        rng.shuffle(items)
        return type(value)(items)
    if isinstance(value, dict):
        members = [(key, _noisy(content, rng)) for key, content in value.items()]
        rng.shuffle(members)
        return dict(members)
    if is_dataclass(value) and not isinstance(value, Coded):
        codes = ("type", "kind", "status")
        texts = {f.name: getattr(value, f.name) for f in fields(value) if f.name not in codes}
        if not isinstance(value, Submission):
            return replace(value, **{name: _noisy(content, rng) for name, content in texts.items()})
    return value


def _respaced(text: str, rng: random.Random) -> str:
    spaced = text.replace("\n", rng.choice(["\n", "\r\n"]))
    if " " in spaced:
        spaced = spaced.replace(" ", rng.choice([" ", "  ", "\u00a0", " \t"])) + rng.choice(["", " ", "\n"])
    return normalize(rng.choice(["NFC", "NFD"]), spaced)
