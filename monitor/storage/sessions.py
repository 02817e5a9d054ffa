"""Sessions: a row for each browser in which somebody signed in, found by the digest of what its cookie holds."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, insert, or_, select, update

from monitor.model.access import Session
from monitor.storage import users as user_rows
from monitor.storage.access_tables import authenticators, sessions, users

LISTED = 100

_columns = (
    sessions.c.digest,
    sessions.c.created_at,
    sessions.c.seen_at,
    sessions.c.awaits_code,
    sessions.c.network,
    sessions.c.agent,
)


def add(tx: Connection, session: Session) -> None:
    """Begin a session."""
    values = {column.name: getattr(session, column.name) for column in _columns}
    tx.execute(insert(sessions).values(**values, user_id=session.user.id))


def find(tx: Connection, digest: bytes) -> Session | None:
    """The session of that digest, whether it is still good or not."""
    row = tx.execute(_query().where(sessions.c.digest == digest)).one_or_none()
    return _session(row) if row else None


def of_user(tx: Connection, user_id: int, *, limit: int = LISTED) -> list[Session]:
    """Somebody's sessions, the last used first."""
    rows = tx.execute(_query().where(sessions.c.user_id == user_id).order_by(sessions.c.seen_at.desc()).limit(limit))
    return [_session(row) for row in rows.all()]


def keep_latest(tx: Connection, user_id: int, most: int) -> None:
    """End all of somebody's sessions but so many that were used last."""
    theirs = select(sessions.c.digest).where(sessions.c.user_id == user_id)
    kept = theirs.order_by(sessions.c.seen_at.desc(), sessions.c.created_at.desc()).limit(most)
    tx.execute(delete(sessions).where(sessions.c.user_id == user_id, sessions.c.digest.not_in(kept)))


def touch(tx: Connection, digest: bytes, *, at: datetime) -> None:
    """Note that a session was used."""
    tx.execute(update(sessions).where(sessions.c.digest == digest).values(seen_at=at))


def remove(tx: Connection, digest: bytes) -> None:
    """End a session."""
    tx.execute(delete(sessions).where(sessions.c.digest == digest))


def remove_of_user(tx: Connection, user_id: int, *, keeping: bytes | None = None) -> int:
    """End somebody's sessions, but for the one *keeping*; give how many these were."""
    theirs: ColumnElement[bool] = sessions.c.user_id == user_id
    if keeping is not None:
        theirs &= sessions.c.digest != keeping
    return tx.execute(delete(sessions).where(theirs)).rowcount


def clear(tx: Connection) -> None:
    """End everybody's sessions."""
    tx.execute(delete(sessions))


def was_seen_from(tx: Connection, user_id: int, network: str) -> bool:
    """Whether somebody has a session that was opened from that network."""
    query = select(sessions.c.digest).where(
        sessions.c.user_id == user_id, sessions.c.network == network, sessions.c.awaits_code.is_(False)
    )
    return tx.scalar(query.limit(1)) is not None


def lapse(tx: Connection, *, seen_before: datetime, made_before: datetime, waiting_since: datetime) -> None:
    """Delete sessions that were not used since, or are too old, or for whose code was waited too long."""
    is_over = or_(sessions.c.seen_at < seen_before, sessions.c.created_at < made_before)
    waited = sessions.c.awaits_code & (sessions.c.created_at < waiting_since)
    tx.execute(delete(sessions).where(or_(is_over, waited)))


def _query() -> Select[Any]:
    joined = sessions.join(users).outerjoin(authenticators, authenticators.c.user_id == users.c.id)
    return select(*_columns, *(column.label(f"user_{n}") for n, column in enumerate(user_rows.columns))).select_from(
        joined
    )


def _session(row: Row[Any]) -> Session:
    values = tuple(row)
    own = dict(zip((column.name for column in _columns), values, strict=False))
    return Session(user=user_rows.as_user(values[len(_columns) :]), **own)
