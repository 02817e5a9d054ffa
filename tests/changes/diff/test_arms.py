from dataclasses import replace

import pytest

from monitor.model import Arm, Intervention
from tests.changes.diff.records import HONEY, HONEY_GAUZE, SALINE, SALINE_GAUZE, changes, differences, kinds, record

CASES = {
    "an arm comes": (
        {"arms": (HONEY, SALINE, Arm("Silver foam", "EXPERIMENTAL"))},
        ("arm.added", "major"),
        "Arm added: “Silver foam” (experimental), while the trial was under way.",
    ),
    "an arm goes": (
        {"arms": (HONEY,)},
        ("arm.removed", "major"),
        "Arm removed: “Saline dressing” (active comparator), while the trial was under way.",
    ),
    "an arm is renamed": (
        {"arms": (replace(HONEY, label="Experimental"), SALINE)},
        ("arm.changed", "minor"),
        "Arm “Honey dressing”: renamed “Experimental”, while the trial was under way.",
    ),
    "an arm changes its type": (
        {"arms": (HONEY, replace(SALINE, type="PLACEBO_COMPARATOR"))},
        ("arm.changed", "minor"),
        (
            "Arm “Saline dressing”: type changed from active comparator to placebo comparator, while the trial was"
            " under way."
        ),
    ),
    "an arm is described otherwise": (
        {"arms": (HONEY, replace(SALINE, description="Gauze changed twice daily."))},
        ("arm.changed", "minor"),
        (
            "Arm “Saline dressing”: description changed (“Moist gauze changed daily.” became “Gauze changed twice"
            " daily.”), while the trial was under way."
        ),
    ),
    "an arm loses its description": (
        {"arms": (HONEY, replace(SALINE, description=None))},
        ("arm.changed", "minor"),
        "Arm “Saline dressing”: description removed: “Moist gauze changed daily.”, while the trial was under way.",
    ),
    "an arm gets another intervention": (
        {"arms": (HONEY, replace(SALINE, interventions=("Device: Saline gauze", "Drug: Paracetamol")))},
        ("arm.changed", "minor"),
        "Arm “Saline dressing”: gained the intervention “Drug: Paracetamol”, while the trial was under way.",
    ),
    "much of an arm changes": (
        {"arms": (HONEY, replace(SALINE, type="NO_INTERVENTION", description="None.", interventions=()))},
        ("arm.changed", "minor"),
        "Arm “Saline dressing”: type, description and interventions changed, while the trial was under way.",
    ),
    "an intervention comes": (
        {"interventions": (HONEY_GAUZE, SALINE_GAUZE, Intervention("DRUG", "Paracetamol"))},
        ("intervention.added", "major"),
        "Intervention added: “Paracetamol” (drug), while the trial was under way.",
    ),
    "an intervention goes": (
        {"interventions": (SALINE_GAUZE,)},
        ("intervention.removed", "major"),
        "Intervention removed: “Manuka honey gauze” (device), while the trial was under way.",
    ),
    "an intervention takes the name it also had": (
        {"interventions": (replace(HONEY_GAUZE, name="Medihoney"), SALINE_GAUZE)},
        ("intervention.changed", "minor"),
        "Intervention “Manuka honey gauze”: renamed “Medihoney”, while the trial was under way.",
    ),
    "an intervention is of another type": (
        {"interventions": (replace(HONEY_GAUZE, type="DRUG"), SALINE_GAUZE)},
        ("intervention.changed", "minor"),
        "Intervention “Manuka honey gauze”: type changed from device to drug, while the trial was under way.",
    ),
    "an intervention is also known otherwise": (
        {"interventions": (replace(HONEY_GAUZE, other_names=()), SALINE_GAUZE)},
        ("intervention.changed", "minor"),
        "Intervention “Manuka honey gauze”: lost the other name “Medihoney”, while the trial was under way.",
    ),
}


@pytest.mark.parametrize(("edited", "expected", "summary"), CASES.values(), ids=CASES)
def test_an_arm_or_intervention(edited, expected, summary):
    (found,) = changes(record(), record(**edited))

    assert (found.kind, str(found.significance)) == expected
    assert found.summary == summary


def test_another_drug_given_in_the_same_way_is_another_intervention():
    first = Intervention("DRUG", "Cefazolin", "2 g intravenously before incision.", (), ("Honey dressing",))
    second = replace(first, name="Vancomycin")

    found = differences(record(interventions=(first,)), record(interventions=(second,)))

    assert kinds(found) == ["intervention.added", "intervention.removed"]


def test_references_between_arms_and_interventions_are_sets():
    before = record(arms=(replace(HONEY, interventions=("A", "B")),))

    assert differences(before, record(arms=(replace(HONEY, interventions=("b", "A", "a")),))) == ()


def test_a_long_name_shows_what_is_new_in_it():
    label = "Honey dressings from hives in Flanders, sterilised by gamma rays, in "
    before = record(arms=(replace(HONEY, label=label + "winter"),))

    (found,) = differences(before, record(arms=(replace(HONEY, label=label + "summer"),)))

    assert "renamed (“…gamma rays, in winter” became “…gamma rays, in summer”)" in found.summary


@pytest.mark.parametrize(
    ("interventions", "expected"),
    [(HONEY.interventions, ["arm.changed"]), (("Drug: Silver",), ["arm.added", "arm.removed"])],
)
def test_a_half_new_label_is_the_same_arm_where_it_gets_the_same(interventions, expected):
    before = record(arms=(replace(HONEY, description=None),))
    after = record(arms=(replace(HONEY, label="Honey group", description=None, interventions=interventions),))

    assert kinds(differences(before, after)) == expected
