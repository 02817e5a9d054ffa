"""What stands around a change is said in a sentence, and left out where there is nothing to say."""

from dataclasses import replace
from datetime import date

import pytest

from monitor.model import Change, ContextLine, Significance
from monitor.render.context import (
    Drift,
    FirstVersion,
    drift_line,
    lines_for,
    repeat_line,
    sponsor_line,
)

MOVED = Change(
    field="primary_completion_date",
    path="",
    kind="date.slipped",
    topic="dates",
    before=None,
    after=None,
    summary="",
    significance=Significance.MINOR,
)
SIZED = replace(MOVED, field="enrollment", kind="enrollment.target")
STOPPED = replace(MOVED, field="overall_status", kind="status.stopped", significance=Significance.CRITICAL)
DAY = date(2026, 11, 22)
REGISTERED, SEEN = FirstVersion(date(2024, 3, 1), True), FirstVersion(date(2024, 3, 1), False)
THIRD = Drift(unit="days", amount=30, times=3, since=date(2025, 9, 22), on=DAY, total=412, first=REGISTERED)


@pytest.mark.parametrize(
    ("change", "drift", "text"),
    [
        (MOVED, THIRD, "Primary completion date: third slip in 14 months, +412 days since registration on 2024-03-01."),
        (
            MOVED,
            replace(THIRD, first=SEEN, total=-1, since=date(2026, 11, 2)),
            "Primary completion date: third slip in 20 days, -1 day since the first version on file, of 2024-03-01.",
        ),
        (MOVED, replace(THIRD, first=None, since=DAY), "Primary completion date: third slip."),
        (
            MOVED,
            replace(THIRD, amount=-30, times=22, total=None),
            "Primary completion date: 22nd move to an earlier date in 14 months.",
        ),
        (
            MOVED,
            replace(THIRD, times=1, total=90),
            "Primary completion date: +90 days since registration on 2024-03-01.",
        ),
        (MOVED, replace(THIRD, times=1, total=30), None),
        (MOVED, replace(THIRD, times=1, total=None), None),
        (
            SIZED,
            replace(THIRD, unit="percent", amount=-10.0, times=11, total=-49.2),
            "Enrollment: 11th cut in 14 months, 49.2% fewer since registration on 2024-03-01.",
        ),
        (
            SIZED,
            replace(THIRD, unit="percent", amount=120.0, times=1, total=2114.3),
            "Enrollment: 2,114.3% more since registration on 2024-03-01.",
        ),
        # What is back where it began has come no way.
        (SIZED, replace(THIRD, unit="percent", amount=-10.0, times=1, total=0.0), None),
        (SIZED, replace(THIRD, unit="percent", amount=-10.0, total=-0.04), "Enrollment: third cut in 14 months."),
        (MOVED, replace(THIRD, amount=-30, times=1, total=0), None),
        (
            SIZED,
            replace(THIRD, unit="percent", amount=5.0, times=2, total=None),
            "Enrollment: second increase in 14 months.",
        ),
    ],
)
def test_how_far_a_value_has_come_is_said_where_it_is_more_than_the_change_itself(change, drift, text):
    line = drift_line(change, drift)

    assert (line and line.text) == text


def test_what_happened_before_is_counted():
    once, thrice = [date(2026, 3, 1)], [date(2024, 1, 1), date(2026, 3, 1), date(2025, 1, 1)]

    assert repeat_line(STOPPED, []) is None
    assert repeat_line(STOPPED, once).text == "The trial was stopped once before, on 2026-03-01."
    assert repeat_line(replace(STOPPED, field="eligibility_criteria", kind="eligibility.criteria"), thrice).text == (
        "Eligibility criteria changed in this way 3 times before, last on 2026-03-01."
    )


def test_what_became_of_the_sponsors_other_trials_is_said_where_anything_did():
    assert sponsor_line(14, stopped=0, slipped=0, posted=0) is None
    assert sponsor_line(14, stopped=2, slipped=0, posted=0).text == (
        "2 of the sponsor's 14 other trials here were stopped in the 90 days before."
    )
    assert sponsor_line(1, stopped=0, slipped=1, posted=0).text == (
        "The sponsor's other trial here had a date slip by 90 days or more in the 90 days before."
    )
    assert sponsor_line(1_400, stopped=1, slipped=3, posted=1).text == (
        "1 of the sponsor's 1,400 other trials here was stopped in the 90 days before, "
        "3 had dates slip by 90 days or more, 1 posted results."
    )


def test_the_most_telling_sentences_on_what_is_told_come_first():
    date_, size, stop = (ContextLine(kind="drift", text=name, facts={}, field=name) for name in FIELDS)
    sponsor = ContextLine(kind="sponsor", text="sponsor", facts={})
    lines = (stop, date_, size, sponsor)

    def shown(*changes: Change) -> list[str]:
        return [line.text for line in lines_for(lines, changes)]

    assert shown(STOPPED, MOVED, SIZED) == ["overall_status", "sponsor", "primary_completion_date"]
    assert shown(SIZED, MOVED) == ["enrollment", "primary_completion_date"]
    assert shown(replace(STOPPED, field="honey")) == ["sponsor"]


def test_two_dates_that_move_together_are_told_once():
    one, other = (drift_line(replace(MOVED, field=name), THIRD) for name in ("completion_date", "start_date"))

    assert lines_for((one, other), (replace(MOVED, field="start_date"), replace(MOVED, field="completion_date"))) == (
        one,
    )
    assert lines_for((one, other), (replace(MOVED, field="start_date"),)) == (other,)


FIELDS = ("primary_completion_date", "enrollment", "overall_status")
