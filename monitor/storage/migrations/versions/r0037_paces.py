"""When the next request to a registry's server may start, for all processes."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    moment = "in seconds since 1970"
    op.create_table(
        "paces",
        sa.Column("host", sa.Text, nullable=False, comment="of a registry's server, with its port"),
        sa.Column("next_start", sa.Double, nullable=False, comment=f"when the next request may start, {moment}"),
        sa.Column("left_alone_until", sa.Double, nullable=False, comment=moment),
        sa.PrimaryKeyConstraint("host", name="paces_pk"),
        sqlite_with_rowid=False,
    )
