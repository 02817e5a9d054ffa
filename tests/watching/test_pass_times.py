"""When a registry is looked at, when that it fails is an outage, and when its data are old."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.model.stamps import built_at, data_are_old
from monitor.watching.schedule import OUTAGE_AFTER, TRIES_IN_AN_OUTAGE, next_pass_at, outage_due, pass_due

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def wait(failures: int, *, chance: float = 1.0, every: timedelta = HOUR, confirming: bool = False) -> timedelta:
    return next_pass_at(now=NOON, every=every, failures=failures, confirming=confirming, chance=chance) - NOON


def test_failures_wait_up_to_twice_as_long_each_time_and_never_longer_than_a_look() -> None:
    assert [wait(failures) / MINUTE for failures in range(9)] == [60, 1, 2, 4, 8, 16, 32, 60, 60]
    assert wait(10_000, every=timedelta(weeks=52)) == timedelta(weeks=52)
    assert wait(5, every=timedelta(seconds=10)) == timedelta(seconds=10)


def test_a_back_off_is_anything_down_to_nothing_by_chance() -> None:
    assert wait(5, chance=0) == timedelta(0)
    assert wait(5, chance=0.5) == 8 * MINUTE


def test_a_recovery_is_confirmed_within_the_half_hour() -> None:
    assert wait(0, confirming=True, chance=0) == 15 * MINUTE
    assert wait(0, confirming=True, chance=1) == 30 * MINUTE
    assert wait(0, confirming=True, every=10 * MINUTE) == 10 * MINUTE


@pytest.mark.parametrize(
    ("due_in", "due"),
    [
        (None, True),
        (-HOUR, True),
        (timedelta(0), True),
        (timedelta(seconds=1), False),
        (HOUR, False),
        (HOUR + timedelta(seconds=1), True),
        (timedelta(days=3650), True),
    ],
)
def test_a_look_is_due_when_its_time_has_come_or_cannot_have_been_meant(due_in: timedelta | None, due: bool) -> None:
    assert pass_due(due_in if due_in is None else NOON + due_in, now=NOON, every=HOUR) is due


def test_two_hours_and_so_many_tries_make_an_outage() -> None:
    tries = TRIES_IN_AN_OUTAGE
    assert outage_due(failures=tries, failing_since=NOON, now=NOON + OUTAGE_AFTER)
    assert not outage_due(failures=tries - 1, failing_since=NOON, now=NOON + timedelta(days=1))
    assert not outage_due(failures=100, failing_since=NOON, now=NOON + OUTAGE_AFTER - MINUTE)


def test_the_tries_of_two_hours_are_never_fewer_than_an_outage_needs() -> None:
    """With the longest waits that chance can give."""
    at, tries = timedelta(0), 1
    while at < OUTAGE_AFTER:
        at += wait(tries)
        tries += 1

    assert tries >= TRIES_IN_AN_OUTAGE


@pytest.mark.parametrize(
    ("stamp", "old"),
    [
        ("2026-11-22T09:00:04", False),
        ("2026-11-17T12:00:00", False),
        ("2026-11-17T11:59:59", True),
        ("2026-11-17T11:59:59+00:00", True),
        ("2026-11-17", True),
        ("build 17", False),
        ("", False),
    ],
)
def test_data_are_old_after_five_days(stamp: str, old: bool) -> None:
    assert data_are_old(stamp, now=NOON) is old


def test_a_stamp_that_is_no_time_has_none() -> None:
    assert built_at("build 17") is None
    assert built_at("2026-11-22T12:00:00") == NOON
