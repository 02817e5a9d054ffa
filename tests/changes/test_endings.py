"""When nothing more is expected of a trial."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from monitor.alerts.recovery import empty_record
from monitor.changes.endings import how_it_ended, may_be_last
from monitor.model import Change, Coded, Event, Significance


@pytest.mark.parametrize(
    ("status", "has_results", "words"),
    [
        ("COMPLETED", True, "Completed, with results posted"),
        ("TERMINATED", True, "Terminated, with results posted"),
        ("WITHDRAWN", False, "Withdrawn"),
        ("COMPLETED", False, None),
        ("TERMINATED", False, None),
        ("ACTIVE_NOT_RECRUITING", True, None),
        ("SUSPENDED", False, None),
        ("UNKNOWN", True, None),
        (None, True, None),
    ],
)
def test_results_end_a_trial_that_is_over_and_a_withdrawn_one_has_none(
    status: str | None, has_results: bool, words: str | None
) -> None:
    code = Coded(status, status.capitalize()) if status else None
    record = replace(empty_record("r", "T1"), overall_status=code, has_results=has_results)

    assert how_it_ended(record) == words


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (["results.posted"], True),
        (["dates.moved", "status.completed"], True),
        (["trial.removed"], True),
        (["status.recruiting", "results.changed"], False),
    ],
)
def test_what_may_be_the_last_event_is_told_by_its_kinds(kinds: list[str], expected: bool) -> None:
    changes = tuple(
        Change(
            field="f",
            path="f",
            kind=kind,
            topic="t",
            before=1,
            after=2,
            summary="S.",
            significance=Significance.MAJOR,
        )
        for kind in kinds
    )
    event = Event(
        registry="r", trial_id="T1", snapshot=2, occurred_at=datetime(2026, 1, 1, tzinfo=UTC), changes=changes
    )

    assert may_be_last(event) is expected
