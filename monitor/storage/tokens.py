"""Tokens of programs: found by a part that is no secret; of the secret there is a hash."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, select, update

from monitor.errors import NothingFound
from monitor.model.access import ApiToken
from monitor.storage import users as user_rows
from monitor.storage.access_tables import api_tokens, authenticators, users
from monitor.storage.statements import add_new
from monitor.storage.unread import Unread, apart, rows_in_place

_columns = (
    api_tokens.c.id,
    api_tokens.c.name,
    api_tokens.c.scope,
    api_tokens.c.created_at,
    api_tokens.c.expires_at,
    api_tokens.c.used_at,
)


@dataclass(frozen=True, slots=True)
class KeptToken:
    """A token with the hash of its secret."""

    token: ApiToken
    secret: str


def add(tx: Connection, token: ApiToken, secret: str) -> bool:
    """Add a token with the hash of its secret. False where its name is taken."""
    values = {column.name: getattr(token, column.name) for column in _columns}
    row = {**values, "secret": secret, "user_id": token.owner.id if token.owner else None}
    return bool(add_new(tx, api_tokens, [row], returning=(api_tokens.c.id,)))


def get(tx: Connection, token_id: str) -> KeptToken | None:
    """The token of that id."""
    row = tx.execute(_query().where(api_tokens.c.id == token_id)).one_or_none()
    return KeptToken(_token(row), row.secret) if row else None


def find(tx: Connection, which: str) -> ApiToken:
    """The token of that name or id. NothingFound where there is none."""
    row = tx.execute(_query().where(api_tokens.c.name == which)).one_or_none()
    row = row or tx.execute(_query().where(api_tokens.c.id == which)).one_or_none()
    if row is None:
        raise NothingFound(f"there is no token “{which[:80]}”: `monitor token list` names those there are")
    return _token(row)


def listing(
    tx: Connection,
    *,
    owner_id: int | None = None,
    after: str = "",
    limit: int | None = None,
    damaged: list[Unread] | None = None,
) -> list[ApiToken]:
    """Tokens by name, from the first one *after* a name on: all of them, or one user's.

    Those that cannot be read are put into *damaged*.
    """
    query = _query().where(api_tokens.c.name > after).order_by(api_tokens.c.name).limit(limit)
    if owner_id is not None:
        query = query.where(api_tokens.c.user_id == owner_id)
    key = (api_tokens.c.id, api_tokens.c.name)
    return [_token(row) for row in apart(rows_in_place(tx, query, key, api_tokens.c.name), damaged)]


def count_of_owner(tx: Connection, owner_id: int) -> int:
    """How many tokens a user has."""
    return tx.scalar(select(func.count()).select_from(api_tokens).where(api_tokens.c.user_id == owner_id)) or 0


def note_used(tx: Connection, token_id: str, *, at: datetime) -> None:
    """Note that a token was used."""
    tx.execute(update(api_tokens).where(api_tokens.c.id == token_id).values(used_at=at))


def remove(tx: Connection, token_id: str) -> None:
    """Revoke a token."""
    tx.execute(delete(api_tokens).where(api_tokens.c.id == token_id))


def _query() -> Select[Any]:
    joined = api_tokens.outerjoin(users).outerjoin(authenticators, authenticators.c.user_id == users.c.id)
    owner = (column.label(f"user_{n}") for n, column in enumerate(user_rows.columns))
    return select(*_columns, api_tokens.c.secret, *owner).select_from(joined)


def _token(row: Row[Any]) -> ApiToken:
    values = tuple(row)
    own = dict(zip((column.name for column in _columns), values, strict=False))
    owner = values[len(_columns) + 1 :]
    return ApiToken(owner=user_rows.as_user(owner) if owner[0] is not None else None, **own)
