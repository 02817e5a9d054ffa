"""The table of `monitor.storage.teams`, a part of the schema of `monitor.storage.tables`."""

from sqlalchemy import Column, ForeignKey, Index, Table

from monitor.storage.metadata import metadata
from monitor.storage.types import TextWithoutNul

team_members = Table(
    "team_members",
    metadata,
    Column("subscription_id", ForeignKey("subscriptions.id"), primary_key=True),
    Column("team", TextWithoutNul, nullable=False, comment="what it is called"),
    Index("team_members_by_team", "team"),
    sqlite_with_rowid=False,
)
