"""The tables of `monitor.storage.bounces`, a part of the schema of `tables`."""

from sqlalchemy import Column, ForeignKey, Index, Table, Text

from monitor.model.report import BounceEffect, ReportKind
from monitor.storage.metadata import metadata
from monitor.storage.types import Bytes, Moment, OneOf, TextWithoutNul

bounces = Table(
    "bounces",
    metadata,
    Column("digest", Bytes, primary_key=True, comment="SHA-256 of the mail that reports it"),
    Column("delivery_id", ForeignKey("deliveries.id"), comment="null once it is forgotten"),
    Column("endpoint_id", ForeignKey("endpoints.id"), nullable=False),
    Column("kind", OneOf(ReportKind), nullable=False),
    Column("status", Text, comment="RFC 3463, such as 5.1.1"),
    Column("diagnostic", TextWithoutNul, nullable=False),
    Column("read_at", Moment, nullable=False),
    Column("effect", OneOf(BounceEffect), comment="what it did; null: nothing"),
    Index("bounces_by_delivery", "delivery_id"),
    Index("bounces_by_endpoint", "endpoint_id", "read_at"),
    Index("bounces_by_time", "read_at"),
    sqlite_with_rowid=False,
)

bounced_subscriptions = Table(
    "bounced_subscriptions",
    metadata,
    Column("subscription_id", ForeignKey("subscriptions.id"), primary_key=True),
    Column("digest", ForeignKey("bounces.digest"), nullable=False, comment="of what ended, paused or disabled it"),
    sqlite_with_rowid=False,
)
