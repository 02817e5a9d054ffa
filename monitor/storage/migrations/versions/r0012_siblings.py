"""The same trial in other registries: what names it, which watches follow that, and what joined them."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "sibling_watches",
        sa.Column("watch_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("watch_id", name="sibling_watches_pk"),
        sa.ForeignKeyConstraint(["watch_id"], ["watches.id"], name="sibling_watches_watches_fk", ondelete="CASCADE"),
    )
    op.create_table(
        "joined_siblings",
        sa.Column("registry", sa.Text, nullable=False),
        sa.Column("trial_id", sa.Text, nullable=False),
        sa.Column("watch_id", sa.Integer, nullable=False),
        sa.Column("of_registry", sa.Text, nullable=False),
        sa.Column("of_trial_id", sa.Text, nullable=False, comment="the trial that was named, of which it is a sibling"),
        sa.PrimaryKeyConstraint("registry", "trial_id", "watch_id", name="joined_siblings_pk"),
        sa.ForeignKeyConstraint(
            ["registry", "trial_id", "watch_id"],
            ["watched_trials.registry", "watched_trials.trial_id", "watched_trials.watch_id"],
            name="joined_siblings_watched_trials_fk",
            ondelete="CASCADE",
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("joined_siblings_by_watch", "joined_siblings", ["watch_id"])
    op.create_table(
        "siblings",
        sa.Column("registry", sa.Text, nullable=False),
        sa.Column("trial_id", sa.Text, nullable=False),
        sa.Column("sibling_registry", sa.Text, nullable=False),
        sa.Column("sibling_trial_id", sa.Text, nullable=False, comment="which the record names as the same trial"),
        sa.PrimaryKeyConstraint("registry", "trial_id", "sibling_registry", "sibling_trial_id", name="siblings_pk"),
        sqlite_with_rowid=False,
    )
    op.create_index("siblings_by_sibling", "siblings", ["sibling_registry", "sibling_trial_id"])
    op.create_table(
        "sibling_readings",
        sa.Column("registry", sa.Text, nullable=False),
        sa.Column("trial_id", sa.Text, nullable=False),
        sa.Column("snapshot", sa.Integer, nullable=False, comment="that was read for what it names"),
        sa.Column("known", sa.Text, nullable=False, comment="the registries whose ids were recognised"),
        sa.PrimaryKeyConstraint("registry", "trial_id", name="sibling_readings_pk"),
        sqlite_with_rowid=False,
    )
