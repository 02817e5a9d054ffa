"""When a window ends: at a local time, once for each date, whatever clocks are moved."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest

from monitor.model.rhythm import IMMEDIATE, Every, Rhythm, known_zone, last_end, local, moment_of, window_end

DAY = timedelta(days=1)
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
FORTY = (
    *("Africa/Cairo", "Africa/Casablanca", "Africa/Johannesburg", "Africa/Lagos", "America/Anchorage"),
    *("America/Asuncion", "America/Bogota", "America/Caracas", "America/Chicago", "America/Denver", "America/Halifax"),
    *("America/Havana", "America/Los_Angeles", "America/New_York", "America/Nuuk", "America/Santiago"),
    *("America/Sao_Paulo", "America/St_Johns", "Antarctica/Troll", "Asia/Beirut", "Asia/Dubai", "Asia/Gaza"),
    *("Asia/Jerusalem", "Asia/Kathmandu", "Asia/Kolkata", "Asia/Shanghai", "Asia/Tehran", "Asia/Tokyo"),
    *("Atlantic/Azores", "Australia/Adelaide", "Australia/Lord_Howe", "Australia/Sydney", "Europe/Dublin"),
    *("Europe/London", "Europe/Paris", "Pacific/Auckland", "Pacific/Chatham", "Pacific/Easter"),
    *("Pacific/Kiritimati", "UTC"),
)
EIGHT = (
    *("America/Havana", "America/New_York", "America/Nuuk", "Asia/Beirut"),
    *("Australia/Lord_Howe", "Europe/Paris", "Pacific/Apia", "Pacific/Auckland"),
)


def daily(zone: str, at: time = time(8)) -> Rhythm:
    return Rhythm(every=Every.DAILY, at=at, zone=zone)


def ends(rhythm: Rhythm, since: datetime, until: datetime) -> Iterator[datetime]:
    """The ends of the windows, one after the other, as digests are composed."""
    end = window_end(rhythm, since)
    while end and end <= until:
        yield end
        end = window_end(rhythm, end)


def dates(rhythm: Rhythm, since: datetime, until: datetime) -> list[date]:
    return [local(rhythm, end).date() for end in ends(rhythm, since, until)]


@pytest.mark.parametrize("at", [time(0), time(2, 30), time(8), time(23, 30)])
def test_a_year_has_365_digests_in_every_zone_and_never_two_on_one_date(at: time) -> None:
    assert len(set(FORTY)) == 40
    for zone in FORTY:
        rhythm = daily(zone, at)
        found = dates(rhythm, NEW_YEAR - 2 * DAY, NEW_YEAR + 370 * DAY)

        of_year = [day for day in found if day.year == 2026]
        assert (len(of_year), len(set(of_year))) == (365, 365), zone


def test_at_half_past_two_there_is_one_digest_a_date_for_ten_years() -> None:
    """Both ways, and at the date that Samoa left out."""
    for zone in EIGHT:
        rhythm = daily(zone, time(2, 30))

        found = dates(rhythm, datetime(2010, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC))

        left_out = {date(2011, 12, 30)} if zone == "Pacific/Apia" else set()
        assert set(found) | left_out >= {date(2010, 1, 2) + DAY * number for number in range(3650)}
        assert len(found) == len(set(found))


@pytest.mark.parametrize(
    ("zone", "day", "at", "expected"),
    [
        ("Europe/Paris", date(2026, 7, 1), time(8), "2026-07-01T06:00"),
        ("Europe/Paris", date(2026, 3, 29), time(2, 30), "2026-03-29T01:00"),  # 03:00, the first moment after the gap
        ("Europe/Paris", date(2026, 10, 25), time(2, 30), "2026-10-25T00:30"),  # the first of the two
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), "2026-10-03T15:30"),  # a gap of half an hour
        ("America/Nuuk", date(2026, 3, 28), time(23, 30), "2026-03-29T00:59:59"),  # the gap leads into the next date
        ("Africa/Cairo", date(2026, 4, 24), time(0), "2026-04-23T22:00"),  # a date that begins at 01:00
    ],
)
def test_a_local_time_that_the_clocks_skip_or_repeat(zone: str, day: date, at: time, expected: str) -> None:
    assert moment_of(day, at, zone) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_a_date_that_a_zone_left_out_has_no_moment() -> None:
    assert moment_of(date(2011, 12, 30), time(8), "Pacific/Apia") is None


@pytest.mark.parametrize(
    ("every", "found", "told"),
    [
        ("daily", "2026-11-27T06:59:59", "2026-11-27T07:00"),
        ("daily", "2026-11-27T07:00", "2026-11-28T07:00"),  # the end itself is of the next window
        ("weekly", "2026-11-27T06:00", "2026-11-30T07:00"),
        ("weekly", "2026-11-30T07:00", "2026-12-07T07:00"),
        ("monthly", "2026-11-27T06:00", "2026-12-01T07:00"),
        ("monthly", "2026-12-01T07:00", "2027-01-01T07:00"),
    ],
)
def test_what_is_found_is_told_at_the_end_of_its_window(every: str, found: str, told: str) -> None:
    rhythm = Rhythm(every=Every(every), at=time(8), zone="Europe/Paris")
    moment, expected = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (found, told))

    assert window_end(rhythm, moment) == expected
    assert last_end(rhythm, expected) == expected
    assert last_end(rhythm, expected - timedelta(seconds=1)) <= moment  # type: ignore[operator]


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ("2026-11-27T20:59", None),
        ("2026-11-27T21:00", "2026-11-28T06:00"),  # 22:00 in Paris
        ("2026-11-28T05:59", "2026-11-28T06:00"),
        ("2026-11-28T06:00", None),
        ("2026-03-28T22:00", "2026-03-29T05:00"),  # the night that is an hour shorter
    ],
)
def test_in_quiet_hours_nothing_is_told_until_their_end(found: str, told: str | None) -> None:
    rhythm = Rhythm(quiet_hours=(time(22), time(7)), zone="Europe/Paris")
    expected = datetime.fromisoformat(told).replace(tzinfo=UTC) if told else None

    assert window_end(rhythm, datetime.fromisoformat(found).replace(tzinfo=UTC)) == expected


def test_quiet_hours_that_end_in_the_hour_that_comes_twice_end_once() -> None:
    rhythm = Rhythm(quiet_hours=(time(23), time(2, 30)), zone="Europe/Paris")

    assert window_end(rhythm, datetime(2026, 10, 25, 0, 10, tzinfo=UTC)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert window_end(rhythm, datetime(2026, 10, 25, 1, 10, tzinfo=UTC)) is None


def test_at_once_is_in_no_window() -> None:
    assert window_end(IMMEDIATE, NEW_YEAR) is None
    assert last_end(IMMEDIATE, NEW_YEAR) is None
    assert IMMEDIATE.is_immediate


def test_what_is_no_zone_is_known_as_none() -> None:
    assert known_zone("Europe/Paris") == "Europe/Paris"
    assert [known_zone(name) for name in ("Europe/Prais", "", "../etc/passwd", "Europe", "a\0b", "x" * 5000)] == [
        None
    ] * 6
