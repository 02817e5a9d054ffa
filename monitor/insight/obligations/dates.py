"""Arithmetic of deadlines: calendar years and months, and a month read as its last day. Pure."""

from calendar import monthrange
from datetime import date, timedelta

from monitor.model.record import PartialDate

FINAL_RULE = date(2017, 1, 18)
"""When 42 CFR Part 11 took effect: results are owed for what was completed on that day or later."""


def last_day(of: PartialDate | None) -> date | None:
    """The last day that a date allows: a month is read as its last day, a year as 31 December; None without a date."""
    parts = of.parts if of else ()
    match parts:
        case (year,):
            return date(year, 12, 31)
        case (year, month):
            return date(year, month, monthrange(year, month)[1])
        case (year, month, day):
            return date(year, month, day)
    return None


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or the last that this month has: a year after 29 February is 28 February."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def days_after(day: date, days: int) -> date:
    """So many calendar days later."""
    return day + timedelta(days=days)
