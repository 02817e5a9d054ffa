"""Nothing missed, nothing invented, and the way back."""

import json
import random
import string
from collections import Counter
from dataclasses import fields, replace
from typing import Any

import pytest

from monitor.changes.diff import apply, diff
from monitor.changes.fields import FIELDS
from monitor.changes.kinds import KINDS
from monitor.changes.significance import weigh_all
from monitor.model import (
    Arm,
    Change,
    Coded,
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
from tests.changes.diff.edits import PLANTED, disturbed
from tests.changes.diff.records import GHENT, LYON, NAPLES, ON, coded, dated, kinds, record
from tests.sample_sizes import seeds

_NOT_REBUILT = {"trial_id", "results", "rest"}
REBUILT = [name for name in FIELDS if name not in _NOT_REBUILT]


def watched(record: Record) -> dict[str, Any]:
    """The fields that `apply` rebuilds, lists as multisets."""
    values = {name: getattr(record, name, record.details.get(name)) for name in REBUILT}
    return {name: Counter(map(_key, value)) if isinstance(value, tuple) else value for name, value in values.items()}


def _key(item: Any) -> str:
    return item.code if isinstance(item, Coded) else repr(item)


def test_an_edit_is_planted_in_every_watched_field():
    assert PLANTED.keys() | {"last_known_status", "results", "trial_id"} == FIELDS.keys()


@pytest.mark.parametrize("field", PLANTED)
def test_each_planted_edit_is_found_and_nothing_else(field):
    for edit, expected in PLANTED[field]:
        assert kinds(diff(record(), edit(record()), on=ON)) == sorted(expected)


@pytest.mark.parametrize("seed", range(10))
def test_planted_edits_are_found_among_noise_and_lead_to_the_edited_record(seed):
    rng = random.Random(seed)
    for _ in range(100):
        after, expected = record(), []
        for field in rng.sample(sorted(PLANTED), rng.randint(0, 12)):
            if field == "has_results":  # it clears the steps towards results
                continue
            edit, found = rng.choice(PLANTED[field])
            after, expected = edit(after), expected + found

        differences = diff(record(), after, on=ON)
        among_noise = diff(disturbed(record(), rng), disturbed(after, rng), on=ON)

        assert kinds(differences) == kinds(among_noise) == sorted(expected)
        assert watched(apply(differences, record())) == watched(after)


@pytest.mark.parametrize("seed", range(20))
def test_noise_is_no_difference(seed):
    rng = random.Random(seed)
    crowded = record(
        why_stopped="No honey, no money",
        results={"part": [{"title": "Å b"}, {"title": "c"}]},
        has_results=True,
    )

    assert diff(disturbed(crowded, rng), disturbed(crowded, rng), on=ON) == ()


@pytest.mark.parametrize("seed", seeds(10))
def test_the_differences_of_any_two_records_lead_from_one_to_the_other(seed):
    """Ten thousand pairs in ten parts."""
    rng = random.Random(seed)
    for _ in range(1000):
        before, after = _drawn(rng), _drawn(rng)

        differences = diff(before, after, on=ON, baseline=lambda before=before: before)

        assert watched(apply(differences, before)) == watched(after)
        assert diff(after, after, on=ON) == ()


@pytest.mark.parametrize("seed", seeds(10))
def test_no_record_is_too_strange_to_be_compared_weighed_and_written(seed):
    rng = random.Random(seed)
    for _ in range(50):
        before, after = _strange(rng), _strange(rng)

        changes = weigh_all(diff(before, after, on=ON, baseline=lambda: _strange(rng)))

        assert {change.kind for change in changes} <= KINDS.keys()
        for change in changes:
            assert change.summary[-1] in ".…"
            assert len(change.summary.splitlines()) == 1
            assert len(change.summary) < 450
            assert Change.from_json(json.loads(json.dumps(change.as_json()))) == change


def test_changes_come_the_most_significant_first_then_by_topic():
    after = record(
        brief_title="Honey",
        lead_sponsor=Sponsor("Apis"),
        overall_status=coded("TERMINATED"),
        status_verified_date="2026-03",
        masking=None,
        sites=(GHENT, NAPLES),
    )

    found = weigh_all(diff(record(), after, on=ON))

    assert [change.kind for change in found] == [
        "status.stopped",
        "sponsor.lead",
        "design.masking",
        "site.removed",
        "title.brief",
        "verified",
    ]


# Records drawn from few values, so that any two have much in common. No two texts are the same but for their spelling.

_PLACES = (GHENT, NAPLES, LYON, Site("Research Site", "Nice", None, "06000", "France"), Site(country="France"))
_STATUSES = ("RECRUITING", "COMPLETED", "TERMINATED", "UNKNOWN", "WITHHELD", "SUSPENDED", "AVAILABLE")
_MEASURES = (
    "Pain",
    "Wound closure",
    "Wound closure at week 12",
    "Wound closure, at week 12",
    "Cost",
    "Scar elasticity",
)


def _drawn(rng: random.Random) -> Record:
    def maybe(*values: Any) -> Any:
        return rng.choice((None, *values))

    def some(draw: Any, most: int = 4) -> tuple[Any, ...]:
        return tuple(draw() for _ in range(rng.randint(0, most)))

    def outcome() -> Outcome:
        return Outcome(rng.choice(_MEASURES), maybe("Week 4", "1 year"), maybe("From 0 to 100 mm", "As seen"))

    def names() -> tuple[str, ...]:
        return tuple(sorted(rng.sample(["Honey", "Saline", "Silver"], rng.randint(0, 3))))

    def date() -> Any:
        return maybe(*(dated(text, type_) for text in ("2026-03", "2026-03-15", "2027") for type_ in ("ACTUAL", None)))

    status = maybe(*map(coded, _STATUSES))
    known = maybe(coded("RECRUITING"), coded("SUSPENDED")) if status and status.code == "UNKNOWN" else None
    has_results = rng.random() < 0.3
    return record(
        overall_status=status,
        last_known_status=known,
        why_stopped=maybe("No honey", "No money"),
        start_date=date(),
        primary_completion_date=date(),
        completion_date=date(),
        enrollment=maybe(Enrollment(40, "ESTIMATED"), Enrollment(40, "ACTUAL"), Enrollment(0, "ACTUAL")),
        lead_sponsor=maybe(Sponsor("Apis", "INDUSTRY"), Sponsor("Apis", "OTHER"), Sponsor("Gent")),
        collaborators=tuple(rng.sample([Sponsor("A"), Sponsor("B", "NIH"), Sponsor("B")], rng.randint(0, 3))),
        responsible_party=maybe(ResponsibleParty("SPONSOR"), ResponsibleParty("SPONSOR", "M. Verhaeghe")),
        phases=tuple(rng.sample([coded("PHASE1"), coded("PHASE2")], rng.randint(0, 2))),
        masking=maybe(coded("NONE"), coded("DOUBLE")),
        arms=some(lambda: Arm(rng.choice(["Honey", "Saline"]), maybe("OTHER"), maybe("Daily.", "Weekly."), names())),
        interventions=some(
            lambda: Intervention(maybe("DRUG"), rng.choice(["Honey", "Salt"]), maybe("Wet."), names(), names())
        ),
        primary_outcomes=some(outcome, 3),
        secondary_outcomes=some(outcome),
        other_outcomes=some(outcome, 2),
        minimum_age=maybe("18 Years", "6 Months"),
        healthy_volunteers=maybe(True, False),
        eligibility_criteria=maybe("Ulcer", "Ulcer\n* of the leg"),
        sites=some(lambda: replace(rng.choice(_PLACES), status=maybe("RECRUITING", "WITHDRAWN")), 8),
        contacts=some(lambda: {"name": rng.choice("ABC")}),
        has_results=has_results,
        results={"part": rng.randint(0, 3)} if has_results else None,
        results_first_submit_date=maybe("2026-01-01", "2026-02-01"),
        submissions=some(lambda: Submission(rng.choice(["RELEASE", "RESET", "UNRELEASE"]), maybe("2026-01-02"))),
        documents=some(lambda: StudyDocument("Protocol", maybe("2025-01-01"), maybe("a.pdf")), 3),
        status_verified_date=maybe("2026-01", "2026-02"),
        brief_title=maybe("Honey", "Honey for Ulcers"),
        rest={"keywords": list(some(lambda: rng.choice("xyz"))), "n": rng.choice([0, False, 1, True])},
    )


# Records of anything that their types allow.


def _strange(rng: random.Random) -> Record:
    blank = _drawn(rng)
    changes: dict[str, Any] = {}
    for field in rng.sample(fields(Record)[4:], 12):
        changes[field.name] = _distorted(getattr(blank, field.name), rng)
    changes |= {"rest": {"x": _json(rng, 4)}, "results": _json(rng, 4), "contacts": (_json(rng, 2),)}
    return replace(blank, **changes)


def _distorted(value: Any, rng: random.Random) -> Any:
    if isinstance(value, str):
        return _text(rng)
    if isinstance(value, bool) or value is None or isinstance(value, dict):
        return value
    if isinstance(value, int):
        return rng.choice([0, -1, 1, 99_999_999, 10**30])
    if isinstance(value, tuple):
        return tuple(_distorted(item, rng) for item in value) * rng.randint(0, 3)
    if hasattr(value, "__dataclass_fields__"):
        return replace(value, **{field.name: _distorted(getattr(value, field.name), rng) for field in fields(value)})
    return value


def _text(rng: random.Random) -> str:
    letters = string.printable + "“”…éé\u200b\ufeff\u00a0\u202e日本語"
    return rng.choice(
        ["", " ", "0000", "2026-00", "9999-12-31", "2026-W01-1", "".join(rng.choices(letters, k=rng.randint(1, 300)))]
    )


def _json(rng: random.Random, depth: int) -> Any:
    if depth == 0 or rng.random() < 0.3:
        return rng.choice([None, True, False, 0, 1, 1.0, 10**30, -2.5, "", "a", "A", _text(rng)])
    if rng.random() < 0.5:
        return [_json(rng, depth - 1) for _ in range(rng.randint(0, 5))]
    return {rng.choice(["id", "title", "name", "a", "b.c", "", "[]"]): _json(rng, depth - 1) for _ in range(4)}
