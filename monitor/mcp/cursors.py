"""Where the next page of a tool's list begins, as one opaque word that is good for that tool and its filters. Pure."""

from datetime import datetime
from hashlib import sha256
from typing import Annotated

import orjson
from pydantic import Field

from monitor.errors import ConfigurationInvalid
from monitor.mcp.tool import Arguments, Refused
from monitor.views import cursors

Cursor = Annotated[
    str | None, Field(default=None, max_length=1000, description="next_cursor of the last answer, for what follows it.")
]


def cursor_of(tool: str, given: Arguments, *parts: str | int) -> str:
    """The cursor of a place in a tool's list, as the tool was asked for it."""
    return cursors.cursor(tool, _question(given), *map(str, parts))


def place_in(tool: str, given: Arguments, cursor: str, count: int) -> list[str]:
    """The place that a cursor stands for, in so many parts. Refused for one that is not of this list."""
    try:
        name, question, *parts = cursors.parts_of(cursor, count + 2)
    except ConfigurationInvalid:
        name, question, parts = "", "", []
    if name != tool:
        raise _mistaken(tool)
    if question != _question(given):
        raise Refused(
            "this cursor is of other arguments. Next: give it with the same ones as before, or none to begin."
        )
    return parts


def _question(given: Arguments) -> str:
    """A mark of what was asked for: all but how much of it, and from where on."""
    asked = given.model_dump(mode="json", exclude={"cursor", "limit"}, exclude_defaults=True)
    return sha256(orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)).hexdigest()[:12]


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
