"""The tables of `monitor.storage.groups`, a part of the schema of `monitor.storage.tables`."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from monitor.storage.metadata import metadata
from monitor.storage.types import Moment

watch_groups = Table(
    "watch_groups",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("name"),
)

grouped_watches = Table(
    "grouped_watches",
    metadata,
    Column("watch_id", ForeignKey("watches.id", ondelete="CASCADE"), primary_key=True),
    Column("group_id", ForeignKey("watch_groups.id", ondelete="CASCADE"), primary_key=True),
    Column("origin", Text, nullable=False, comment="command or config: what put it into the group"),
    Index("grouped_watches_by_group", "group_id"),
    sqlite_with_rowid=False,
)

subscribed_groups = Table(
    "subscribed_groups",
    metadata,
    Column("subscription_id", ForeignKey("subscriptions.id"), primary_key=True),
    Column("group_id", ForeignKey("watch_groups.id", ondelete="CASCADE"), nullable=False),
    Index("subscribed_groups_by_group", "group_id"),
    sqlite_with_rowid=False,
)
