"""Where the next page of a long list begins, as a word in an address: opaque to its readers, and checked. Pure."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import suppress
from datetime import datetime

import orjson

from monitor.errors import ConfigurationInvalid
from monitor.storage.places import Place
from monitor.text import one_line

LONGEST = 4000
"""Characters of a cursor."""


def cursor(*parts: str) -> str:
    """The word that says these parts."""
    return urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


def parts_of(text: str, count: int) -> list[str]:
    """What a cursor says, in so many parts. ConfigurationInvalid for what is none of this list."""
    try:
        if len(text) > LONGEST:
            raise ValueError(text)
        parts = orjson.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(parts, list) or len(parts) != count or not all(map(_is_text, parts)):
            raise ValueError(text)
    except ValueError:
        raise _mistaken(text) from None
    return parts


def _is_text(part: object) -> bool:
    """PostgreSQL takes no NUL in a text."""
    return isinstance(part, str) and "\0" not in part


def place_cursor(place: Place | None) -> str:
    """The word for a place in a list by time; empty for none."""
    return cursor(place.at.isoformat(), place.id) if place else ""


def place_of(text: str) -> Place | None:
    """The place that a cursor says; None for an empty one. ConfigurationInvalid for what is none of such a list."""
    if not text:
        return None
    at, id_ = parts_of(text, 2)
    return Place(moment_of(at), id_)


def moment_of(text: str) -> datetime:
    """A moment in a cursor. ConfigurationInvalid for what is none."""
    at: datetime | None = None
    with suppress(ValueError):
        at = datetime.fromisoformat(text)
    if at is None or at.tzinfo is None:
        raise _mistaken()
    return at


def digest_in(text: str) -> bytes:
    """A digest in a cursor. ConfigurationInvalid for what is none."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise _mistaken() from None


def number_of(text: str) -> int | None:
    """The number that a page begins below; None for an empty text. ConfigurationInvalid for what is none."""
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise _mistaken(text)
    return int(text)


def _mistaken(text: str = "") -> ConfigurationInvalid:
    """The error for a cursor that is none; *text* is what was given, where it is worth showing."""
    shown = f"“{one_line(text[:40])}”" if text else "this"
    return ConfigurationInvalid(f"{shown} is not where a page of this list begins: begin at the first")
