"""What lists are sorted by, apart from the plans; these are made from records and changes once more."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    op.drop_table("trial_plans")
    op.create_table(
        "trial_plans",
        sa.Column("trial", sa.Integer, nullable=False, comment="its number in trial_index"),
        sa.Column("snapshot", sa.Integer, nullable=False, comment="the last one whose changes are in it"),
        sa.Column("pages", sa.Integer, nullable=False, comment="former versions and saved pages that are in it"),
        sa.Column("plan", sa.Text, nullable=False, comment="JSON"),
        sa.PrimaryKeyConstraint("trial", name="trial_plans_pk"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "trial_dates",
        sa.Column("trial", sa.Integer, nullable=False, comment="its number in trial_index"),
        sa.Column(
            "slip",
            sa.Integer,
            comment="days of the primary completion since it was first seen; null: not known",
        ),
        sa.Column(
            "start_due",
            sa.Text,
            comment="the last day that the date allows; null where it is past, void or none",
        ),
        sa.Column("primary_completion_due", sa.Text),
        sa.Column("completion_due", sa.Text),
        sa.PrimaryKeyConstraint("trial", name="trial_dates_pk"),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO unindexed (registry, trial_id, with_events) SELECT registry, trial_id, FALSE FROM trials"
        " WHERE snapshot IS NOT NULL AND NOT EXISTS (SELECT 1 FROM unindexed AS noted"
        " WHERE noted.registry = trials.registry AND noted.trial_id = trials.trial_id)"
    )
