"""What a driver's error means, and what to do about it: one line. Pure.

SQLite's errors are told apart by their result codes, PostgreSQL's by SQLSTATE; a refused connection has none, and its
text is all there is. Errors that only a bug of ours can cause (a broken constraint, a statement without sense) are left
as they are.
"""

from dataclasses import dataclass

from monitor.errors import StoreCorrupt, StoreError, StoreUnavailable

LOCK_SECONDS = 30
"""How long to wait for another process before giving up."""

_READ_ONLY = "is read-only: allow writing to it, or choose another with store.url"
_FULL = "cannot grow, its disk is full: free some space and try again"
_LOCKED = f"was locked by another process for {LOCK_SECONDS} seconds: let it finish or end it, and try again"
_DAMAGED = "is damaged ({reason}): restore a backup"

_SQLITE = {
    3: _READ_ONLY,  # PERM
    5: _LOCKED,  # BUSY
    6: _LOCKED,  # LOCKED
    8: _READ_ONLY,  # READONLY
    10: "cannot be read or written ({reason}): look at its disk",  # IOERR
    13: _FULL,  # FULL
    14: "cannot be opened: its folder must exist and be writable, or choose another with store.url",  # CANTOPEN
    26: "is not a SQLite database: choose another with store.url, or restore a backup",  # NOTADB
}
_SQLITE_CORRUPT = {1, 11}
"""ERROR, which with statements that are right means that the schema is not what it was, and CORRUPT."""

_POSTGRESQL = {
    "25006": _READ_ONLY,
    "40001": "was changed by another process at the same time: try again",
    "40P01": "was changed by another process at the same time: try again",
    "42501": "refuses this user ({reason}): grant it the rights to create and change tables",
    "53100": _FULL,
    "53300": "has no connection to spare: raise max_connections or end other programs",
    "55P03": _LOCKED,
}
_POSTGRESQL_CORRUPT = {"42P01", "42703", "XX001", "XX002"}
"""Undefined table or column, as above; data corrupted, index corrupted."""

_BUGS = {"IntegrityError", "ProgrammingError", "DataError", "NotSupportedError", "InterfaceError"}


@dataclass(frozen=True, slots=True)
class Place:
    """A database as messages name it; *secret* is what must not appear in any."""

    name: str
    secret: str | None = None


def explain(error: BaseException, place: Place) -> StoreError | None:
    """What to raise instead of a driver's *error*; None where it is a bug and should be seen as it is."""
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if "DatabaseError" not in kinds:
        return None
    corrupt, words = _sqlite(error) if type(error).__module__ == "sqlite3" else _postgresql(error)
    if words is None and kinds & _BUGS:
        return None
    line = (words or "cannot be used ({reason}): try again, and look at its log").format(reason=_reason(error, place))
    return (StoreCorrupt if corrupt else StoreUnavailable)(f"{place.name} {line}")


def _sqlite(error: BaseException) -> tuple[bool, str | None]:
    code = getattr(error, "sqlite_errorcode", None)
    # Without a code it is the driver that could not make sense of what it read: text that is no UTF-8.
    corrupt = code is None or code & 0xFF in _SQLITE_CORRUPT
    return corrupt, _DAMAGED if corrupt else _SQLITE.get(code & 0xFF)  # type: ignore[operator]


def _postgresql(error: BaseException) -> tuple[bool, str | None]:
    state = getattr(error, "sqlstate", None)
    if state is None or state[:2] in ("08", "57"):
        return False, "cannot be reached ({reason}): start the server, or correct store.url"
    corrupt = state in _POSTGRESQL_CORRUPT
    return corrupt, _DAMAGED if corrupt else _POSTGRESQL.get(state)


def _reason(error: BaseException, place: Place) -> str:
    """The driver's own words on one line, without the password."""
    words = " ".join(str(error).split())
    return (words.replace(place.secret, "***") if place.secret else words)[:200]
