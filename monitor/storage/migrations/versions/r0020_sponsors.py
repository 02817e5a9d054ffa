"""Who leads a trial, and which trials somebody leads."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.add_column(
        "trials",
        sa.Column("lead_sponsor", sa.Text, comment="folded; null: none, or not read since this column"),
    )
    known = sa.text("lead_sponsor IS NOT NULL")
    op.create_index(
        "trials_by_sponsor", "trials", ["registry", "lead_sponsor"], sqlite_where=known, postgresql_where=known
    )
