"""Tables of how the service fares: unknown values, health and looks of registries, who runs what, paces, claims."""

from sqlalchemy import BigInteger, Column, Double, Index, Integer, Table, Text

from monitor.storage.metadata import metadata
from monitor.storage.types import Moment, TextWithoutNul

claims = Table(
    "claims",
    metadata,
    Column("until", Moment, primary_key=True, comment="to which the next attempts of its deliveries were moved"),
    Column("holder", Text, primary_key=True),
    sqlite_with_rowid=False,
)

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

paces = Table(
    "paces",
    metadata,
    Column("host", Text, primary_key=True, comment="of a registry's server, with its port"),
    Column("next_start", Double, nullable=False, comment="when the next request may start, in seconds since 1970"),
    Column("left_alone_until", Double, nullable=False, comment="in seconds since 1970"),
    sqlite_with_rowid=False,
)

pruned = Table(
    "pruned",
    metadata,
    Column("what", Text, primary_key=True),
    Column("up_to", Moment, nullable=False, comment="what was written before was looked at"),
    sqlite_with_rowid=False,
)

looks = Table(
    "looks",
    metadata,
    Column("registry", Text, primary_key=True),
    Column("ended_at", Moment, primary_key=True),
    Column("version", TextWithoutNul, comment="of the registry's data"),
    Column("trials", Integer, nullable=False, comment="checked one by one"),
    Column("changed", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("watched", Integer, nullable=False),
    Column("verified", Integer, nullable=False, comment="of the watched, known to be as the registry has them"),
    Column("requests", Integer, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("seconds", Double, nullable=False),
    Column("reason", TextWithoutNul, comment="why it was not whole; null where it was"),
    Column("denied", Integer, comment="of the watched, numbers that the registry does not know"),
    Index("looks_by_time", "ended_at"),
    sqlite_with_rowid=False,
)
