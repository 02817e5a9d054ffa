"""Sessions: a browser in which somebody signed in shows a random token, of which only the digest is kept.

A session ends 12 hours after it was last used, and after 30 days in any case; while it waits for a code, after ten
minutes. Each sign-in, and each step of one, makes a new token, so nobody knows one beforehand. Of more than MOST of a
user, the one that was used longest ago ends.
"""

import secrets
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection

from monitor.access.context import AccessContext
from monitor.errors import StoreUnavailable
from monitor.model.access import Session, User
from monitor.storage import sessions

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=30)
FOR_A_CODE = timedelta(minutes=10)
MOST = 50
NOTED_EVERY = timedelta(minutes=1)
LONGEST_AGENT = 300
_LONGEST_TOKEN = 100


def digest_of(token: str) -> bytes:
    """What is kept of a session's token."""
    return sha256(token.encode("utf-8", "replace")).digest()


def begin(
    tx: Connection, user: User, *, network: str, agent: str, awaits_code: bool, now: datetime
) -> tuple[str, Session]:
    """Begin a session, and forget those that are over; give its token, which is kept nowhere."""
    sessions.lapse(tx, seen_before=now - IDLE, made_before=now - LONGEST, waiting_since=now - FOR_A_CODE)
    token = secrets.token_urlsafe(32)
    session = Session(
        digest=digest_of(token),
        user=user,
        created_at=now,
        seen_at=now,
        awaits_code=awaits_code,
        network=network,
        agent=agent[:LONGEST_AGENT],
    )
    sessions.add(tx, session)
    sessions.keep_latest(tx, user.id, MOST)
    return token, session


def of_token(token: str, context: AccessContext, *, now: datetime) -> Session | None:
    """The session that a cookie's token is of, while it is good; None else."""
    if not token or len(token) > _LONGEST_TOKEN:
        return None
    with context.store.read() as tx:
        session = sessions.find(tx, digest_of(token))
    if session is None or not _is_good(session, now):
        return None
    if not session.awaits_code and now - session.seen_at >= NOTED_EVERY:
        # Nobody waits for a page because something else is being written: then it is noted the next time.
        with suppress(StoreUnavailable), context.store.begin_if_free() as tx:
            sessions.touch(tx, session.digest, at=now)
            return replace(session, seen_at=now)
    return session


def is_let_in(session: Session, context: AccessContext) -> bool:
    """Whether nothing of signing in is missing: no code, no password of their own, no authenticator."""
    return session.is_open and (session.user.has_codes or not context.requires_codes)


def end(session: Session, context: AccessContext) -> None:
    """Sign out."""
    with context.store.begin() as tx:
        sessions.remove(tx, session.digest)


def end_all(user: User, context: AccessContext, *, keeping: Session | None = None) -> int:
    """Sign a user out everywhere, or everywhere else; give how many sessions that ended."""
    with context.store.begin() as tx:
        return sessions.remove_of_user(tx, user.id, keeping=keeping.digest if keeping else None)


def of_user(user: User, context: AccessContext, *, now: datetime) -> list[Session]:
    """Where a user is signed in, the last used first."""
    with context.store.read() as tx:
        found = sessions.of_user(tx, user.id)
    return [each for each in found if _is_good(each, now) and each.is_open]


def _is_good(session: Session, now: datetime) -> bool:
    if session.awaits_code:
        return now - session.created_at < FOR_A_CODE
    return now - session.seen_at < IDLE and now - session.created_at < LONGEST
