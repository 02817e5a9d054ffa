"""The one place where the program looks at the clock. Everything else is told what time it is, or whom to ask."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The moment, by this machine's clock."""
    return datetime.now(UTC)
