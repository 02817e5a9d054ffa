"""Users: who signs in, with what, and what they may do. Passwords and recovery codes are there as hashes alone."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, delete, func, insert, select, update

from monitor.model.access import Permission, User
from monitor.storage.access_tables import authenticators, recovery_codes, users
from monitor.storage.statements import add_new, put
from monitor.storage.unread import Unread, apart, rows_in_place
from monitor.text import fold_name

columns = (
    users.c.id,
    users.c.name,
    users.c.role,
    users.c.created_at,
    users.c.signed_in_at,
    users.c.password_until,
    authenticators.c.user_id,
)
"""What `as_user` reads."""


@dataclass(frozen=True, slots=True)
class Authenticator:
    """What makes somebody's codes."""

    sealed: bytes
    """Its secret, encrypted."""
    step: int
    """Of the last code that was used."""


def as_user(row: Sequence[Any]) -> User:
    """A row of `columns`."""
    id_, name, role, created_at, signed_in_at, password_until, coded = row
    return User(
        id=id_,
        name=name,
        role=role,
        has_codes=coded is not None,
        created_at=created_at,
        signed_in_at=signed_in_at,
        password_until=password_until,
    )


def folded(name: str) -> str:
    """A name as it is compared."""
    return fold_name(name)


def add(
    tx: Connection, name: str, role: Permission, password: str, *, at: datetime, until: datetime | None = None
) -> User | None:
    """Add a user with the hash of a *password*; None where the name is taken. *until*: see `User.password_until`."""
    values = {
        "name": name,
        "folded": folded(name),
        "role": role,
        "password": password,
        "created_at": at,
        "password_until": until,
    }
    rows = add_new(tx, users, [values], returning=(users.c.id,))
    if not rows:
        return None
    return User(id=rows[0].id, name=name, role=role, has_codes=False, created_at=at, password_until=until)


def find(tx: Connection, name: str) -> User | None:
    """The user of that name, in whatever case."""
    row = tx.execute(_query().where(users.c.folded == folded(name))).one_or_none()
    return as_user(tuple(row)) if row else None


def get(tx: Connection, user_id: int) -> User | None:
    """The user of that number."""
    row = tx.execute(_query().where(users.c.id == user_id)).one_or_none()
    return as_user(tuple(row)) if row else None


def listing(
    tx: Connection, *, after: str = "", limit: int | None = None, damaged: list[Unread] | None = None
) -> list[User]:
    """Users by name, from the first one *after* a name on; those that cannot be read are put into *damaged*."""
    query = _query().where(users.c.folded > folded(after)).order_by(users.c.folded).limit(limit)
    return [
        as_user(tuple(row))
        for row in apart(rows_in_place(tx, query, (users.c.id, users.c.name), users.c.name), damaged)
    ]


def count(tx: Connection) -> int:
    """How many users there are."""
    return tx.scalar(select(func.count()).select_from(users)) or 0


def is_there_any(tx: Connection) -> bool:
    """Whether anybody can sign in."""
    return tx.scalar(select(users.c.id).limit(1)) is not None


def password(tx: Connection, user_id: int) -> str | None:
    """The hash of somebody's password."""
    return tx.scalar(select(users.c.password).where(users.c.id == user_id))


def set_password(tx: Connection, user_id: int, hashed: str, *, until: datetime | None = None) -> None:
    """Replace the hash of somebody's password. *until*: see `User.password_until`."""
    tx.execute(update(users).where(users.c.id == user_id).values(password=hashed, password_until=until))


def renew_hash(tx: Connection, user_id: int, hashed: str) -> None:
    """Replace the hash of somebody's password by another one of the same password."""
    tx.execute(update(users).where(users.c.id == user_id).values(password=hashed))


def set_role(tx: Connection, user_id: int, role: Permission) -> None:
    """Say what somebody may do."""
    tx.execute(update(users).where(users.c.id == user_id).values(role=role))


def note_signed_in(tx: Connection, user_id: int, *, at: datetime) -> None:
    """Note that somebody signed in."""
    tx.execute(update(users).where(users.c.id == user_id).values(signed_in_at=at))


def remove(tx: Connection, user_id: int) -> None:
    """Remove a user, and with them their sessions, codes and tokens."""
    tx.execute(delete(users).where(users.c.id == user_id))


def authenticator(tx: Connection, user_id: int) -> Authenticator | None:
    """What makes somebody's codes; None where signing in needs none."""
    query = select(authenticators.c.sealed, authenticators.c.step).where(authenticators.c.user_id == user_id)
    row = tx.execute(query).one_or_none()
    return Authenticator(*row) if row else None


def set_authenticator(tx: Connection, user_id: int, wanted: Authenticator, recovery: Collection[bytes]) -> None:
    """Have somebody's codes come from this authenticator; *recovery* are the digests of codes for when it is lost."""
    put(tx, authenticators, [{"user_id": user_id, "sealed": wanted.sealed, "step": wanted.step}])
    tx.execute(delete(recovery_codes).where(recovery_codes.c.user_id == user_id))
    tx.execute(insert(recovery_codes), [{"user_id": user_id, "digest": digest} for digest in recovery])


def remove_authenticator(tx: Connection, user_id: int) -> None:
    """Let somebody sign in without a code."""
    for table in (authenticators, recovery_codes):
        tx.execute(delete(table).where(table.c.user_id == user_id))


def use_step(tx: Connection, user_id: int, step: int) -> bool:
    """Use up the code of a time step and of all before it. False where that was done: of two at once, one may."""
    is_new: ColumnElement[bool] = authenticators.c.step < step
    done = tx.execute(update(authenticators).where(authenticators.c.user_id == user_id, is_new).values(step=step))
    return done.rowcount == 1


def use_recovery_code(tx: Connection, user_id: int, digest: bytes) -> bool:
    """Use up a recovery code. False where there is none of that digest, or not any more."""
    theirs = (recovery_codes.c.user_id == user_id) & (recovery_codes.c.digest == digest)
    return tx.execute(delete(recovery_codes).where(theirs)).rowcount == 1


def recovery_codes_left(tx: Connection, user_id: int) -> int:
    """How many recovery codes somebody has not used yet."""
    query = select(func.count()).select_from(recovery_codes).where(recovery_codes.c.user_id == user_id)
    return tx.scalar(query) or 0


def _query() -> Select[Any]:
    return select(*columns).select_from(users.outerjoin(authenticators))
