"""The tables of `monitor.storage.siblings`, a part of the schema of `monitor.storage.tables`."""

from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, Index, Integer, Table, Text

from monitor.storage.metadata import metadata

sibling_watches = Table(
    "sibling_watches",
    metadata,
    Column("watch_id", ForeignKey("watches.id", ondelete="CASCADE"), primary_key=True),
)

joined_siblings = Table(
    "joined_siblings",
    metadata,
    Column("registry", Text, primary_key=True),
    Column("trial_id", Text, primary_key=True),
    Column("watch_id", Integer, primary_key=True, autoincrement=False),
    Column("of_registry", Text, nullable=False),
    Column("of_trial_id", Text, nullable=False, comment="the trial that was named, of which it is a sibling"),
    ForeignKeyConstraint(
        ["registry", "trial_id", "watch_id"],
        ["watched_trials.registry", "watched_trials.trial_id", "watched_trials.watch_id"],
        ondelete="CASCADE",
    ),
    Index("joined_siblings_by_watch", "watch_id"),
    sqlite_with_rowid=False,
)

siblings = Table(
    "siblings",
    metadata,
    Column("registry", Text, primary_key=True),
    Column("trial_id", Text, primary_key=True),
    Column("sibling_registry", Text, primary_key=True),
    Column("sibling_trial_id", Text, primary_key=True, comment="which the record names as the same trial"),
    Index("siblings_by_sibling", "sibling_registry", "sibling_trial_id"),
    sqlite_with_rowid=False,
)

sibling_readings = Table(
    "sibling_readings",
    metadata,
    Column("registry", Text, primary_key=True),
    Column("trial_id", Text, primary_key=True),
    Column("snapshot", Integer, nullable=False, comment="that was read for what it names"),
    Column("known", Text, nullable=False, comment="the registries whose ids were recognised"),
    sqlite_with_rowid=False,
)
