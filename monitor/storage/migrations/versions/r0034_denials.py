"""What registries answered for numbers of trials that they do not know, and how many a look met."""

import sqlalchemy as sa
from alembic import op

from monitor.storage.types import Moment, TextWithoutNul

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    op.create_table(
        "denials",
        sa.Column("registry", sa.Text, nullable=False),
        sa.Column("trial_id", sa.Text, nullable=False, comment="never read, and unknown to its registry"),
        sa.Column("words", TextWithoutNul, nullable=False, comment="that the registry answered"),
        sa.Column("first_at", Moment, nullable=False),
        sa.Column("latest_at", Moment, nullable=False),
        sa.Column("times", sa.Integer, nullable=False, comment="that it was asked, those soon after another left out"),
        sa.Column("ask_at", Moment, nullable=False, comment="when a pass asks again"),
        sa.PrimaryKeyConstraint("registry", "trial_id", name="denials_pk"),
        sqlite_with_rowid=False,
    )
    op.add_column(
        "looks", sa.Column("denied", sa.Integer, comment="of the watched, numbers that the registry does not know")
    )
