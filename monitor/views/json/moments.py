"""A moment as JSON has it. Pure."""

from datetime import datetime
from typing import overload


@overload
def moment_json(at: datetime) -> str: ...
@overload
def moment_json(at: datetime | None) -> str | None: ...
def moment_json(at: datetime | None) -> str | None:
    """A time in UTC, to the second: `2026-11-22T17:00:00Z`."""
    return f"{at.replace(tzinfo=None).isoformat(timespec='seconds')}Z" if at else None  # a tenth of strftime's time
