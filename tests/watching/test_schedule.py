"""Full checks come once a span for every trial and not all at once; deliveries are tried again for days."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from monitor.alerts.retrying import disabling_due, next_attempt
from monitor.watching.schedule import full_check_due

WEEK = timedelta(days=7)
MONDAY = datetime(2026, 11, 16, 9, tzinfo=UTC)


def test_a_trial_that_was_never_read_is_due() -> None:
    assert full_check_due("NCT02116634", read_at=None, now=MONDAY, every=WEEK)


def test_a_trial_that_was_just_read_is_not_due() -> None:
    assert not full_check_due("NCT02116634", read_at=MONDAY, now=MONDAY, every=WEEK)


def test_a_trial_that_was_read_in_a_time_to_come_is_due() -> None:
    """The clock was ten years ahead when it was read, and has been set right."""
    assert full_check_due("NCT1", read_at=MONDAY + timedelta(days=3650), now=MONDAY, every=WEEK)


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


def attempts(channel: str, *, jitter: float = 0.0, not_before: float | None = None) -> list[timedelta]:
    """When a delivery that nobody ever takes is tried, from the first time on."""
    moments: list[timedelta] = []
    now: datetime | None = MONDAY
    while now := next_attempt(
        channel, attempts_made=len(moments), first_at=MONDAY, now=now, jitter=jitter, not_before=not_before
    ):
        moments.append(now - MONDAY)
    return moments


def waits(channel: str, *, jitter: float = 0.0, not_before: float | None = None) -> list[timedelta]:
    moments = [timedelta(0), *attempts(channel, jitter=jitter, not_before=not_before)]
    return [after - before for before, after in pairwise(moments)]


TABLE = [
    timedelta(0),
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
]


@pytest.mark.parametrize("channel", ["webhook", "chat"])
def test_a_webhook_and_a_chat_are_tried_ten_times_in_three_days(channel: str) -> None:
    assert waits(channel) == TABLE
    assert attempts(channel)[-1] == timedelta(hours=75, minutes=35, seconds=5)


@pytest.mark.parametrize("jitter", [-1.0, -0.3, 0.7, 1.0])
def test_every_wait_of_a_webhook_is_within_a_fifth_of_the_table(jitter: float) -> None:
    waited = waits("webhook", jitter=jitter)

    assert all(abs(wait - planned) <= 0.2 * planned for wait, planned in zip(waited, TABLE, strict=True))
    assert sum(waited, timedelta()) >= timedelta(hours=72)
    assert all(wait != planned for wait, planned in zip(waited, TABLE, strict=True) if planned)


def test_mail_is_tried_for_five_days_at_waits_that_grow_to_four_hours() -> None:
    tried = attempts("email")

    assert waits("email", jitter=-1)[:6] == [timedelta(hours=hours) for hours in (0, 0.5, 1, 2, 4, 4)]
    assert timedelta(days=4, hours=19) < tried[-1] <= timedelta(days=5)


@pytest.mark.parametrize("jitter", [-1.0, 0.0, 1.0])
def test_mail_is_never_tried_again_within_half_an_hour_nor_after_more_than_five_hours(jitter: float) -> None:
    tried = waits("email", jitter=jitter)[1:]

    assert min(tried) >= timedelta(minutes=30)
    assert max(tried) < timedelta(hours=5)


def test_mail_that_waited_for_days_while_we_were_down_is_tried_and_then_given_up() -> None:
    late = MONDAY + timedelta(days=6)

    assert next_attempt("email", attempts_made=3, first_at=MONDAY, now=late, jitter=0, not_before=None) is None


def test_a_webhook_that_waited_for_days_while_we_were_down_keeps_its_tries() -> None:
    late = MONDAY + timedelta(days=6)
    again = next_attempt("webhook", attempts_made=3, first_at=MONDAY, now=late, jitter=0, not_before=None)
    assert again == late + timedelta(minutes=30)


@pytest.mark.parametrize(
    ("asked_for", "wait"),
    [
        (None, timedelta(minutes=5)),
        (0, timedelta(minutes=5)),
        (60, timedelta(minutes=5)),
        (3600, timedelta(hours=1)),
        (24 * 3600, timedelta(hours=24)),
        (10 * 365 * 24 * 3600.0, timedelta(hours=24)),
        (float("inf"), timedelta(hours=24)),
    ],
)
def test_a_receiver_that_asks_for_time_gets_up_to_a_day(asked_for: float | None, wait: timedelta) -> None:
    again = next_attempt("webhook", attempts_made=2, first_at=MONDAY, now=MONDAY, jitter=0, not_before=asked_for)
    assert again == MONDAY + wait


def test_asking_for_time_gives_no_more_tries() -> None:
    assert len(attempts("webhook", not_before=3600)) == len(TABLE)


@pytest.mark.parametrize(
    ("failing_for", "due"),
    [(None, False), (timedelta(0), False), (timedelta(days=5, seconds=-1), False), (timedelta(days=5), True)],
)
def test_an_endpoint_that_only_failed_for_five_days_is_disabled(failing_for: timedelta | None, due: bool) -> None:
    since = None if failing_for is None else MONDAY - failing_for
    assert disabling_due(failing_since=since, now=MONDAY) is due
