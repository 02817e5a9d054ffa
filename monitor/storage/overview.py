"""The figures about the whole database that /metrics shows, each from an index."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from monitor.model import DeliveryState
from monitor.storage import backlog, health
from monitor.storage.health import Health
from monitor.storage.tables import registries


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures at one moment."""

    deliveries: Mapping[DeliveryState, int]
    next_delivery_at: datetime | None
    """When the next delivery is due; None where none waits that may be sent."""
    oldest_delivery_at: datetime | None
    """Since when the delivery is owed that waits longest, however often it was claimed, tried and deferred since."""
    postponed_since: datetime | None
    """The same of those that cannot be made ready to be sent."""
    health: Sequence[Health]
    versions: Mapping[str, str]
    """The stamp of each registry's data."""
    confirmed: Mapping[str, datetime]
    """When each registry last named that stamp, at the end of a pass."""

    def check_due_since(self, now: datetime) -> datetime | None:
        """Since when the most overdue check of a registry has been due, or failing; None if none is due."""
        since = [min(each.next_check_at, each.failing_since or each.next_check_at) for each in self.health]
        return min((at for at in since if at <= now), default=None)

    def delivery_due_since(self, now: datetime) -> datetime | None:
        """Since when the most overdue delivery has been due; None if none is owed that may be sent."""
        at = self.oldest_delivery_at
        return at if at and at <= now else None


def overview(tx: Connection) -> Overview:
    """Read all figures, as of this transaction."""
    seen = tx.execute(select(registries.c.registry, registries.c.version_stamp, registries.c.checked_at)).all()
    return Overview(
        deliveries=backlog.counts(tx),
        next_delivery_at=backlog.next_due(tx),
        oldest_delivery_at=backlog.oldest_owed(tx),
        postponed_since=backlog.oldest_postponed(tx),
        health=health.listing(tx),
        versions={row.registry: row.version_stamp for row in seen},
        confirmed={row.registry: row.checked_at for row in seen},
    )
