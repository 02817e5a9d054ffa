"""The tables of `monitor.storage.users`, `sessions` and `tokens`, a part of the schema of `tables`."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from monitor.model.access import Permission
from monitor.storage.metadata import metadata
from monitor.storage.types import Bytes, Moment, OneOf, TextWithoutNul

users = Table(
    "users",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("folded", TextWithoutNul, nullable=False, comment="the name as it is compared"),
    Column("role", OneOf(Permission), nullable=False, comment="the most that they may do"),
    Column("password", Text, nullable=False, comment="argon2id, with its parameters and salt"),
    Column("created_at", Moment, nullable=False),
    Column("signed_in_at", Moment),
    Column("password_until", Moment, comment="of one that was made for them; null: it is their own"),
    UniqueConstraint("folded"),
)

authenticators = Table(
    "authenticators",
    metadata,
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("sealed", Bytes, nullable=False, comment="the secret of RFC 6238, encrypted"),
    Column("step", Integer, nullable=False, comment="of the last code that was used: none of before counts again"),
    sqlite_with_rowid=False,
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("digest", Bytes, primary_key=True, comment="SHA-256; the row goes when the code is used"),
    sqlite_with_rowid=False,
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", Bytes, primary_key=True, comment="SHA-256 of what the cookie holds"),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False, comment="to a minute or so"),
    Column("awaits_code", Boolean, nullable=False, comment="the password was right, and the code is still to come"),
    Column("network", Text, nullable=False, comment="where it was opened from"),
    Column("agent", TextWithoutNul, nullable=False, comment="what the browser said that it is"),
    Index("sessions_by_user", "user_id"),
    Index("sessions_by_time", "seen_at"),
    sqlite_with_rowid=False,
)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", TextWithoutNul, primary_key=True, comment="a part of the token, and no secret"),
    Column("name", TextWithoutNul, nullable=False),
    Column("secret", Text, nullable=False, comment="argon2id of the rest of it"),
    Column("scope", OneOf(Permission), nullable=False, comment="the most that it allows"),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), comment="null: nobody in particular"),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, comment="null: never"),
    Column("used_at", Moment, comment="to a minute or so"),
    UniqueConstraint("name"),
    Index("api_tokens_by_user", "user_id"),
    sqlite_with_rowid=False,
)
