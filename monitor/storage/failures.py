"""What a driver's error means, and what to do about it: one line. Pure.

SQLite's errors are told apart by their result codes, PostgreSQL's by SQLSTATE; a refused connection has none, and its
text is all we have. Errors that only a bug of ours can cause (a broken constraint, an invalid statement) are left
as they are.
"""

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.errors import StoreCorrupt, StoreError, StoreUnavailable

if TYPE_CHECKING:
    from sqlalchemy.engine import ExceptionContext

LOCK_SECONDS = 30
"""How long to wait for another process before giving up."""

_READ_ONLY = "is read-only: allow writing to it, or choose another with store.url"
_FULL = "cannot grow, its disk is full: free some space and try again"
_LOCKED = f"was locked by another process for {LOCK_SECONDS} seconds: let it finish or end it, and try again"
_DAMAGED = "is damaged ({reason}): restore a backup"
_UNREACHABLE = "cannot be reached ({reason}): start the server, or correct store.url"
_OVERTAKEN = "was changed by another process at the same time: try again"
_MOVED = "was moved to another database: try again, and the program says where it is"
_UNUSABLE = "cannot be used ({reason}): try again, and if that does not help, look at its disk and its log"

_SQLITE = {
    1: _DAMAGED,  # ERROR: our statements are right, so it is the schema that is not what it was
    3: _READ_ONLY,  # PERM
    5: _LOCKED,  # BUSY
    6: _LOCKED,  # LOCKED
    8: _READ_ONLY,  # READONLY
    10: "cannot be read or written ({reason}): look at its disk",  # IOERR
    11: _DAMAGED,  # CORRUPT
    13: _FULL,  # FULL
    14: "cannot be opened: its folder must exist and be writable, or choose another with store.url",  # CANTOPEN
    26: "is not a SQLite database: choose another with store.url, or restore a backup",  # NOTADB
}

_BY_TRIGGER = 1811
"""CONSTRAINT_TRIGGER: the only triggers are those of `monitor.storage.moves`."""
_OF_SQLITE = (sqlite3.DatabaseError, sqlite3.OperationalError, sqlite3.InternalError)
"""What SQLite raises for reasons outside the program; its other classes are for misuse."""

_POSTGRESQL = {
    "25006": _READ_ONLY,
    "40001": _OVERTAKEN,  # serialization failure
    "40P01": _OVERTAKEN,  # deadlock
    "42501": "refuses this user ({reason}): grant it the rights to create and change tables",
    "42703": _DAMAGED,  # undefined column, as ERROR above
    "42P01": _DAMAGED,  # undefined table
    "53100": _FULL,
    "53300": "has no connection to spare: raise max_connections or end other programs",
    "55P03": _LOCKED,
    "MV001": _MOVED,  # by the triggers of `monitor.storage.moves`
    "XX001": _DAMAGED,  # data corrupted
    "XX002": _DAMAGED,  # index corrupted
}


@dataclass(frozen=True, slots=True)
class DatabaseName:
    """A database as messages name it; *secret*, where there is one, must not appear in any."""

    name: str
    secret: str = ""


def explain(error: BaseException, database: DatabaseName, *, connecting: bool) -> StoreError | None:
    """What to raise instead of a driver's *error*; None where it is a bug and should be seen as it is."""
    if isinstance(error, sqlite3.Error | UnicodeDecodeError):
        words = _sqlite(error)
    else:
        words = _postgresql(error) or (_UNREACHABLE if connecting else None)
    if words is None:
        return None
    kind = StoreCorrupt if words is _DAMAGED else StoreUnavailable
    return kind(f"{database.name} {words.format(reason=_reason(error, database))}")


def _sqlite(error: BaseException) -> str | None:
    code = getattr(error, "sqlite_errorcode", None)
    if code == _BY_TRIGGER:
        return _MOVED
    if code is not None:
        return _SQLITE.get(code & 0xFF, _UNUSABLE if type(error) in _OF_SQLITE else None)
    # Without a code it is the driver that could not make sense of what it read: text that is no UTF-8.
    return _DAMAGED if type(error) in (sqlite3.OperationalError, UnicodeDecodeError) else None


def _postgresql(error: BaseException) -> str | None:
    state = getattr(error, "sqlstate", None)
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if state in _POSTGRESQL:
        return _POSTGRESQL[state]
    if "OperationalError" in kinds:
        return _UNREACHABLE if state is None or state.startswith(("08", "57P")) else _UNUSABLE
    return _UNUSABLE if "InternalError" in kinds else None


def _reason(error: BaseException, database: DatabaseName) -> str:
    """The driver's own words on one line, without the password."""
    words = " ".join(str(error).split())
    return (words.replace(database.secret, "***") if database.secret else words)[:200]


def translate(context: "ExceptionContext", *, database: DatabaseName) -> BaseException | None:
    """What SQLAlchemy is to raise in place of what the driver raised."""
    return explain(context.original_exception, database, connecting=context.connection is None)
