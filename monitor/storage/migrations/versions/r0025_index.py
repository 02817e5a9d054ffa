"""The index of trials and changes; all that is kept is noted as not indexed yet, and the program does that."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

in_order = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "unindexed",
        sa.Column("registry", sa.Text, nullable=False),
        sa.Column("trial_id", sa.Text, nullable=False),
        sa.Column("with_events", sa.Boolean, nullable=False, comment="whether its events have no rows yet"),
        sa.PrimaryKeyConstraint("registry", "trial_id", name="unindexed_pk"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "trial_index",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("registry", sa.Text, nullable=False),
        sa.Column("trial_id", sa.Text, nullable=False),
        sa.Column("snapshot", sa.Integer, comment="that the row was made from; null: nothing was read yet"),
        sa.Column("state", sa.Text, comment="what the registry says of the trial: listed, removed, merged"),
        sa.Column("title", sa.Text),
        sa.Column("status", sa.Text, comment="code"),
        sa.Column("status_words", sa.Text, comment="the registry's own"),
        sa.Column("sponsor", sa.Text, comment="who leads it"),
        sa.Column("enrollment", sa.Integer),
        sa.Column("enrollment_type", sa.Text),
        sa.Column("start_date", sa.Text),
        sa.Column("start_type", sa.Text),
        sa.Column("primary_completion_date", sa.Text),
        sa.Column("primary_completion_type", sa.Text),
        sa.Column("completion_date", sa.Text),
        sa.Column("completion_type", sa.Text),
        sa.Column("first_start_date", sa.Text, comment="in the earliest record that is kept, as the two after it"),
        sa.Column("first_primary_completion_date", sa.Text),
        sa.Column("first_completion_date", sa.Text),
        sa.Column("updated_on", in_order, nullable=False, comment="when its last update was posted; empty: not known"),
        sa.Column("names", sa.Text, nullable=False, comment="JSON: conditions, countries, phases, as they are shown"),
        sa.Column("words", sa.Text, nullable=False, comment="those of trial_words, with spaces between them"),
        sa.PrimaryKeyConstraint("id", name="trial_index_pk"),
        sa.UniqueConstraint("registry", "trial_id", name="trial_index_registry_unique"),
    )
    op.create_index("trial_index_by_update", "trial_index", ["updated_on", "id"])
    op.create_table(
        "terms",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False, comment="sponsor, condition, country or phase"),
        sa.Column("key", in_order, nullable=False, comment="folded"),
        sa.Column("shown", sa.Text, nullable=False),
        sa.Column("slug", in_order, nullable=False),
        sa.PrimaryKeyConstraint("id", name="terms_pk"),
        sa.UniqueConstraint("kind", "key", name="terms_kind_unique"),
    )
    op.create_index("terms_by_slug", "terms", ["kind", "slug"])
    op.create_table(
        "trial_terms",
        sa.Column("term", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("trial", sa.Integer, nullable=False, autoincrement=False),
        sa.PrimaryKeyConstraint("term", "trial", name="trial_terms_pk"),
        sqlite_with_rowid=False,
    )
    op.create_index("trial_terms_by_trial", "trial_terms", ["trial"])
    op.create_table(
        "trial_words",
        sa.Column("word", in_order, nullable=False),
        sa.Column("trial", sa.Integer, nullable=False, autoincrement=False),
        sa.PrimaryKeyConstraint("word", "trial", name="trial_words_pk"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "change_index",
        sa.Column("day", in_order, nullable=False, comment="of the event, in UTC"),
        sa.Column("trial", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("snapshot", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("place", sa.Integer, nullable=False, autoincrement=False, comment="among the changes of its event"),
        sa.Column("significance", sa.Integer, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("day", "trial", "snapshot", "place", name="change_index_pk"),
        sqlite_with_rowid=False,
    )
    op.create_index("change_index_by_trial", "change_index", ["trial", "day", "significance", "topic", "snapshot"])
    op.execute(
        "INSERT INTO unindexed (registry, trial_id, with_events)"
        " SELECT registry, trial_id, TRUE FROM trials WHERE snapshot IS NOT NULL"
    )
