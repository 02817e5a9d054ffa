"""Users, what they sign in with, their sessions, and the tokens of programs."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    moment = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")
    op.create_table(
        "users",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("folded", sa.Text, nullable=False, comment="the name as it is compared"),
        sa.Column("role", sa.Text, nullable=False, comment="the most that they may do"),
        sa.Column("password", sa.Text, nullable=False, comment="argon2id, with its parameters and salt"),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("signed_in_at", moment),
        sa.PrimaryKeyConstraint("id", name="users_pk"),
        sa.UniqueConstraint("folded", name="users_folded_unique"),
    )
    op.create_table(
        "authenticators",
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False, comment="the secret of RFC 6238, encrypted"),
        sa.Column(
            "step",
            sa.Integer,
            nullable=False,
            comment="of the last code that was used: none of before counts again",
        ),
        sa.PrimaryKeyConstraint("user_id", name="authenticators_pk"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="authenticators_users_fk", ondelete="CASCADE"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "recovery_codes",
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False, comment="SHA-256; the row goes when the code is used"),
        sa.PrimaryKeyConstraint("user_id", "digest", name="recovery_codes_pk"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="recovery_codes_users_fk", ondelete="CASCADE"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sessions",
        sa.Column("digest", sa.LargeBinary, nullable=False, comment="SHA-256 of what the cookie holds"),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("seen_at", moment, nullable=False, comment="to a minute or so"),
        sa.Column(
            "awaits_code",
            sa.Boolean,
            nullable=False,
            comment="the password was right, and the code is still to come",
        ),
        sa.Column("network", sa.Text, nullable=False, comment="where it was opened from"),
        sa.Column("agent", sa.Text, nullable=False, comment="what the browser said that it is"),
        sa.PrimaryKeyConstraint("digest", name="sessions_pk"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="sessions_users_fk", ondelete="CASCADE"),
        sqlite_with_rowid=False,
    )
    op.create_index("sessions_by_user", "sessions", ["user_id"])
    op.create_index("sessions_by_time", "sessions", ["seen_at"])
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Text, nullable=False, comment="a part of the token, and no secret"),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("secret", sa.Text, nullable=False, comment="argon2id of the rest of it"),
        sa.Column("scope", sa.Text, nullable=False, comment="the most that it allows"),
        sa.Column("user_id", sa.Integer, comment="null: nobody in particular"),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("expires_at", moment, comment="null: never"),
        sa.Column("used_at", moment, comment="to a minute or so"),
        sa.PrimaryKeyConstraint("id", name="api_tokens_pk"),
        sa.UniqueConstraint("name", name="api_tokens_name_unique"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="api_tokens_users_fk", ondelete="CASCADE"),
        sqlite_with_rowid=False,
    )
    op.create_index("api_tokens_by_user", "api_tokens", ["user_id"])
