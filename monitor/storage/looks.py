"""The latest looks of the service at each registry, and what each came to: one row a pass. Older ones are forgotten."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, select

from monitor.storage.service_tables import looks
from monitor.storage.statements import put

KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A row, column by column."""

    registry: str
    ended_at: datetime
    version: str | None
    """Of the registry's data, as it was known at the end."""
    trials: int
    """How many were checked one by one: where nothing is new, few have to be."""
    changed: int
    failed: int
    watched: int
    verified: int
    """Of the watched trials, those that were seen, as `monitor.storage.coverage` decides."""
    requests: int
    bytes: int
    seconds: float
    reason: str | None
    """Why the registry could not be read, or else why the first trial that failed did."""
    denied: int | None = None
    """Of the watched trials, numbers that the registry does not know; None of looks before this was counted."""

    @property
    def is_whole(self) -> bool:
        """Whether every watched trial was seen."""
        return self.reason is None and not self.failed and self.verified + (self.denied or 0) >= self.watched


_columns = [looks.c[field.name] for field in fields(Look)]


def add(tx: Connection, look: Look) -> None:
    """Keep a look, and forget those of its registry that are older than KEPT."""
    put(tx, looks, [asdict(look)])
    tx.execute(delete(looks).where(looks.c.registry == look.registry, looks.c.ended_at < look.ended_at - KEPT))


def latest(tx: Connection, limit: int, *, registries: Sequence[str] | None = None) -> list[Look]:
    """The last looks at any registry, or at those, newest first."""
    query = select(*_columns).order_by(looks.c.ended_at.desc(), looks.c.registry).limit(limit)
    if registries is not None:
        query = query.where(looks.c.registry.in_(registries))
    return [Look(**row._mapping) for row in tx.execute(query)]


def traffic_since(tx: Connection, since: datetime) -> tuple[int, int, int]:
    """How many looks there were from then on, how many requests they took and how many bytes came."""
    total = select(func.count(), func.sum(looks.c.requests), func.sum(looks.c.bytes)).where(looks.c.ended_at >= since)
    count, requests, size = tx.execute(total).one()
    return int(count), int(requests or 0), int(size or 0)
