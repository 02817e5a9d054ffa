"""Finding rows by the beginning of their UUID, as people type it."""

import re
from typing import Any

from sqlalchemy import Column, Connection, select

from monitor.errors import NothingFound
from monitor.text import shortened

SHORTEST = 4
"""Characters of an id that may stand for it."""

_LEAST = "00000000-0000-0000-0000-000000000000"


def find_id(tx: Connection, column: Column[str], text: str, *, noun: str, remedy: str) -> str:
    """The one id in *column* that begins with *text*. NothingFound, with the *remedy*, unless there is exactly one.

    The search is a range of complete UUIDs. They sort alike in every collation, as their dashes stand in the same
    places, so an index on the column serves it; it would not serve LIKE.
    """
    begin, shown = text.strip().lower(), f"“{shortened(text, 80)}”"
    if not re.fullmatch(r"[0-9a-f-]{1,36}", begin):
        raise NothingFound(f"there is no {noun} {shown}: {remedy}")
    if len(begin) < SHORTEST:
        raise NothingFound(f"{shown} is too short: give {SHORTEST} characters of an id or more, or all of a name")
    rest = _LEAST[len(begin) :]
    first, last = begin + rest, begin + rest.replace("0", "f")
    found: list[Any] = list(tx.scalars(select(column).where(column.between(first, last)).limit(2)).all())
    if len(found) == 1:
        return str(found[0])
    if found:
        raise NothingFound(f"more than one {noun} begins with {begin}: give more of its id")
    raise NothingFound(f"there is no {noun} {begin}: {remedy}")
