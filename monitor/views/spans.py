"""Spans of time as people name them: `monday`, `yesterday`, `7d`, `24m`, `2026-11-20`. Pure.

In UTC, like all times here. Days, weeks and months are whole days, and today is one of them: 1d is today.
"""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta

from monitor.errors import ConfigurationInvalid
from monitor.storage.pages import Span

DAY = timedelta(days=1)
USUAL = "7d"
FORMS = "write today, yesterday, monday, 12h, 7d, 2w, 6m, 2026-11-20 or 2026-11-20T08:00, in UTC"

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HOURS = re.compile(r"([0-9]{1,4}) ?h[a-z]*")
_DAYS = re.compile(r"([0-9]{1,4}) ?([dw])[a-z]*")
_MONTHS = re.compile(r"([0-9]{1,4}) ?m(?:o|onths?)?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def first_day(days: int, *, today: date) -> date:
    """The first of so many days, of which *today* is the last. OverflowError before the year 1."""
    return today - timedelta(days=max(days - 1, 0))


def span_of(since: str, until: str | None, *, now: datetime) -> Span:
    """From the beginning of *since* to the end of *until*, or to now. ConfigurationInvalid where that is no span."""
    begins, _ = _bounds(since, now, option="--since")
    if begins > now:
        raise ConfigurationInvalid(f"--since {since[:40]} is still to come: {FORMS}")
    if until is None:
        return Span(begins)  # not up to now: what was seen before the clock was set back is no less true
    _, ends = _bounds(until, now, option="--until")
    if ends <= begins:
        raise ConfigurationInvalid(f"--until {until[:40]} is over before --since {since[:40]} begins: exchange them")
    return Span(begins, ends)


def _bounds(text: str, now: datetime, *, option: str) -> tuple[datetime, datetime]:
    """When what *text* names begins and ends: a day lasts, a moment does not."""
    words = text.strip().lower()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    try:
        if (back := _days_back(words, now)) is not None:
            return midnight - back, midnight - back + DAY
        if found := _HOURS.fullmatch(words):
            at = now - timedelta(hours=int(found[1]))
            return at, at
        if found := _DAYS.fullmatch(words):
            days = int(found[1]) * (7 if found[2] == "w" else 1)
            back = now.date() - first_day(days, today=now.date())
            return midnight - back, midnight - back + DAY
        if found := _MONTHS.fullmatch(words):
            at = months_before(midnight, int(found[1]))
            return at, at + DAY
        at = datetime.fromisoformat(words.upper())
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        return at, at + DAY if _DAY.fullmatch(words) else at
    except (ValueError, OverflowError) as error:
        raise ConfigurationInvalid(f"{option} “{text[:40]}” cannot be read as a time: {FORMS}") from error


def months_before(at: datetime, months: int) -> datetime:
    """The same day and time so many months earlier, or the last day of that month. ValueError before the year 1."""
    year, month = divmod(at.year * 12 + at.month - 1 - months, 12)
    month += 1
    return at.replace(year=year, month=month, day=min(at.day, monthrange(year, month)[1]))


def _days_back(words: str, now: datetime) -> timedelta | None:
    """How long ago the day began that the words name, counted from today; the last Monday may be today."""
    if words in ("today", "yesterday"):
        return DAY if words == "yesterday" else timedelta(0)
    named = [number for number, name in enumerate(_WEEKDAYS) if len(words) >= 3 and name.startswith(words)]
    return timedelta(days=(now.weekday() - named[0]) % 7) if named else None
