"""How the plans of trials moved; all that is kept is noted as not indexed yet, and the program does that."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.create_table(
        "trial_plans",
        sa.Column("trial", sa.Integer, nullable=False, comment="its number in trial_index"),
        sa.Column("snapshot", sa.Integer, nullable=False, comment="the last one whose changes are in it"),
        sa.Column("pages", sa.Integer, nullable=False, comment="former versions and saved pages that are in it"),
        sa.Column(
            "slip",
            sa.Integer,
            comment="days of the primary completion since it was first seen; null: not known",
        ),
        sa.Column("plan", sa.Text, nullable=False, comment="JSON"),
        sa.PrimaryKeyConstraint("trial", name="trial_plans_pk"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "former_sponsors",
        sa.Column("slug", sa.Text, nullable=False),
        sa.Column("trial", sa.Integer, nullable=False, comment="that it led once, and leads no more"),
        sa.PrimaryKeyConstraint("slug", "trial", name="former_sponsors_pk"),
        sqlite_with_rowid=False,
    )
    op.create_index("former_sponsors_by_trial", "former_sponsors", ["trial"])
    op.execute(
        "INSERT INTO unindexed (registry, trial_id, with_events) SELECT registry, trial_id, FALSE FROM trials"
        " WHERE snapshot IS NOT NULL AND NOT EXISTS (SELECT 1 FROM unindexed AS noted"
        " WHERE noted.registry = trials.registry AND noted.trial_id = trials.trial_id)"
    )
