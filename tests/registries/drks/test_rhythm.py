"""When the file may be newer, of which day its data are, and when it lacks too many trials."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.ports import RegistryVersion
from monitor.registries.drks.rhythm import (
    Seen,
    day_of_data,
    expected_after,
    is_short,
    may_be_newer,
    seen_in,
    version_of,
)

NAME = 'attachment; filename="DRKS_all_20261127.zip"'


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("had", "now", "newer"),
    [
        (at(27, 6), at(27, 23), False),
        (at(27, 6), at(28, 5, 44), False),
        (at(27, 6), at(28, 5, 45), True),
        (at(27, 3), at(27, 5), False),
        (at(27, 3), at(27, 6), True),
        (at(27, 6), at(30, 0), True),
        (at(28, 6), at(27, 6), True),
    ],
)
def test_the_file_may_be_newer_once_a_day(had, now, newer):
    assert may_be_newer(Seen(had, 1, "0" * 16), now) is newer


@pytest.mark.parametrize(
    ("name", "had", "day"),
    [
        (NAME, at(27, 6), "2026-11-27"),
        (NAME, at(27, 1), "2026-11-26"),
        (NAME, at(29, 6), "2026-11-27"),
        ("DRKS_all_2026-11-27.zip", at(27, 6), "2026-11-27"),
        ("DRKS_all_20261340.zip", at(27, 6), "2026-11-25"),
        ("", at(27, 6), "2026-11-25"),
    ],
)
def test_the_day_of_the_data_is_in_the_name_or_that_of_the_newest_update(name, had, day):
    assert day_of_data(name, newest="2026-11-25", at=had) == day


def test_a_day_that_is_still_to_come_is_not_believed_of_an_update():
    assert day_of_data("", newest="2031-01-01", at=at(27, 6)) == "2026-11-27"


def test_what_is_remembered_is_read_again_and_anything_else_is_nothing():
    seen = Seen(at(27, 6), 37_012, "0123456789abcdef")

    assert seen_in(RegistryVersion("2026-11-27", seen.text)) == seen
    for etag in (None, '"abc"', seen.text[1:], seen.text.replace("2026-11-27", "2026-13-27")):
        assert seen_in(RegistryVersion("2026-11-27", etag)) is None


def test_another_file_with_data_of_one_day_is_another_version():
    first = version_of("2026-11-27", Seen(at(27, 6), 9, "a" * 16), known=None)
    same = version_of("2026-11-27", Seen(at(27, 9), 9, "a" * 16), known=first)
    other = version_of("2026-11-27", Seen(at(27, 10), 9, "b" * 16), known=same)
    again = version_of("2026-11-27", Seen(at(27, 11), 9, "b" * 16), known=other)

    assert (first.stamp, same.stamp) == ("2026-11-27", "2026-11-27")
    assert other.stamp == again.stamp == "2026-11-27T10:00:00+00:00"
    assert first.stamp < other.stamp < "2026-11-28"


def test_a_file_that_lacks_many_trials_is_believed_after_some_days():
    assert not is_short(36_800, 37_000)
    assert not is_short(5, 25)
    assert is_short(20_000, 37_000)
    expected, days = 37_000, 0
    while is_short(20_000, expected):
        expected, days = expected_after(20_000, expected), days + 1
    assert 7 < days < 21


def test_a_day_has_its_renewal_in_summer_and_in_winter():
    for month in (1, 7):
        now = datetime(2026, month, 15, 12, tzinfo=UTC)
        assert not may_be_newer(Seen(now - timedelta(hours=1), 1, "0" * 16), now)
        assert may_be_newer(Seen(now - timedelta(hours=7), 1, "0" * 16), now)
