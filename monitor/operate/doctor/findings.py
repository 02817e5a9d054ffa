"""What a check is given, and what it finds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from sqlalchemy import Connection

from monitor.config import Config
from monitor.ports import Registry
from monitor.storage.copying import sqlite_file
from monitor.vault import Vault

OVERDUE_AFTER = timedelta(hours=1)
"""After how long it is a problem that what is due was not done."""


class Level(StrEnum):
    """How much a finding matters."""

    FINE = "fine"
    NOTE = "note"
    """Worth knowing; everything works."""
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: *text* says what, *remedy* what to do about it, if anything."""

    level: Level
    text: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class DoctorContext:
    """The context of checks that need no database."""

    config: Config
    registries: Sequence[Registry]
    vault: Vault
    now: datetime


@dataclass(frozen=True, slots=True)
class DatabaseContext(DoctorContext):
    """The same with the database open."""

    tx: Connection


class Reading(Protocol):
    """What checks are given that ask nothing but the database."""

    @property
    def registries(self) -> Sequence[Registry]:
        """Those known here."""

    @property
    def now(self) -> datetime:
        """When it is."""

    @property
    def tx(self) -> Connection:
        """The database."""


@dataclass(frozen=True, slots=True)
class ReadingContext:
    """The same for who has no configuration at hand."""

    registries: Sequence[Registry]
    now: datetime
    tx: Connection


def fine(text: str) -> Finding:
    """All is well."""
    return Finding(Level.FINE, text)


def note(text: str, remedy: str) -> Finding:
    """Worth knowing."""
    return Finding(Level.NOTE, text, remedy)


def problem(text: str, remedy: str) -> Finding:
    """Something does not work, or soon will not."""
    return Finding(Level.PROBLEM, text, remedy)


def is_sqlite(context: DatabaseContext) -> bool:
    """Whether the database is an SQLite file."""
    return sqlite_file(context.config.store.url) is not None
