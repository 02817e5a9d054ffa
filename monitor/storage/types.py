"""Column types that return on both stores what was written, or say that the database is damaged.

They give SQLAlchemy plain functions that cache, because ten thousand rows of one pass share a few times and states.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache, partial
from typing import Any, TypeVar

from sqlalchemy import DateTime, Dialect, LargeBinary, Text, TypeDecorator
from sqlalchemy.types import TypeEngine

from monitor.errors import StoreCorrupt
from monitor.storage.moments import as_text, of_text

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
Processor = Callable[[Any], Any]
Choice = TypeVar("Choice", bound=StrEnum)


class Moment(TypeDecorator[datetime]):
    """A time: aware in, aware and in UTC out. SQLite keeps `2026-11-22 17:00:00`, which sorts as text."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """PostgreSQL has a type for this."""
        return dialect.type_descriptor(DateTime(timezone=True) if dialect.name == "postgresql" else Text())

    def bind_processor(self, dialect: Dialect) -> Processor:
        """Refuse a time without a zone: nobody knows when that is."""
        return _in_utc if dialect.name == "postgresql" else _as_text

    def result_processor(self, dialect: Dialect, _coltype: object) -> Processor:
        """Times of PostgreSQL arrive in the session's zone."""
        return _in_utc if dialect.name == "postgresql" else _from_text


class OneOf(TypeDecorator[Choice]):
    """A member of an enum of texts, by its value."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: type[Choice]) -> None:
        super().__init__()
        self.kind = kind

    def bind_processor(self, _dialect: Dialect) -> Processor:
        """A driver may have ideas of its own about enums: give it the bare text."""
        return partial(_value, self.kind)

    def result_processor(self, _dialect: Dialect, _coltype: object) -> Processor:
        """Only a damaged database holds another word."""
        return partial(_member, self.kind)


class Name(TypeDecorator[str]):
    """One of some names; *what* they are the names of."""

    impl = Text
    cache_ok = True

    def __init__(self, what: str, names: tuple[str, ...]) -> None:
        super().__init__()
        self.what = what
        self.names = names

    def bind_processor(self, _dialect: Dialect) -> Processor:
        """Nothing else gets into the database."""
        return partial(_known, self.what, self.names)

    def result_processor(self, _dialect: Dialect, _coltype: object) -> Processor:
        """Only a damaged database holds another one."""
        return partial(_known, self.what, self.names)


class Bytes(LargeBinary):
    """Bytes. Both drivers take and give them as they are, so nothing is wrapped on the way."""

    def bind_processor(self, _dialect: Dialect) -> None:
        """Nothing to do."""

    def result_processor(self, _dialect: Dialect, _coltype: object) -> None:
        """Nothing to do."""


class TextWithoutNul(TypeDecorator[str]):
    """Text that came from outside: PostgreSQL refuses the character NUL, and both drivers half of a character."""

    impl = Text
    cache_ok = True

    def bind_processor(self, _dialect: Dialect) -> Processor:
        """Replace both by a visible character."""
        return _without_nul


@lru_cache(maxsize=1024)
def _in_utc(value: datetime | None) -> datetime | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError(f"{value} has no time zone")
    return value.astimezone(UTC)


@lru_cache(maxsize=1024)
def _as_text(value: datetime | None) -> str | None:
    utc = _in_utc(value)
    return as_text(utc) if utc else None


@lru_cache(maxsize=1024)
def _from_text(value: str | None) -> datetime | None:
    try:
        return None if value is None else of_text(value)
    except (TypeError, ValueError) as error:
        raise _misplaced(value, "a time") from error


def _value(kind: type[StrEnum], member: StrEnum | None) -> str | None:
    return None if member is None else kind(member).value


@lru_cache(maxsize=1024)
def _member(kind: type[StrEnum], value: str | None) -> StrEnum | None:
    try:
        return None if value is None else kind(value)
    except ValueError as error:
        words = re.sub("(?<=[a-z])(?=[A-Z])", " ", kind.__name__).lower()
        raise _misplaced(value, f"a {words}") from error


def _known(what: str, names: tuple[str, ...], value: str | None) -> str | None:
    if value is None or value in names:
        return value
    raise _misplaced(value, f"a {what}")


def _without_nul(value: str | None) -> str | None:
    return value and _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", value)


def _misplaced(value: object, place: str) -> StoreCorrupt:
    return StoreCorrupt(f"the database holds {str(value)[:40]!r} where {place} belongs: restore a backup")
