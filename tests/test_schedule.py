"""Full checks come once a span for every trial, and not all at once."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from monitor.schedule import full_check_due

WEEK = timedelta(days=7)
MONDAY = datetime(2026, 11, 16, 9, tzinfo=UTC)


def test_a_trial_that_was_never_read_is_due() -> None:
    assert full_check_due("NCT02116634", read_at=None, now=MONDAY, every=WEEK)


def test_a_trial_that_was_just_read_is_not_due() -> None:
    assert not full_check_due("NCT02116634", read_at=MONDAY, now=MONDAY, every=WEEK)


def test_no_trial_goes_longer_than_the_span() -> None:
    for number in range(500):
        assert full_check_due(f"NCT{number:08}", read_at=MONDAY, now=MONDAY + WEEK, every=WEEK)


def test_hourly_passes_read_every_trial_once_a_span() -> None:
    read_at = {f"NCT{number:08}": MONDAY for number in range(200)}
    readings: Counter[str] = Counter()
    for hour in range(1, 3 * 7 * 24 + 1):
        now = MONDAY + timedelta(hours=hour)
        for trial_id, last in read_at.items():
            if full_check_due(trial_id, read_at=last, now=now, every=WEEK):
                readings[trial_id] += 1
                read_at[trial_id] = now

    assert set(readings.values()) == {3}


def test_trials_added_in_one_minute_are_spread_evenly_over_the_span() -> None:
    due_by_day = Counter(
        next(
            day
            for day in range(1, 8)
            if full_check_due(f"NCT{number:08}", read_at=MONDAY, now=MONDAY + timedelta(days=day), every=WEEK)
        )
        for number in range(10_000)
    )

    assert all(1_200 < count < 1_700 for count in due_by_day.values()), due_by_day
    assert len(due_by_day) == 7
