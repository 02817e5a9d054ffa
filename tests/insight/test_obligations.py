"""What a sponsor owes, by the public record: what applies, by when, how that stands, and what an edit did to it."""

import json
from pathlib import Path
from typing import Any

import pytest

from monitor.insight import Unexplainable
from monitor.insight.obligations.explaining import explained

CASES = Path(__file__).parents[3] / "shared" / "data" / "insight" / "obligations" / "cases.json"
TRIAL = {
    "studyType": "INTERVENTIONAL",
    "phases": ["PHASE3"],
    "primaryPurpose": "PREVENTION",
    "overallStatus": "COMPLETED",
    "isFdaRegulatedDrug": True,
    "isFdaRegulatedDevice": False,
    "interventionTypes": ["DRUG"],
    "countries": ["France", "Guam"],
    "startDate": "2020-02-01",
    "startDateType": "ACTUAL",
    "primaryCompletionDate": "2023-06",
    "primaryCompletionDateType": "ACTUAL",
}
DUE = "2024-06-30"


def owed(today: str = "2024-01-01", **changed: Any) -> dict[str, Any]:
    return explained({"today": today, "input": {**TRIAL, **changed}})


@pytest.mark.parametrize(
    ("today", "status", "late"),
    [
        ("2024-03-31", "not_due", None),
        ("2024-04-01", "due_soon", None),
        (DUE, "due_soon", None),
        ("2024-07-01", "overdue", 1),
    ],
)
def test_results_are_due_a_calendar_year_after_the_last_day_of_the_month(
    today: str, status: str, late: int | None
) -> None:
    said = owed(today)

    assert (said["applies"], said["results_due"], said["status"]) == ("ACT", DUE, status)
    assert said.get("days_late") == late


@pytest.mark.parametrize(
    ("changed", "applies"),
    [
        ({"studyType": "OBSERVATIONAL"}, "not_act"),
        ({"phases": ["PHASE1"]}, "not_act"),
        ({"phases": ["PHASE1", "PHASE2"]}, "ACT"),
        ({"primaryPurpose": "DEVICE_FEASIBILITY"}, "not_act"),
        ({"isFdaRegulatedDrug": False}, "not_act"),
        ({"overallStatus": "WITHDRAWN"}, "no_results_required"),
        ({"countries": ["France"]}, "ACT_if_IND"),
        ({"countries": ["France"], "isUsExport": True}, "ACT"),
        ({"startDate": "2016-12"}, "pACT"),
        ({"startDate": None}, "undetermined"),
        ({"resultsWaived": True}, "waived"),
    ],
)
def test_the_first_rule_that_decides_says_what_the_trial_is(changed: dict[str, Any], applies: str) -> None:
    said = owed(**changed)

    assert said["applies"] == applies
    assert [step["result"] for step in said["trace"][:-1]].count("does not decide") >= len(said["trace"]) - 8
    assert all({"rule", "fields", "result"} == {*step} for step in said["trace"])


def test_what_is_not_public_lowers_the_confidence() -> None:
    assert owed()["confidence"] == "H"
    assert owed(countries=["France"])["confidence"] == "L"
    assert owed(primaryCompletionDate=None, completionDate="2023-06")["confidence"] == "M"


def test_a_certificate_counts_until_the_day_before_the_deadline() -> None:
    in_time, late = owed("2025-01-01", dispFirstSubmitDate="2024-06-29"), owed("2025-01-01", dispFirstSubmitDate=DUE)

    assert (in_time["status"], in_time["results_due"]) == ("delayed", "2026-06-29")
    assert (late["status"], late["results_due"], late["alert"]) == ("overdue", DUE, "late_certificate")


@pytest.mark.parametrize(
    ("submissions", "status", "alert"),
    [
        ([{"releaseDate": "2024-06-30"}], "submitted", None),
        ([{"releaseDate": "2024-07-02"}], "submitted_late", None),
        ([{"releaseDate": "2024-06-01", "unreleaseDate": "2024-06-20"}], "overdue", "submission_cancelled"),
        (
            [{"releaseDate": "2024-06-01", "unreleaseDate": "2024-06-20"}, {"releaseDate": "2024-06-25"}],
            "submitted",
            None,
        ),
    ],
)
def test_the_first_submission_after_the_last_that_was_taken_back_counts(
    submissions: list[dict[str, str]], status: str, alert: str | None
) -> None:
    said = owed("2024-08-01", submissions=submissions)

    assert (said["status"], said.get("alert")) == (status, alert)


def test_registration_is_judged_by_the_law_and_by_the_journals_apart() -> None:
    said = owed(studyFirstSubmitDate="2020-02-20")

    assert (said["check"], said["ok"], said["due"], said["icmje_ok"]) == ("registration", True, "2020-02-22", False)


@pytest.mark.parametrize(
    ("changed", "alert"),
    [
        ({"overallStatus": "TERMINATED"}, "why_stopped_missing"),
        ({"overallStatus": "RECRUITING"}, "recruiting_after_completion"),
        ({"overallStatus": "RECRUITING", "primaryCompletionDateType": "ESTIMATED"}, "actual_date_missing"),
        ({"overallStatus": "NOT_YET_RECRUITING", "startDateType": "ESTIMATED"}, "start_passed"),
        ({"overallStatus": "UNKNOWN", "statusVerifiedDate": "2022-12"}, "stale"),
        ({"overallStatus": "WITHDRAWN", "whyStopped": "No money", "enrollmentCount": 3}, "withdrawn_after_enrollment"),
    ],
)
def test_what_a_record_contradicts_by_itself_is_named(changed: dict[str, Any], alert: str) -> None:
    said = owed(**changed)

    assert said["alert"] == alert
    assert alert in [each["alert"] for each in said["contradictions"]]


@pytest.mark.parametrize(
    ("today", "edit", "event", "cause"),
    [
        ("2025-01-01", {"phases": ["EARLY_PHASE1"]}, "obligation.left", "phase"),
        ("2025-01-01", {"isFdaRegulatedDrug": False}, "obligation.left", "isFdaRegulatedDrug"),
        ("2025-01-01", {"countries": ["France"]}, "obligation.weakened", "countries"),
        ("2025-01-01", {"overallStatus": "WITHDRAWN"}, "obligation.left", "status"),
        ("2024-06-01", {"primaryCompletionDate": "2024-06"}, "obligation.postponed", "primary_completion_date"),
        ("2025-01-01", {"dispFirstSubmitDate": "2024-12-01"}, "obligation.postponed", "late_certificate"),
    ],
)
def test_a_duty_that_shrank_through_an_edit_is_told_with_what_turned_it(
    today: str, edit: dict[str, Any], event: str, cause: str
) -> None:
    said = explained({"today": today, "before": TRIAL, "after": {**TRIAL, **edit}})

    assert (said["event"], said["cause"]) == (event, cause)
    assert said["trace"]


@pytest.mark.parametrize(
    "edit",
    [
        {"primaryCompletionDate": "2023-06-12"},
        {"dispFirstSubmitDate": "2024-02-01"},
        {"hasResults": True, "resultsFirstSubmitDate": "2024-05-01"},
        {"countries": ["Guam", "France", "Spain"]},
        {"overallStatus": "TERMINATED", "whyStopped": "No money"},
    ],
)
def test_an_innocent_edit_is_no_event(edit: dict[str, Any]) -> None:
    assert explained({"today": "2024-06-01", "before": TRIAL, "after": {**TRIAL, **edit}})["event"] is None


def test_a_record_of_the_api_says_the_same_as_its_flat_fields() -> None:
    study = {
        "protocolSection": {
            "statusModule": {
                "overallStatus": "COMPLETED",
                "startDateStruct": {"date": "2020-02-01", "type": "ACTUAL"},
                "primaryCompletionDateStruct": {"date": "2023-06", "type": "ACTUAL"},
            },
            "designModule": {
                "studyType": "INTERVENTIONAL",
                "phases": ["PHASE3"],
                "designInfo": {"primaryPurpose": "PREVENTION"},
            },
            "oversightModule": {"isFdaRegulatedDrug": True, "isFdaRegulatedDevice": False},
            "armsInterventionsModule": {"interventions": [{"type": "DRUG"}]},
            "contactsLocationsModule": {"locations": [{"country": "France"}, {"country": "Guam"}]},
        }
    }

    assert explained({"today": "2025-01-01", **study}) == owed("2025-01-01")


@pytest.mark.parametrize(
    "said",
    [{}, {"today": "soon", "input": TRIAL}, {"today": "2024-01-01"}, {"today": "2024-01-01", "input": {"phases": 3}}],
)
def test_what_is_no_record_is_named(said: dict[str, Any]) -> None:
    if said.get("input") == {"phases": 3}:
        assert explained(said)["applies"] == "undetermined"
    else:
        with pytest.raises(Unexplainable, match=r"no (day|record)"):
            explained(said)


@pytest.mark.skipif(not CASES.exists(), reason="the worked cases are not beside the checkout")
def test_all_worked_cases_come_out_by_the_law_and_by_trialstrackers_rules() -> None:
    words = {"high": "H", "medium": "M", "low": "L"}
    for case in json.loads(CASES.read_text(encoding="utf-8"))["cases"]:
        expected = {name: words.get(str(value), value) for name, value in case["expect"].items() if name != "note"}
        said, tracked = explained(case), case.get("trialstracker") or {}
        by_tracker = explained(case, rules="trialstracker") if tracked else {}

        assert {name: said.get(name) for name in expected} == expected, case["name"]
        assert {name: by_tracker.get(name) for name in tracked} == tracked, case["name"]
