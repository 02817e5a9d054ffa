"""What a digest is of: the time whose events it tells, beside its delivery."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select

from monitor.storage.digest_tables import digests
from monitor.storage.statements import chunks


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposedDigest:
    """A digest that is owed."""

    delivery_id: str
    cause: str
    """`digest/` and the local date on which it ends, or the moment of one out of turn."""
    period: str
    zone: str
    """The subscriber's, by its IANA name."""
    began_at: datetime | None
    ended_at: datetime


def out_of_turn(at: datetime) -> str:
    """The cause of a digest that no rhythm makes due, at that moment."""
    return f"digest/{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def add(tx: Connection, composed: Iterable[ComposedDigest]) -> None:
    """Store what digests are of, whose deliveries are owed in the same transaction."""
    for chunk in chunks(composed):
        tx.execute(insert(digests), [asdict(each) for each in chunk])


def known(tx: Connection, delivery_ids: Collection[str]) -> dict[str, ComposedDigest]:
    """What those of the deliveries are of that are digests."""
    query = select(*(digests.c[field.name] for field in fields(ComposedDigest)))
    found = {}
    for chunk in chunks(sorted(delivery_ids)):
        for row in tx.execute(query.where(digests.c.delivery_id.in_(chunk))):
            found[row.delivery_id] = ComposedDigest(**row._mapping)
    return found
