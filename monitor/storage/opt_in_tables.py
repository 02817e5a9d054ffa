"""The tables of `monitor.storage.confirmations` and `monitor.storage.links`, a part of the schema of `tables`."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, UniqueConstraint

from monitor.storage.metadata import metadata
from monitor.storage.types import Bytes, Moment

confirmations = Table(
    "confirmations",
    metadata,
    Column("subscription_id", ForeignKey("subscriptions.id"), primary_key=True),
    Column("token_digest", Bytes, comment="SHA-256; null once it is used or has lapsed"),
    Column("sealed", Bytes, comment="the token, encrypted, for the mail that is to carry it; null as above"),
    Column("network", Bytes, nullable=False, comment="of who asked, as a keyed digest"),
    Column("asked_at", Moment, nullable=False),
    Column("confirmed_at", Moment),
    Column("refused", Integer, nullable=False, comment="how often more was asked for since, and nothing was sent"),
    UniqueConstraint("token_digest"),
    Index("confirmations_by_time", "asked_at"),
    sqlite_with_rowid=False,
)

links = Table(
    "links",
    metadata,
    Column("subscription_id", ForeignKey("subscriptions.id"), primary_key=True),
    Column("version", Integer, nullable=False, comment="of the links that count; 0 where there is no row"),
    Column("left_at", Moment, comment="when its subscriber left by such a link, and nobody else ended it"),
    sqlite_with_rowid=False,
)
