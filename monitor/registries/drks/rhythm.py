"""When the file of all trials may be newer than the one that was seen, and of which day its data are. Pure.

The registry renews its data every day at 05:45 in Berlin, and keeps the file that it made of them for an hour. So from
05:45 UTC on, which is one or two hours later, the file is that of the day; before it, it may be that of the day before.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from monitor.ports import RegistryVersion

RENEWED_BY = timedelta(hours=5, minutes=45)
DAY = timedelta(days=1)
KEPT = timedelta(hours=1)
"""So long the registry keeps the file that it made, which nobody needs to ask for twice."""
LEAST_SHORTAGE = 20
SHORTAGE = 100
"""A file lacks many trials where it has fewer than the one before by more than one in so many, and LEAST_SHORTAGE."""
FORGOTTEN_A_DAY = 20
"""Of as many trials as a file should have, one in so many is no longer expected with every file that lacks many."""
_DAY_IN_NAME = re.compile(r"(?<![0-9])(20[0-9]{2})-?([01][0-9])-?([0-3][0-9])(?![0-9])")


@dataclass(frozen=True, slots=True)
class Seen:
    """What is remembered of the file that was seen last, in the place of a version's ETag."""

    at: datetime
    """When it was had."""
    trials: int
    """How many trials a file is expected to hold."""
    digest: str
    """Of what it held."""

    @property
    def text(self) -> str:
        """It as a text without spaces that is sorted by when it was had."""
        return f"{self.at:%Y-%m-%dT%H:%M:%S}/{self.trials}/{self.digest}"


def seen_in(known: RegistryVersion | None) -> Seen | None:
    """What a version remembers; None where it is of another make."""
    found = re.fullmatch(r"([0-9T:-]{19})/([0-9]{1,9})/([0-9a-f]{16})", (known and known.etag) or "", re.ASCII)
    if not found:
        return None
    try:
        at = datetime.fromisoformat(found[1]).replace(tzinfo=UTC)
    except ValueError:
        return None
    return Seen(at, int(found[2]), found[3])


def may_be_newer(seen: Seen, now: datetime) -> bool:
    """Whether the registry may have renewed its data since. A moment that is still to come says nothing."""
    return seen.at > now or _last_renewal(now) > seen.at


def is_kept(had_at: datetime, now: datetime) -> bool:
    """Whether the file that was had at a moment is still the one that would come."""
    return timedelta(0) <= now - had_at < KEPT


def version_of(day: str, seen: Seen, *, known: RegistryVersion | None) -> RegistryVersion:
    """The version of a file with data of this *day*; *known* is the one before.

    Another file with data of the same day goes by the moment when it was had.
    """
    former = seen_in(known)
    if known and known.stamp[:10] == day:
        is_same = former is not None and former.digest == seen.digest
        return RegistryVersion(known.stamp if is_same else seen.at.isoformat(timespec="seconds"), seen.text)
    return RegistryVersion(day, seen.text)


def day_of_data(name: str, *, newest: str, at: datetime) -> str:
    """The day of the data in a file of this *name* that was had *at* a moment.

    *newest* is the last day on which a trial in it was updated. A name has the day on which the file was made, which
    for some hours is not yet the day of its data.
    """
    named = _day_in(name)
    renewed = _last_renewal(at).date()
    if named is None:
        return min(newest, renewed.isoformat()) if newest else renewed.isoformat()
    return (renewed if renewed < named <= renewed + DAY else named).isoformat()


def is_short(trials: int, expected: int) -> bool:
    """Whether a file lacks so many trials that it cannot be whole."""
    return expected - trials > max(LEAST_SHORTAGE, expected // SHORTAGE)


def expected_after(trials: int, expected: int) -> int:
    """How many trials the next file should hold: so a registry that really lost many is believed after some days."""
    return max(trials, expected - expected // FORGOTTEN_A_DAY) if is_short(trials, expected) else trials


def _last_renewal(now: datetime) -> datetime:
    """The last moment by which the file of a day was there."""
    day = (now.astimezone(UTC) - RENEWED_BY).date()
    return datetime.combine(day, time(), UTC) + RENEWED_BY


def _day_in(name: str) -> date | None:
    for found in _DAY_IN_NAME.finditer(name):
        try:
            return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            continue
    return None
