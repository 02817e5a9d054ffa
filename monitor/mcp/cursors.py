"""Where the next page of a list begins, as one opaque word. Pure."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from typing import Annotated, Any

import orjson
from pydantic import Field

from monitor.mcp.tool import Refused

Cursor = Annotated[
    str | None, Field(default=None, max_length=1000, description="next_cursor of the last answer, for what follows it.")
]
_MISTAKEN = "this cursor is not one of {}. Next: give next_cursor of its last answer, or none to begin."
Part = str | int | None


def cursor_of(tool: str, *parts: Part) -> str:
    """The cursor of a place in a tool's list."""
    return urlsafe_b64encode(orjson.dumps([tool, *parts])).decode().rstrip("=")


def place_in(tool: str, cursor: str, *kinds: type | tuple[type, ...]) -> list[Any]:
    """The place that a cursor stands for, of parts of these kinds. Refused for one that is not of this list."""
    name: Any
    parts: list[Any]
    try:
        name, *parts = orjson.loads(urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
        fits = name == tool and len(parts) == len(kinds)
        if fits and all(isinstance(part, kind) for part, kind in zip(parts, kinds, strict=True)):
            return parts
    except (ValueError, TypeError):
        pass
    raise Refused(_MISTAKEN.format(tool))


def moment_of(tool: str, part: str) -> datetime:
    """The moment that a part of a cursor is. Refused for one that is none."""
    try:
        at = datetime.fromisoformat(part)
    except ValueError:
        raise Refused(_MISTAKEN.format(tool)) from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
