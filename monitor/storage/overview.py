"""The figures of the whole database that /metrics shows, each from an index."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from monitor.model import Standing
from monitor.storage import deliveries, health
from monitor.storage.health import Health
from monitor.storage.tables import registries


@dataclass(frozen=True, slots=True)
class Overview:
    """What stands where at one moment."""

    deliveries: Mapping[Standing, int]
    next_delivery_at: datetime | None
    """When the delivery is due that waits longest; None where none waits that may be sent."""
    health: Sequence[Health]
    versions: Mapping[str, str]
    """The stamp of each registry's data."""


def overview(tx: Connection) -> Overview:
    """Everything, as of this transaction."""
    versions = tx.execute(select(registries.c.registry, registries.c.version_stamp)).all()
    return Overview(
        deliveries=deliveries.counts(tx),
        next_delivery_at=deliveries.next_due(tx),
        health=health.listing(tx),
        versions={row.registry: row.version_stamp for row in versions},
    )
