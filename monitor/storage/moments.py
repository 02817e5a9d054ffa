"""How SQLite keeps a time. Pure, and light."""

from datetime import UTC, datetime


def as_text(at: datetime) -> str:
    """`2026-11-22 17:00:00`, in UTC, which sorts as text."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
