"""When a subscriber is told: at once, or together with what else happened until an hour of their own day. Pure.

A window is the time whose events are told together. It ends at a local time, once for each date on which it ends:

    daily        every date, at that time
    weekly       Mondays
    monthly      the first of the month
    quiet hours  of what is told at once otherwise: what is found in them is told at their end

A local time that comes twice is the first of the two. One that the clocks skip is the first moment after the gap; or
the last one before it, where the gap leads into the next date, so that each date has one. A date that a zone left out
altogether, as Samoa did in 2011, has none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import lru_cache

_SECOND = timedelta(seconds=1)
_DAY = timedelta(days=1)


class Every(StrEnum):
    """How often a subscriber is told."""

    IMMEDIATE = "immediate"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """When a subscription tells what it has to tell."""

    every: Every = Every.IMMEDIATE
    at: time = time(8)
    """Of the local day, in whole minutes."""
    zone: str = "UTC"
    """A name of the IANA time zone database."""
    quiet_hours: tuple[time, time] | None = None
    """Local times from and to which nothing is told at once; digests come at a time of their own."""
    breaks_through: bool = False
    """Whether a critical change is told at once all the same."""
    all_quiet: bool = False
    """Whether a digest comes also when there is nothing to tell."""

    @property
    def is_immediate(self) -> bool:
        """Whether everything is told at once, at every hour."""
        return self.every is Every.IMMEDIATE and self.quiet_hours is None

    @property
    def period(self) -> str:
        """What a digest of this rhythm is called, such as `daily` or `quiet hours`."""
        return "quiet hours" if self.every is Every.IMMEDIATE else str(self.every)


IMMEDIATE = Rhythm()
"""Everything at once, which is usual."""


def window_end(rhythm: Rhythm, at: datetime) -> datetime | None:
    """When what is found at that moment is told, in UTC and later than *at*; None where that is at once."""
    if rhythm.every is not Every.IMMEDIATE:
        return next(end for end in _ends(rhythm, _date_of(rhythm, at) - _DAY) if end > at)
    return next((end for start, end in _quiet_around(rhythm, at) if start <= at < end), None)


def last_end(rhythm: Rhythm, at: datetime) -> datetime | None:
    """When the last window ended that was over *at* that moment; None where nothing is told in windows."""
    if rhythm.every is not Every.IMMEDIATE:
        return next(end for end in _ends_back(rhythm, _date_of(rhythm, at) + _DAY) if end <= at)
    return max((end for _, end in _quiet_around(rhythm, at) if end <= at), default=None)


def quiet_since(rhythm: Rhythm, at: datetime) -> datetime | None:
    """When the quiet hours began that moment is within; None where it is in none."""
    return next((start for start, end in _quiet_around(rhythm, at) if start <= at < end), None)


def local(rhythm: Rhythm, at: datetime) -> datetime:
    """That moment as the subscriber's clock shows it."""
    return at.astimezone(_zone(rhythm.zone))


@lru_cache(maxsize=4096)
def moment_of(day: date, at: time, zone: str) -> datetime | None:
    """When it is *at* o'clock on that date in a zone, in UTC; None where the zone left the date out."""
    place = _zone(zone)
    wall = datetime.combine(day, at)
    first = wall.replace(tzinfo=place).astimezone(UTC)
    if _wall(first, place) == wall:
        return first
    # In a gap the first reading takes the offset before it, the second that after it: one moment lies on either side.
    before = wall.replace(tzinfo=place, fold=1).astimezone(UTC)
    after = _first_after_the_gap(before, first, place)
    if _wall(after, place).date() == day:
        return after
    last = after - _SECOND
    return last if _wall(last, place).date() == day else None


def _first_after_the_gap(before: datetime, after: datetime, place: tzinfo) -> datetime:
    offset = after.astimezone(place).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(place).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after


def _wall(at: datetime, place: tzinfo) -> datetime:
    return at.astimezone(place).replace(tzinfo=None)


_NO_PLACES = frozenset(("localtime", "posixrules", "Factory"))
"""Files beside those of the time zones: whatever this machine's own is, rules, and none that is set."""


def known_zone(name: str) -> str | None:
    """The name of a time zone, if it is an IANA one that this machine knows."""
    if name in _NO_PLACES or name.startswith(("posix/", "right/")):
        return None
    try:
        return str(_zone(name))
    except (KeyError, ValueError, OSError):  # ZoneInfoNotFoundError; what no path can be; the name of a folder
        return None


@lru_cache(maxsize=1024)
def _zone(name: str) -> tzinfo:
    from zoneinfo import ZoneInfo  # most commands tell nobody

    return ZoneInfo(name)


def _date_of(rhythm: Rhythm, at: datetime) -> date:
    return local(rhythm, at).date()


def _ends(rhythm: Rhythm, first: date) -> Iterator[datetime]:
    """The ends of windows on dates from *first* on."""
    day = first
    while True:
        if _is_last(rhythm.every, day) and (end := moment_of(day, rhythm.at, rhythm.zone)):
            yield end
        day += _DAY


def _ends_back(rhythm: Rhythm, last: date) -> Iterator[datetime]:
    """The ends of windows on dates down from *last*, the latest first."""
    day = last
    while True:
        if _is_last(rhythm.every, day) and (end := moment_of(day, rhythm.at, rhythm.zone)):
            yield end
        day -= _DAY


def _is_last(every: Every, day: date) -> bool:
    """Whether a window ends on that date."""
    if every is Every.WEEKLY:
        return day.weekday() == 0
    return every is Every.DAILY or day.day == 1


def _quiet_around(rhythm: Rhythm, at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """When quiet hours begin and end, those of the dates around that moment."""
    if rhythm.quiet_hours is None:
        return
    begin, end = rhythm.quiet_hours
    today = _date_of(rhythm, at)
    for day in (today + _DAY * days for days in (-2, -1, 0, 1)):
        starts = moment_of(day, begin, rhythm.zone)
        ends = moment_of(day if begin < end else day + _DAY, end, rhythm.zone)
        if starts and ends:
            yield starts, ends
