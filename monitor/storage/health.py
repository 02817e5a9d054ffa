"""Whether each registry can be read, and when it is checked next: one row per registry."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from monitor.storage.service_tables import health
from monitor.storage.statements import put
from monitor.storage.unread import readable, rows_in_place


@dataclass(frozen=True, slots=True)
class Health:
    """A row, column by column."""

    registry: str
    next_check_at: datetime
    failures: int = 0
    """How many looks in a row could not read it. 0 in an outage: it could, once, which is still to be confirmed."""
    failing_since: datetime | None = None
    """When the run of failures began; kept until the operator has heard that it is over."""
    reason: str | None = None
    told_at: datetime | None = None
    """When the operator was told of this outage; None outside of one."""


_columns = [health.c[field.name] for field in fields(Health)]


def get(tx: Connection, registry: str) -> Health | None:
    """What is known of a registry; None before the first look at it."""
    row = tx.execute(select(*_columns).where(health.c.registry == registry)).one_or_none()
    return Health(*row) if row else None


def listing(tx: Connection) -> list[Health]:
    """All there is, by registry."""
    return [Health(*row) for row in tx.execute(_all)]


def readable_listing(tx: Connection) -> list[Health]:
    """The same without damaged rows."""
    rows: list[Any] = readable(rows_in_place(tx, _all, (health.c.registry,), health.c.registry))
    return [Health(*row) for row in rows]


_all = select(*_columns).order_by(health.c.registry)


def make_due(tx: Connection, registries: Iterable[str], at: datetime) -> None:
    """Let the next look at these registries be due then, unless it comes sooner."""
    later = health.c.registry.in_(list(registries)) & (health.c.next_check_at > at)
    tx.execute(update(health).where(later).values(next_check_at=at))


def record(tx: Connection, row: Health) -> None:
    """Write this row whole, replacing the former one."""
    put(tx, health, [asdict(row)])
