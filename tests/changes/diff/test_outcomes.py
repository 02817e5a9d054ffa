from dataclasses import replace
from datetime import date

import pytest

from monitor.changes.diff import apply
from monitor.model import Outcome
from tests.changes.diff.records import COST, HEALING, PAIN, changes, differences, kinds, only, record

SCAR = Outcome("Scar elasticity", "24 months")

CASES = {
    "a new primary outcome": (
        {"primary_outcomes": (HEALING, SCAR)},
        ("outcome.primary.added", "critical"),
        "Primary outcome added: “Scar elasticity” (time frame: “24 months”), while the trial was under way.",
    ),
    "a primary outcome goes": (
        {"primary_outcomes": ()},
        ("outcome.primary.removed", "critical"),
        "Primary outcome removed: “Wound closure at week 12” (time frame: “12 weeks”), while the trial was under way.",
    ),
    "another measure of the same thing": (
        {"primary_outcomes": (replace(HEALING, measure="Wound closure at week 24"),)},
        ("outcome.primary.measure", "critical"),
        (
            "Primary outcome changed from “Wound closure at week 12” to “Wound closure at week 24”, "
            "while the trial was under way."
        ),
    ),
    "another time frame": (
        {"primary_outcomes": (replace(HEALING, time_frame="24 weeks"),)},
        ("outcome.primary.time_frame", "major"),
        (
            "Time frame of primary outcome “Wound closure at week 12” changed from “12 weeks” to “24 weeks”, "
            "while the trial was under way."
        ),
    ),
    "another description": (
        {"primary_outcomes": (replace(HEALING, description="Full closure without drainage, judged by a nurse."),)},
        ("outcome.primary.description", "minor"),
        (
            "Description of primary outcome “Wound closure at week 12” changed: removed “blinded”,"
            " while the trial was under way."
        ),
    ),
    "only punctuation": (
        {"primary_outcomes": (replace(HEALING, measure="Wound closure, at Week 12."),)},
        ("outcome.primary.reworded", "administrative"),
        (
            "Only punctuation or case changed in the measure of primary outcome “Wound closure, at Week 12.”, "
            "while the trial was under way."
        ),
    ),
    "a time frame comes": (
        {"secondary_outcomes": (PAIN, replace(COST, description="In euros."))},
        ("outcome.secondary.description", "minor"),
        (
            "Description of secondary outcome “Cost per healed wound” was added: “In euros.”, while the trial was under"
            " way."
        ),
    ),
    "the first of the others": (
        {"other_outcomes": (SCAR,)},
        ("outcome.other.added", "minor"),
        "Other outcome added: “Scar elasticity” (time frame: “24 months”), while the trial was under way.",
    ),
}


@pytest.mark.parametrize(("edited", "expected", "summary"), CASES.values(), ids=CASES)
def test_an_outcome(edited, expected, summary):
    (found,) = changes(record(), record(**edited))

    assert (found.kind, str(found.significance)) == expected
    assert found.summary == summary


def test_a_decimal_point_is_no_idle_punctuation():
    before = record(primary_outcomes=(Outcome("Dose above 1.5 mg"),))

    found = differences(before, record(primary_outcomes=(Outcome("Dose above 15 mg"),)))

    assert kinds(found) == ["outcome.primary.measure"]


@pytest.mark.parametrize(
    ("primary", "secondary", "other", "kind", "significance"),
    [
        ((), (PAIN, COST, HEALING), (), "outcome.demoted", "critical"),
        ((HEALING, COST), (PAIN,), (), "outcome.promoted", "critical"),
        ((HEALING,), (PAIN,), (COST,), "outcome.demoted", "minor"),
    ],
)
def test_an_outcome_that_changes_its_role_is_one_change(primary, secondary, other, kind, significance):
    after = record(primary_outcomes=primary, secondary_outcomes=secondary, other_outcomes=other)

    (found,) = changes(record(), after)

    assert (found.kind, str(found.significance)) == (kind, significance)
    assert {found.before["role"], found.after["role"]} <= {"primary", "secondary", "other"}


def test_an_outcome_that_is_edited_on_its_way_is_one_change():
    demoted = replace(HEALING, measure="Wound closure at week 12, full", time_frame="14 weeks")
    after = record(primary_outcomes=(), secondary_outcomes=(PAIN, COST, demoted))

    found = only(differences(record(), after))

    assert found.summary == (
        "Primary outcome “Wound closure at week 12” became a secondary outcome, now as “Wound closure at week 12,"
        " full”; its time frame changed too, while the trial was under way."
    )


def test_an_outcome_that_went_elsewhere_is_not_taken_for_the_one_in_its_place():
    later = replace(HEALING, measure="Wound closure at week 24")
    after = record(primary_outcomes=(later,), secondary_outcomes=(PAIN, COST, HEALING))

    assert kinds(differences(record(), after)) == ["outcome.demoted", "outcome.primary.added"]


@pytest.mark.parametrize(
    ("time_frame", "expected"),
    [
        ("Weeks 4, 8 and 12", ["outcome.secondary.measure"]),
        ("Year 5", ["outcome.secondary.added", "outcome.secondary.removed"]),
    ],
)
def test_a_half_new_measure_is_the_same_outcome_where_the_time_frame_is(time_frame, expected):
    numeric = Outcome("Pain on a numeric rating", time_frame)
    before = record(secondary_outcomes=(replace(PAIN, description=None),))

    assert kinds(differences(before, record(secondary_outcomes=(numeric,)))) == expected


def test_two_outcomes_that_swap_roles_are_two_changes():
    after = record(primary_outcomes=(PAIN,), secondary_outcomes=(HEALING, COST))

    assert kinds(differences(record(), after)) == ["outcome.demoted", "outcome.promoted"]


def test_a_change_of_several_members_is_told_member_by_member():
    edited = Outcome("Wound closure at week 14", "14 weeks", "Judged from a photograph.")
    before = record()
    after = record(primary_outcomes=(edited,))

    found = differences(before, after)

    assert kinds(found) == ["outcome.primary.description", "outcome.primary.measure", "outcome.primary.time_frame"]
    assert apply(found, before) == after


def test_duplicate_measures_are_told_apart_by_what_else_they_say():
    early, late = Outcome("Pain", "Week 4"), Outcome("Pain", "Week 52")
    before = record(secondary_outcomes=(early, late))
    after = record(secondary_outcomes=(replace(late, description="At rest"), early))

    found = only(differences(before, after))

    assert (found.kind, found.before) == ("outcome.secondary.description", {"measure": "Pain", "time_frame": "Week 52"})


@pytest.mark.parametrize(
    ("edited", "significance"),
    [
        (replace(HEALING, description="Judged from a photograph."), "critical"),
        (replace(HEALING, time_frame="26 weeks"), "critical"),
        (replace(HEALING, measure="WOUND CLOSURE at week 12"), "administrative"),
    ],
)
def test_after_primary_completion_whatever_changes_the_primary_outcome_is_critical(edited, significance):
    (found,) = changes(record(), record(primary_outcomes=(edited,)), on=date(2027, 4, 1))

    assert str(found.significance) == significance
    assert found.summary.endswith(", after the primary completion date.")


def test_secondary_outcomes_stay_minor_after_results():
    before, after = (record(has_results=True, secondary_outcomes=own) for own in ((PAIN, COST), (PAIN,)))

    (found,) = changes(before, after)

    assert (found.kind, str(found.significance)) == ("outcome.secondary.removed", "minor")
    assert found.summary.endswith(", after results were posted.")


def test_three_hundred_new_outcomes_take_no_pairing():
    old = tuple(Outcome(f"Scale number {number}", f"Day {number}") for number in range(300))
    new = tuple(Outcome(f"Scale with number {number}", f"Week {number}") for number in range(300))

    found = differences(record(other_outcomes=old), record(other_outcomes=new))

    assert set(kinds(found)) == {"outcome.other.added", "outcome.other.removed"}
    assert len(found) == 600
