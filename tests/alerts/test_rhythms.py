"""Rhythms as people write them."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest

from monitor.alerts.rhythms import checked_catch_up, checked_rhythm
from monitor.errors import ConfigurationInvalid
from monitor.model import Rhythm
from monitor.model.rhythm import IMMEDIATE, Every

DAILY = Rhythm(every=Every.DAILY, at=time(7, 30), zone="Europe/Paris", breaks_through=True, all_quiet=True)
QUIET = Rhythm(quiet_hours=(time(22), time(7)), zone="Asia/Tokyo")


@pytest.mark.parametrize(
    ("before", "given", "expected"),
    [
        (IMMEDIATE, {}, IMMEDIATE),
        (IMMEDIATE, {"every": "daily"}, Rhythm(every=Every.DAILY)),
        (IMMEDIATE, {"every": "weekly", "at": "7:05", "zone": "UTC"}, Rhythm(every=Every.WEEKLY, at=time(7, 5))),
        (IMMEDIATE, {"quiet_hours": "22:00-7:00", "zone": "Asia/Tokyo"}, QUIET),
        (IMMEDIATE, {"quiet_hours": "22:00–07:00", "zone": "Asia/Tokyo"}, QUIET),
        (DAILY, {}, DAILY),
        (DAILY, {"every": "monthly"}, replace(DAILY, every=Every.MONTHLY)),
        (DAILY, {"all_quiet": False, "breaks_through": False}, replace(DAILY, all_quiet=False, breaks_through=False)),
        (DAILY, {"every": "immediate"}, Rhythm(zone="Europe/Paris")),  # what only a digest has goes with it
        (QUIET, {"every": "daily"}, Rhythm(every=Every.DAILY, zone="Asia/Tokyo")),
        (QUIET, {"breaks_through": True}, replace(QUIET, breaks_through=True)),
    ],
)
def test_what_is_not_given_stays(before: Rhythm, given: dict[str, Any], expected: Rhythm) -> None:
    assert checked_rhythm(before=before, **given) == expected


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"every": "dayly"}, '--digest cannot be “dayly”: write "immediate", "daily", "weekly" or "monthly"'),
        ({"every": "daily", "at": "24:00"}, "--at cannot be “24:00”: write a time of day"),
        ({"every": "daily", "at": "8"}, "--at cannot be “8”"),
        ({"every": "daily", "zone": "Paris"}, "--tz cannot be “Paris”: write a time zone by its IANA name"),
        ({"zone": "x" * 5000}, "--tz cannot be “" + "x" * 40 + "”"),
        ({"quiet_hours": "22:00"}, "--quiet-hours cannot be “22:00”: write two different times of day"),
        ({"quiet_hours": "07:00-7:00"}, "--quiet-hours cannot be “07:00-7:00”"),
        ({"zone": "Europe/Paris"}, "--tz is of a digest or quiet hours: give it with one of these"),
        ({"at": "08:00"}, "--at is when a digest comes: give it with --digest"),
        ({"all_quiet": True}, "--all-quiet is said by a digest: give it with --digest"),
        ({"breaks_through": True}, "--break-through is out of a digest or quiet hours: give it with one of these"),
        ({"every": "daily", "quiet_hours": "22:00-07:00"}, "--quiet-hours are for what is told at once"),
    ],
)
def test_what_is_no_rhythm_or_has_no_effect_is_refused_in_one_line(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationInvalid) as refused:
        checked_rhythm(**given)

    assert str(refused.value).startswith(words)
    assert "\n" not in str(refused.value)


def test_a_catch_up_reaches_back_for_a_year_at_most() -> None:
    assert checked_catch_up("30d") == timedelta(days=30)
    for text in ("", "30", "53w", "1m", "0h", "thirty days"):
        with pytest.raises(ConfigurationInvalid, match="--catch-up cannot be"):
            checked_catch_up(text)
