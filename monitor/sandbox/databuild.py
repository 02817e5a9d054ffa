"""The registry's nightly data build, and what tells one from the next. Pure.

All data of ClinicalTrials.gov changes at once, when a new build goes live. Three things move with it, even where no
sponsor changed a word: `dataTimestamp` of /version, the ETag of every resource, and `versionHolder` in every record.
The last part of the ETag is the build's moment in milliseconds, in base 36; the first two name the program.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

API_VERSION = "2.0.5"
PROGRAM = "5a9db0c/0.34.1"
FIRST_BUILD = datetime(2026, 11, 20, 9, 0, 4, 216_000, tzinfo=UTC)
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class DataBuild:
    """All data as of one morning."""

    at: datetime

    @classmethod
    def latest(cls, now: datetime) -> "DataBuild":
        """The build that is live at *now*: this morning's, or yesterday's before nine o'clock UTC."""
        morning = now.astimezone(UTC).replace(hour=9, minute=0, second=4, microsecond=216_000)
        return cls(morning if morning <= now else morning - timedelta(days=1))

    def next(self) -> "DataBuild":
        """The build one day later, at nine o'clock and some seconds."""
        tomorrow = self.at + timedelta(days=1)
        return DataBuild(tomorrow.replace(second=tomorrow.toordinal() % 9 + 1))

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


def base36(number: int) -> str:
    """A positive number in digits and lower-case letters."""
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = DIGITS[rest] + digits
    return digits
