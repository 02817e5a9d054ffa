"""Tokens of programs: `rmt_`, an id that is no secret, `_`, and 256 random bits.

Of these there is an argon2id hash. That takes 40 ms to verify, so for some minutes a process remembers the SHA-256 of a
token that it has verified. Its row is read at every request all the same: one that is revoked, or has expired, or whose
owner may do less, ends at once.
"""

import re
import secrets
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from monitor.access.context import AccessContext
from monitor.errors import ConfigurationInvalid, NameTaken, StoreUnavailable
from monitor.model.access import ApiToken, Permission, User
from monitor.storage import tokens
from monitor.storage.tokens import KeptToken
from monitor.text import one_line

LONGEST_NAME = 100
MOST_OF_A_USER = 50
NOTED_EVERY = timedelta(minutes=1)
SHORTEST_EXPIRY = timedelta(hours=1)
LONGEST_EXPIRY = timedelta(weeks=520)
_SHAPE = re.compile(r"rmt_([0-9a-f]{16})_([A-Za-z0-9_-]{43})")
_PREFIX = "rmt_"


@dataclass(frozen=True, slots=True)
class MadeToken:
    """A new token."""

    token: ApiToken
    text: str
    """The token itself, to be shown once."""


def add(
    name: str,
    scope: Permission,
    context: AccessContext,
    *,
    now: datetime,
    expires_in: timedelta | None = None,
    owner: User | None = None,
) -> MadeToken:
    """Make a token, of a user or of nobody in particular. ConfigurationInvalid for a name that is taken, or none."""
    if not name or name != one_line(name) or len(name) > LONGEST_NAME:
        raise ConfigurationInvalid(f"a token's name is one line of up to {LONGEST_NAME} characters, such as dashboard")
    if expires_in is not None and not SHORTEST_EXPIRY <= expires_in <= LONGEST_EXPIRY:
        raise ConfigurationInvalid("a token expires after an hour or more, and ten years at most")
    if owner is not None and not owner.role.includes(scope):
        raise ConfigurationInvalid(f"{owner.name} may not {scope}: choose a scope up to {owner.role}")
    token = ApiToken(
        id=secrets.token_hex(8),
        name=name,
        scope=scope,
        owner=owner,
        created_at=now,
        expires_at=None if expires_in is None else now + expires_in,
    )
    text = f"{_PREFIX}{token.id}_{secrets.token_urlsafe(32)}"
    hashed = context.token_hashing.hash(text)
    with context.store.begin() as tx:
        if owner is not None and tokens.count_of_owner(tx, owner.id) >= MOST_OF_A_USER:
            raise ConfigurationInvalid(
                f"{owner.name} has {MOST_OF_A_USER} tokens: revoke one that is not used any more"
            )
        is_new = tokens.add(tx, token, hashed)
    if not is_new:
        raise NameTaken(f"there is a token “{name}” already: choose another name")
    return MadeToken(token, text)


def listing(context: AccessContext, *, owner: User | None = None) -> list[ApiToken]:
    """All tokens by name, or one user's."""
    with context.store.read() as tx:
        return tokens.listing(tx, owner_id=owner.id if owner else None)


def remove(which: str, context: AccessContext) -> ApiToken:
    """Revoke the token of that name or id, from the next request on. NothingFound where there is none."""
    with context.store.begin() as tx:
        token = tokens.find(tx, which)
        tokens.remove(tx, token.id)
    return token


def of_text(text: str, context: AccessContext, *, network: str, now: datetime) -> ApiToken | None:
    """The token that a program shows, while it is good; None else. TriedTooOften where too many were wrong."""
    found = _SHAPE.fullmatch(text)
    if not found:
        return None
    with context.store.read() as tx:
        kept = tokens.get(tx, found[1])
    if kept is None or (kept.token.expires_at is not None and kept.token.expires_at <= now):
        return None
    # The stored hash is a part of what is remembered: a row that was put in the place of another counts by itself.
    digest = sha256(f"{text}\n{kept.secret}".encode()).digest()
    if not context.verified.holds(digest, now):
        if not _is_right(text, kept, context, network=network, now=now):
            return None
        context.verified.add(digest, now)
    return _noted(kept.token, context, now)


def _is_right(text: str, kept: KeptToken, context: AccessContext, *, network: str, now: datetime) -> bool:
    keys = [("token", f"{kept.token.id}\n{network}")]
    context.tries.check(keys, now)
    if context.token_hashing.verify(kept.secret, text):
        return True
    context.tries.wrong(keys, now)
    return False


def _noted(token: ApiToken, context: AccessContext, now: datetime) -> ApiToken:
    """The token, with its use noted once a minute at most."""
    if token.used_at is not None and timedelta(0) <= now - token.used_at < NOTED_EVERY:
        return token
    # No program waits for its answer because something else is being written: then it is noted the next time.
    with suppress(StoreUnavailable), context.store.begin_if_free() as tx:
        tokens.note_used(tx, token.id, at=now)
        return replace(token, used_at=now)
    return token
