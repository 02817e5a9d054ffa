"""What operators look at: the latest looks at registries, deliveries that fail, and notices by their time."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    moment = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")
    op.create_table(
        "looks",
        sa.Column("registry", sa.Text, nullable=False),
        sa.Column("ended_at", moment, nullable=False),
        sa.Column("version", sa.Text, comment="of the registry's data"),
        sa.Column("trials", sa.Integer, nullable=False, comment="checked one by one"),
        sa.Column("changed", sa.Integer, nullable=False),
        sa.Column("failed", sa.Integer, nullable=False),
        sa.Column("watched", sa.Integer, nullable=False),
        sa.Column(
            "verified", sa.Integer, nullable=False, comment="of the watched, known to be as the registry has them"
        ),
        sa.Column("requests", sa.Integer, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("seconds", sa.Double, nullable=False),
        sa.Column("reason", sa.Text, comment="why it was not whole; null where it was"),
        sa.PrimaryKeyConstraint("registry", "ended_at", name="looks_pk"),
        sqlite_with_rowid=False,
    )
    op.create_index("looks_by_time", "looks", ["ended_at"])
    failing = sa.text("standing = 'owed' AND outcome IS NOT NULL")
    op.create_index(
        "deliveries_failing",
        "deliveries",
        ["owed_at"],
        sqlite_where=failing,
        postgresql_where=failing,
    )
    op.create_index("notices_by_time", "notices", ["occurred_at"])
