"""What became of a trial's outcomes: which changed, in what, whether that matters, and when in the trial's life."""

import json
from pathlib import Path
from typing import Any

import pytest

from monitor.insight import Unexplainable
from monitor.insight.outcomes.explaining import explained

PAIRS = Path(__file__).parents[3] / "shared" / "data" / "insight" / "outcome_switch" / "gold_pairs.json"


def outcome(text: str) -> dict[str, str]:
    measure, _, frame = text.partition(" @ ")
    return {"measure": measure, "time_frame": frame}


def side(primary: list[str], secondary: list[str] | None = None) -> dict[str, Any]:
    return {"primary": [*map(outcome, primary)], "secondary": [*map(outcome, secondary or [])], "other": []}


def told(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str | None, bool]]:
    changes = explained({"before": before, "after": after})["changes"]
    return [(each["kind"], each.get("aspect"), each["substantive"]) for each in changes]


def one(before: str, after: str) -> tuple[str, str | None, bool]:
    (change,) = told(side([before]), side([after]))
    return change


@pytest.mark.parametrize(
    ("before", "after", "aspect"),
    [
        ("Relapse @ one year", "Relapse @ 12 months", "time_frame_equivalent"),
        ("Relapse @ 3 months", "Relapse @ 12 weeks", "time_frame_equivalent"),
        ("Antibody titre @ Day 29", "Antibody titre @ 28 days", "time_frame_equivalent"),
        ("Pain @ 1, 2 and 3 days", "Pain @ Days 1-3", "time_frame_equivalent"),
        ("Change in weight @ Baseline to Week 26", "Change in weight @ 26 weeks", "time_frame_equivalent"),
        ("PONV @ 24 hours", "Postoperative nausea and vomiting @ 24 hours", "abbreviation"),
        ("Number of patients with fever @ 3 days", "Percentage of participants with fever @ 3 days", "synonym"),
        ("2) Wound healing @ 1 month", "Wound healing @ 1 month", "numbering"),
        ("Bleeding [Designated as safety issue: Yes] @ 1 day", "Bleeding @ 1 day", "registry_artefact"),
        ("Relapse of dicease @ 1 year", "Relapse of disease @ 1 year", "typo"),
        ("Mortalidad por cualquier causa @ 2 años", "All-cause mortality @ 2 years", "translation"),
        ("Glucose above 126 mg/dL @ 1 year", "Glucose above 7.0 mmol/L @ 1 year", "unit_equivalent"),
        ("Patients free of relapse @ 1 year", "Patients with relapse @ 1 year", "complement"),
    ],
)
def test_the_same_in_other_words_is_no_alarm(before: str, after: str, aspect: str) -> None:
    assert one(before, after) == ("reworded", aspect, False)


@pytest.mark.parametrize(
    ("before", "after", "kind", "aspect"),
    [
        ("Relapse @ 24 weeks", "Relapse @ 6 months", "time_frame", "lengthened"),
        ("Relapse @ 14 weeks", "Relapse @ 12 weeks", "time_frame", "shortened"),
        ("Survival @ months 3, 6 and 12", "Survival @ month 6", "time_frame", "points_removed"),
        ("Survival @ 3 years from randomisation", "Survival @ 3 years from surgery", "time_frame", "anchor"),
        ("Survival @ 3 years", "Survival", "time_frame", "dropped"),
        ("ACR20 response @ 24 weeks", "ACR70 response @ 24 weeks", "measure", "threshold"),
        ("Glucose above 126 mg/dL @ 1 year", "Glucose above 8 mmol/L @ 1 year", "measure", "threshold"),
        ("Time to healing @ 8 weeks", "Rate of healing @ 8 weeks", "measure", "metric"),
        ("Pain intensity (VAS) @ 1 day", "Pain intensity (NRS) @ 1 day", "measure", "instrument"),
        ("Progression by central review @ 1 year", "Progression by investigator @ 1 year", "measure", "method"),
        ("Death or stroke @ 1 year", "Death, stroke or amputation @ 1 year", "measure", "composite"),
        ("Safety @ 1 year", "Adverse events by CTCAE @ 1 year", "measure", "specified"),
        ("Cognition (MoCA) @ 1 year", "Cognition @ 1 year", "measure", "generalised"),
    ],
)
def test_another_question_is_an_alarm_with_what_it_differs_in(before: str, after: str, kind: str, aspect: str) -> None:
    assert one(before, after) == (kind, aspect, True)


def test_an_open_end_that_is_given_a_length_is_no_alarm() -> None:
    change = one("Toxicity @ Through study completion", "Toxicity @ Through study completion, about 18 months")

    assert change == ("time_frame", "specified", False)


def test_outcomes_that_change_places_are_promoted_and_demoted() -> None:
    before = side(["Survival @ 2 years"], ["Quality of life @ 1 year"])
    after = side(["Quality of life @ 1 year"], ["Survival @ 2 years"])

    assert sorted(told(before, after)) == [("demoted", None, True), ("promoted", None, True)]


def test_different_outcomes_are_not_one_that_was_renamed() -> None:
    before, after = side(["Progression-free survival @ 2 years"]), side(["Overall survival @ 2 years"])

    assert sorted(told(before, after)) == [("added", None, True), ("removed", None, True)]


def test_a_list_that_is_split_is_no_alarm_unless_a_part_is_lost() -> None:
    whole = side(["1) Death 2) Stroke 3) Bleeding @ 30 days"])
    parts = ["Death @ 30 days", "Stroke @ 30 days", "Bleeding @ 30 days"]

    assert told(whole, side(parts)) == [("split", None, False)]
    assert told(whole, side(parts[:2])) == [("split", None, False), ("removed", "component", True)]


def test_a_panel_is_no_alarm_and_a_composite_is_one() -> None:
    panel = told(side([], ["IL-6 @ 4 weeks", "IL-8 @ 4 weeks"]), side([], ["Cytokine panel (IL-6, IL-8) @ 4 weeks"]))
    composite = told(side(["Falls @ 1 year", "Fractures @ 1 year"]), side(["Falls and fractures @ 1 year"]))

    assert (panel, composite) == ([("merged", None, False)], [("merged", None, True)])


def test_what_is_listed_twice_was_not_added_and_a_copy_among_the_primary_ones_was_promoted() -> None:
    both = ["Pain @ 1 week"], ["Pain @ 1 week"]

    assert told(side(both[0]), side(*both)) == [("added", "duplicate", False)]
    assert told(side([], both[1]), side(*both)) == [("promoted", "copied", True)]


def test_order_and_blanks_are_no_change() -> None:
    assert told(side(["A  b @ 1 day", "C @ 2 days"]), side(["C @ 2  days", "A b @ 1 day"])) == []


@pytest.mark.parametrize(
    ("on", "timing"),
    [
        ("2023-01-31", "before_start"),
        ("2023-02-01", "recruiting"),
        ("2024-06-30", "recruiting"),
        ("2024-07-01", "after_primary_completion"),
        ("2025-03-02", "after_results"),
    ],
)
def test_an_edit_is_placed_by_the_dates_of_the_former_record(on: str, timing: str) -> None:
    dates = {"start": "2023-02", "primary_completion": "2024-06", "results": "2025-03-02"}
    said = explained({"before": side(["A @ 1 d"]), "after": side(["B @ 1 d"]), "dates": dates, "on": on})

    assert {each["timing"] for each in said["changes"]} == {timing}


@pytest.mark.parametrize("said", [{}, {"before": {}}, {"before": {}, "after": {"primary": ["Pain"]}}])
def test_what_is_no_pair_of_lists_is_named(said: dict[str, Any]) -> None:
    with pytest.raises(Unexplainable, match=r"after|before"):
        explained(said)


@pytest.mark.skipif(not PAIRS.exists(), reason="the pairs are not beside the checkout")
def test_every_alarm_of_the_published_pairs_is_given_and_no_other() -> None:
    pairs = json.loads(PAIRS.read_text(encoding="utf-8"))["pairs"]
    said = [(pair, explained(pair)) for pair in pairs]

    assert [pair["id"] for pair, found in said if found["switch"] != pair["switch"]] == []
    kinds = [sorted(each["kind"] for each in found["changes"]) for _, found in said]
    assert kinds == [sorted(each["kind"] for each in pair["expected"]) for pair in pairs]
