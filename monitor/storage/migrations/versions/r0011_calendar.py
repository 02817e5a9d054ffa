"""When the calendar changes what a trial's latest snapshot says."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column(
        "trials",
        sa.Column(
            "reads_otherwise_on",
            sa.Text,
            comment="the day on which the calendar changes what the latest snapshot says",
        ),
    )
