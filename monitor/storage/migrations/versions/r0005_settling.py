"""In how many builds of the registry's data nobody had looked at the trial of an event."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column(
        "settlements",
        sa.Column("builds", sa.Integer, comment="in which nobody looked at the trial; null: one"),
    )
