"""Tables of how the service fares: unknown values of registries, checks that fail, and who runs what."""

from sqlalchemy import Column, Integer, Table, Text

from monitor.storage.metadata import metadata
from monitor.storage.types import Moment, TextWithoutNul

drift = Table(
    "drift",
    metadata,
    Column("registry", Text, primary_key=True),
    Column("path", Text, primary_key=True),
    Column("value", TextWithoutNul, primary_key=True, comment="empty for an unknown field"),
    Column("trial_id", Text, nullable=False, comment="an example"),
    Column("first_seen_at", Moment, nullable=False),
    sqlite_with_rowid=False,
)

health = Table(
    "health",
    metadata,
    Column("registry", Text, primary_key=True),
    Column("next_check_at", Moment, nullable=False),
    Column("failures", Integer, nullable=False, comment="in a row"),
    Column("failing_since", Moment),
    Column("reason", TextWithoutNul, comment="of the last failure"),
    Column("told_at", Moment, comment="when the operator was told of this outage"),
    sqlite_with_rowid=False,
)

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("beat", Integer, nullable=False, comment="moves while the holder lives"),
    sqlite_with_rowid=False,
)
