"""How SQLite keeps a time. Pure, and light."""

from datetime import UTC, datetime


def as_text(at: datetime) -> str:
    """`2026-11-22 17:00:00`, in UTC, which sorts as text."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ")


def of_text(text: str) -> datetime:
    """The time that SQLite keeps so. Raise TypeError or ValueError where it is none."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
