"""Registries, trials, snapshots, events, watches and the quarantine."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

moment = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "registries",
        sa.Column("registry", sa.Text, nullable=False),
        sa.Column("version_stamp", sa.Text, nullable=False),
        sa.Column("version_etag", sa.Text),
        sa.Column("checked_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("registry", name="registries_pk"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "trials",
        sa.Column("registry", sa.Text, nullable=False),
        sa.Column("trial_id", sa.Text, nullable=False),
        sa.Column("state", sa.Text),
        sa.Column("merged_into", sa.Text),
        sa.Column("title", sa.Text),
        sa.Column("snapshot", sa.Integer),
        sa.Column("digest", sa.LargeBinary),
        sa.Column("probe_digest", sa.LargeBinary),
        sa.Column("build", sa.Text),
        sa.Column("verified_version", sa.Text),
        sa.Column("verified_at", moment),
        sa.Column("read_in_full_at", moment),
        sa.Column("misses", sa.Integer, nullable=False),
        sa.Column("first_missed_at", moment),
        sa.PrimaryKeyConstraint("registry", "trial_id", name="trials_pk"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "snapshots",
        sa.Column("registry", sa.Text, nullable=False),
        sa.Column("trial_id", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("taken_at", moment, nullable=False),
        sa.Column("registry_version", sa.Text),
        sa.Column("build", sa.Text),
        sa.Column("base", sa.Integer, comment="number of the full copy that body builds on; null: body is full"),
        sa.Column("size", sa.Integer, nullable=False, comment="bytes of the content before compression"),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("registry", "trial_id", "number", name="snapshots_pk"),
    )
    op.create_table(
        "events",
        sa.Column("id", sa.Text, nullable=False, comment="registry/trial/snapshot"),
        sa.Column("registry", sa.Text, nullable=False),
        sa.Column("trial_id", sa.Text, nullable=False),
        sa.Column("snapshot", sa.Integer, nullable=False),
        sa.Column("occurred_at", moment, nullable=False),
        sa.Column("significance", sa.Integer, nullable=False),
        sa.Column("changes", sa.LargeBinary, nullable=False, comment="JSON, zstd"),
        sa.PrimaryKeyConstraint("id", name="events_pk"),
        sa.UniqueConstraint("registry", "trial_id", "snapshot", name="events_registry_unique"),
        sa.ForeignKeyConstraint(
            ["registry", "trial_id", "snapshot"],
            ["snapshots.registry", "snapshots.trial_id", "snapshots.number"],
            name="events_snapshots_fk",
            deferrable=True,
            initially="DEFERRED",
        ),
    )
    op.create_table(
        "watches",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("name", sa.Text),
        sa.Column("created_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="watches_pk"),
        sa.UniqueConstraint("name", name="watches_name_unique"),
    )
    op.create_table(
        "watched_trials",
        sa.Column("registry", sa.Text, nullable=False),
        sa.Column("trial_id", sa.Text, nullable=False),
        sa.Column("watch_id", sa.Integer, nullable=False),
        sa.Column("added_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("registry", "trial_id", "watch_id", name="watched_trials_pk"),
        sa.ForeignKeyConstraint(["watch_id"], ["watches.id"], name="watched_trials_watches_fk", ondelete="CASCADE"),
        sqlite_with_rowid=False,
    )
    op.create_index("watched_trials_by_watch", "watched_trials", ["watch_id"])
    op.create_table(
        "quarantine",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("registry", sa.Text, nullable=False),
        sa.Column("trial_id", sa.Text, nullable=False),
        sa.Column("received_at", moment, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("size", sa.Integer, nullable=False, comment="bytes that came; raw may hold fewer"),
        sa.Column("raw", sa.LargeBinary, nullable=False, comment="zstd"),
        sa.PrimaryKeyConstraint("id", name="quarantine_pk"),
    )
    op.create_index("quarantine_by_trial", "quarantine", ["registry", "trial_id"])
