"""When somebody is told, as people write it: `daily`, `08:00`, `Europe/Paris`, `22:00-07:00`. Pure."""

import re
from datetime import time
from typing import TYPE_CHECKING

from monitor.settings.values import any_text, one_of

if TYPE_CHECKING:
    from monitor.model import Every

A_RHYTHM = '"immediate", "daily", "weekly" or "monthly"'
A_TIME = 'a time of day, such as "08:00"'
A_ZONE = 'a time zone by its IANA name, such as "Europe/Paris" or "UTC"'
HOURS = 'two different times of day, such as "22:00-07:00"'


def every(value: object) -> "Every":
    """How often."""
    from monitor.model import Every  # most configurations subscribe nobody

    return one_of(Every)(value)


def clock_time(value: object) -> time:
    """A time of day in whole minutes, from 00:00 to 23:59."""
    found = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", any_text(value))
    if not found:
        raise ValueError
    return time(int(found[1]), int(found[2]))


def zone(value: object) -> str:
    """A time zone that this machine knows."""
    from monitor.model.rhythm import known_zone  # as above

    found = known_zone(any_text(value))
    if found is None:
        raise ValueError
    return found


def hours(value: object) -> tuple[time, time]:
    """From when to when."""
    begin, dash, end = any_text(value).replace("–", "-").partition("-")
    found = clock_time(begin.strip()), clock_time(end.strip())
    if not dash or found[0] == found[1]:
        raise ValueError
    return found
