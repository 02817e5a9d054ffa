"""Registries that asked to be left alone."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

moment = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "left_alone",
        sa.Column("registry", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False, comment="of the server that asked for it"),
        sa.Column("until", moment, nullable=False),
        sa.PrimaryKeyConstraint("registry", name="left_alone_pk"),
        sqlite_with_rowid=False,
    )
