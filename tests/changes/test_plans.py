"""How the plan of a trial moved, folded from its first record and its changes."""

from datetime import UTC, datetime

import pytest

from monitor.changes.events import changes_between
from monitor.changes.plans import Plan, plan_of, plan_through
from monitor.model import Coded, PartialDate, Record, Sponsor


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def record(
    completion: str | None, *, status: str = "RECRUITING", type_: str = "ESTIMATED", sponsor: str = "Halden"
) -> Record:
    return Record(
        registry="clinicaltrials.gov",
        trial_id="NCT02116634",
        url="https://example.org",
        paths={},
        overall_status=Coded(status, status.title()),
        primary_completion_date=PartialDate(completion, type_) if completion else None,
        lead_sponsor=Sponsor(sponsor, "INDUSTRY"),
    )


HISTORY = [
    (at("2014-04-17"), record("2016-05")),
    (at("2014-11-03"), record("2016-12")),
    (at("2015-08-06"), record("2017-05", sponsor="Halden Biotherapeutics")),
    (at("2016-01-14"), record("2017-05", status="WITHDRAWN", sponsor="Halden Biotherapeutics")),
]


def folded() -> Plan:
    (began, first), *later = HISTORY
    plan, before = plan_of(first, began), first
    for seen_at, after in later:
        plan = plan.after(seen_at, changes_between(before, after, on=seen_at.date()))
        before = after
    return plan


def test_a_plan_tells_every_value_and_when_it_was_seen() -> None:
    plan = folded()
    dates = [
        (seen_at.date().isoformat(), date and date.text) for seen_at, date in plan.dates("primary_completion_date")
    ]
    assert dates == [("2014-04-17", "2016-05"), ("2014-11-03", "2016-12"), ("2015-08-06", "2017-05")]
    assert [step.value for step in plan.steps["overall_status"]] == ["RECRUITING", "WITHDRAWN"]
    assert [step.value["name"] for step in plan.steps["lead_sponsor"]] == ["Halden", "Halden Biotherapeutics"]


def test_a_slip_is_counted_from_what_was_registered_first() -> None:
    assert folded().slip("primary_completion_date") == 365
    assert folded().slip("start_date") is None


def test_the_changes_tell_the_same_as_the_records() -> None:
    assert folded() == plan_through(HISTORY)


def test_a_plan_survives_being_stored() -> None:
    plan = folded()
    assert Plan.from_json(plan.as_json()) == plan


def test_a_date_that_came_later_was_missing_before() -> None:
    began, later = at("2020-01-01"), at("2020-06-01")
    first, after = record(None), record("2021-03")
    plan = plan_of(first, began).after(later, changes_between(first, after, on=later.date()))
    assert [step.seen_at for step in plan.steps["primary_completion_date"]] == [later]
    assert plan.slip("primary_completion_date") == 0


def test_what_a_change_says_was_there_before_was_there() -> None:
    """The first record may have been damaged, so that the plan begins without it."""
    began, later = at("2020-01-01"), at("2020-06-01")
    changes = changes_between(record("2021-03"), record("2021-06"), on=later.date())
    plan = plan_of(record(None), began).after(later, changes)
    assert [(step.seen_at, step.value["date"]) for step in plan.steps["primary_completion_date"]] == [
        (began, "2021-03"),
        (later, "2021-06"),
    ]


def test_a_date_that_went_away_has_no_slip() -> None:
    began, later = at("2020-01-01"), at("2020-06-01")
    first, after = record("2021-03"), record(None)
    plan = plan_of(first, began).after(later, changes_between(first, after, on=later.date()))
    assert plan.date("primary_completion_date") is None
    assert plan.slip("primary_completion_date") is None


@pytest.mark.parametrize(
    "stored", [{"start_date": [["no time", None]]}, {"start_date": [1]}, {"start_date": [["2020-01-01T00:00:00", 1]]}]
)
def test_what_is_no_plan_is_refused(stored: dict[str, object]) -> None:
    with pytest.raises((TypeError, ValueError)):
        Plan.from_json(stored)
