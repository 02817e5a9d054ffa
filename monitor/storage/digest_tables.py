"""The tables of `monitor.storage.rhythms`, `gathered` and `digests`, a part of the schema of `tables`."""

from sqlalchemy import Boolean, Column, ForeignKey, ForeignKeyConstraint, Index, Integer, Table, Text, text

from monitor.storage.metadata import metadata
from monitor.storage.types import Moment

rhythms = Table(
    "rhythms",
    metadata,
    Column("subscription_id", ForeignKey("subscriptions.id"), primary_key=True),
    Column("every", Text, nullable=False),
    Column("at", Text, nullable=False, comment="08:00, local time"),
    Column("zone", Text, nullable=False),
    Column("quiet_hours", Text, comment="22:00-07:00, local times"),
    Column("breaks_through", Boolean, nullable=False),
    Column("all_quiet", Boolean, nullable=False),
    Column("digest_at", Moment, comment="when the next digest is due; null while there is nothing to tell"),
    Column("period", Text, comment="what that one is called, where the rhythm does not say so"),
    Column("told_until", Moment, comment="the end of the digest before it"),
    sqlite_with_rowid=False,
)
Index("rhythms_due", rhythms.c.digest_at, sqlite_where=text("digest_at IS NOT NULL"))

gathered = Table(
    "gathered",
    metadata,
    Column("subscription_id", ForeignKey("subscriptions.id"), primary_key=True),
    Column("event_id", ForeignKey("events.id"), primary_key=True),
    Column("digest", Integer, comment="the sequence of the delivery that tells it; null while it waits"),
    ForeignKeyConstraint(["subscription_id", "digest"], ["deliveries.subscription_id", "deliveries.sequence"]),
    Index("gathered_by_digest", "subscription_id", "digest"),
    Index("gathered_by_event", "event_id"),
    sqlite_with_rowid=False,
)

digests = Table(
    "digests",
    metadata,
    Column("delivery_id", ForeignKey("deliveries.id"), primary_key=True),
    Column("cause", Text, nullable=False, comment="digest/ and the local date, or the moment, on which it ends"),
    Column("period", Text, nullable=False),
    Column("zone", Text, nullable=False, comment="of the subscriber"),
    Column("began_at", Moment),
    Column("ended_at", Moment, nullable=False),
    sqlite_with_rowid=False,
)
