"""The schema, as SQLAlchemy knows it. `migrations` builds the same; a test compares the two on both stores.

Tables of small rows have no row id on SQLite: their primary key is the table, which halves the size and the look-ups.
"""

from sqlalchemy import (
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from monitor.storage.types import Bytes, Moment, StateName, Words

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pk",
        "fk": "%(table_name)s_%(referred_table_name)s_fk",
        "uq": "%(table_name)s_%(column_0_name)s_unique",
    }
)

registries = Table(
    "registries",
    metadata,
    Column("registry", Text, primary_key=True),
    Column("version_stamp", Text, nullable=False),
    Column("version_etag", Text),
    Column("checked_at", Moment, nullable=False),
    sqlite_with_rowid=False,
)

trials = Table(
    "trials",
    metadata,
    Column("registry", Text, primary_key=True),
    Column("trial_id", Text, primary_key=True),
    Column("state", StateName),
    Column("merged_into", Text),
    Column("title", Words),
    Column("snapshot", Integer),
    Column("digest", Bytes),
    Column("probe_digest", Bytes),
    Column("build", Text),
    Column("verified_version", Text),
    Column("verified_at", Moment),
    Column("read_in_full_at", Moment),
    Column("misses", Integer, nullable=False),
    Column("first_missed_at", Moment),
    sqlite_with_rowid=False,
)

snapshots = Table(
    "snapshots",
    metadata,
    Column("registry", Text, primary_key=True),
    Column("trial_id", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("state", StateName, nullable=False),
    Column("digest", Bytes, nullable=False),
    Column("taken_at", Moment, nullable=False),
    Column("registry_version", Text),
    Column("build", Text),
    Column("base", Integer, comment="number of the full copy that body builds on; null: body is full"),
    Column("size", Integer, nullable=False, comment="bytes of the content before compression"),
    Column("body", Bytes, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("id", Text, primary_key=True, comment="registry/trial/snapshot"),
    Column("registry", Text, nullable=False),
    Column("trial_id", Text, nullable=False),
    Column("snapshot", Integer, nullable=False),
    Column("occurred_at", Moment, nullable=False),
    Column("significance", Integer, nullable=False),
    Column("changes", Bytes, nullable=False, comment="JSON, zstd"),
    UniqueConstraint("registry", "trial_id", "snapshot"),
    ForeignKeyConstraint(
        ["registry", "trial_id", "snapshot"],
        ["snapshots.registry", "snapshots.trial_id", "snapshots.number"],
        deferrable=True,
        initially="DEFERRED",
    ),
)

watches = Table(
    "watches",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("origin", Text, nullable=False),
    Column("name", Text),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("name"),
)

watched_trials = Table(
    "watched_trials",
    metadata,
    Column("registry", Text, primary_key=True),
    Column("trial_id", Text, primary_key=True),
    Column("watch_id", ForeignKey("watches.id", ondelete="CASCADE"), primary_key=True),
    Column("added_at", Moment, nullable=False),
    Index("watched_trials_by_watch", "watch_id"),
    sqlite_with_rowid=False,
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("registry", Text, nullable=False),
    Column("trial_id", Text, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("reason", Words, nullable=False),
    Column("size", Integer, nullable=False, comment="bytes that came; raw may hold fewer"),
    Column("raw", Bytes, nullable=False, comment="zstd"),
    Index("quarantine_by_trial", "registry", "trial_id"),
)
