"""Who an event was told: counted by how their deliveries stand, never listed whole, for they may be a million."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from monitor.model import Delivery, DeliveryState
from monitor.storage.delivery_rows import LISTED_COLUMNS, restored
from monitor.storage.digest_tables import gathered
from monitor.storage.tables import deliveries

COUNTED = 10_000
"""No count goes on above this: it would take longer than anybody looks at it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldCounts:
    """How many subscriptions an event is told to."""

    delivered: int
    owed: int
    rejected: int
    digests: int
    """Of those that hear of it in a digest."""

    @property
    def all(self) -> int:
        """Whoever it is told to, or is to be."""
        return self.delivered + self.owed + self.rejected + self.digests


def counts(tx: Connection, event_id: str) -> ToldCounts:
    """How many subscriptions an event is told to; COUNTED at most of each way."""
    of_event = select(deliveries.c.standing).where(deliveries.c.event_id == event_id).limit(COUNTED).subquery()
    by_state = {
        row[0]: row[1] for row in tx.execute(select(of_event.c.standing, func.count()).group_by(of_event.c.standing))
    }
    waiting = select(gathered.c.event_id).where(gathered.c.event_id == event_id).limit(COUNTED).subquery()
    return ToldCounts(
        delivered=by_state.get(DeliveryState.DELIVERED, 0),
        owed=by_state.get(DeliveryState.OWED, 0),
        rejected=by_state.get(DeliveryState.REJECTED, 0),
        digests=tx.scalar(select(func.count()).select_from(waiting)) or 0,
    )


def some(tx: Connection, event_id: str, *, limit: int) -> Sequence[Delivery]:
    """The first *limit* of its deliveries, without bodies, in the order of the subscriptions' ids."""
    query = select(*LISTED_COLUMNS).where(deliveries.c.event_id == event_id)
    return [restored(row) for row in tx.execute(query.order_by(deliveries.c.subscription_id).limit(limit))]
