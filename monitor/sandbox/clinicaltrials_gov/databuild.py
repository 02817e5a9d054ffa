"""The registry's data builds, what distinguishes them, and when the next one comes. Pure: the time is an argument.

All data of ClinicalTrials.gov changes at once, when a new build goes live. Three things change with it, even if no
sponsor changed anything: `dataTimestamp` of /version, the ETag of every resource, and `versionHolder` in every record.
The last part of the ETag is the build's moment in milliseconds, in base 36; the first two name the program.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

API_VERSION = "2.0.5"
PROGRAM = "5a9db0c/0.34.1"
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
MORNING = time(9, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class DataBuild:
    """All data as of one moment."""

    at: datetime

    def made_at(self, now: datetime) -> "DataBuild":
        """The build after this one that is made at *now*: its timestamp, which has whole seconds, is another one."""
        return DataBuild(max(now.astimezone(UTC).replace(microsecond=0), self.at + timedelta(seconds=1)))

    @property
    def timestamp(self) -> str:
        """`dataTimestamp` of /version."""
        return self.at.strftime("%Y-%m-%dT%H:%M:%S")

    @property
    def date(self) -> str:
        """`versionHolder` of every record."""
        return self.at.strftime("%Y-%m-%d")

    def etag(self, *, compressed: bool = False) -> str:
        """The ETag of every resource, quotes included."""
        suffix = "-gzip" if compressed else ""
        return f'"{PROGRAM}/{base36(round(self.at.timestamp() * 1000))}{suffix}"'


def build_of(day: date) -> DataBuild:
    """The build of a day's morning: at nine o'clock UTC and up to nine seconds."""
    seconds = (day.toordinal() + 7) % 9 + 1
    return DataBuild(datetime.combine(day, MORNING) + timedelta(seconds=seconds, milliseconds=216))


def latest_build(now: datetime) -> DataBuild:
    """The last morning's build at *now*: today's, or yesterday's before nine o'clock UTC."""
    today = now.astimezone(UTC).date()
    this = build_of(today)
    return this if this.at <= now else build_of(today - timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Calendar:
    """When data builds are made: by a clock, or without one on consecutive days, as quickly as they are requested."""

    clock: Callable[[], datetime] | None

    def following(self, build: DataBuild) -> DataBuild:
        """The build that follows *build* if it is made now; with a clock, at most some seconds in the future."""
        return build.made_at(self.clock()) if self.clock else build_of(build.at.date() + timedelta(days=1))

    def due(self, build: DataBuild) -> DataBuild | None:
        """The morning's build that is due after *build*, by the clock; None if none is."""
        if self.clock is None:
            return None
        latest = latest_build(self.clock())
        return latest if latest.at > build.at else None


def base36(number: int) -> str:
    """A positive number in digits and lower-case letters."""
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = DIGITS[rest] + digits
    return digits
