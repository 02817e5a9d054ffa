"""Where the next page of a tool's list begins, as one opaque word that is good for that tool alone. Pure."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from monitor.errors import ConfigurationInvalid
from monitor.mcp.tool import Refused
from monitor.views import cursors

Cursor = Annotated[
    str | None, Field(default=None, max_length=1000, description="next_cursor of the last answer, for what follows it.")
]


def cursor_of(tool: str, *parts: str | int) -> str:
    """The cursor of a place in a tool's list."""
    return cursors.cursor(tool, *map(str, parts))


def place_in(tool: str, cursor: str, count: int) -> list[str]:
    """The place that a cursor stands for, in so many parts. Refused for one that is not of this list."""
    try:
        name, *parts = cursors.parts_of(cursor, count + 1)
    except ConfigurationInvalid:
        name, parts = "", []
    if name != tool:
        raise _mistaken(tool)
    return parts


def moment_in(tool: str, part: str) -> datetime:
    """The moment that a part of a cursor is. Refused for one that is none."""
    try:
        return cursors.moment_of(part)
    except ConfigurationInvalid as error:
        raise _mistaken(tool) from error


def number_in(tool: str, part: str) -> int:
    """The same for a number."""
    if not (part.isascii() and part.isdecimal() and len(part) < 10):
        raise _mistaken(tool)
    return int(part)


def _mistaken(tool: str) -> Refused:
    return Refused(f"this cursor is not one of {tool}. Next: give next_cursor of its last answer, or none to begin.")
