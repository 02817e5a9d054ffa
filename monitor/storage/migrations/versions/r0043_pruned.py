"""Up to when was looked for what need not be kept in full."""

import sqlalchemy as sa
from alembic import op

from monitor.storage.types import Moment

revision = "0043_from_0039"
down_revision = "0042_from_0039"


def upgrade() -> None:
    op.create_table(
        "pruned",
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("up_to", Moment, nullable=False, comment="what was written before was looked at"),
        sa.PrimaryKeyConstraint("what", name="pruned_pk"),
        sqlite_with_rowid=False,
    )
