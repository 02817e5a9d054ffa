"""The outbox a page at a time, for those who look after it: no page takes longer as the table grows.

A page is found by the moment and the id of the row that it begins behind. What is owed comes by its next attempt, the
soonest first, and so may stand on two pages where that moves on in between; what fails comes by when it was owed, the
one that waits longest first; everything else comes newest first.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, func, select

from monitor.errors import StoreCorrupt
from monitor.model import Delivery, DeliveryState
from monitor.storage.deliveries import IS_FAILING, IS_OWED, IS_REJECTED
from monitor.storage.delivery_rows import LISTED_COLUMNS, restored
from monitor.storage.places import Place, is_behind
from monitor.storage.statements import rows_of
from monitor.storage.tables import deliveries, events
from monitor.storage.unread import Unread, readable, rows_in_place

COUNTED = 10_000
"""No count goes on above this: it would take longer than anybody looks at it."""


class DeliveryList(StrEnum):
    """Which deliveries a list holds."""

    ALL = "all"
    OWED = "owed"
    FAILING = "failing"
    """Owed, and tried or made ready in vain before."""
    DELIVERED = "delivered"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Among:
    """Which deliveries are looked at; without any condition, all of them."""

    trial: tuple[str, str] | None = None
    """Registry and trial id."""
    subscriptions: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """Deliveries without their bodies, in order."""

    deliveries: tuple[Delivery, ...]
    damaged: Mapping[str, str]
    """By id, what is wrong with those of the page that cannot be read."""
    next: Place | None
    """Where the next page begins; None where there is none."""


_IS_IN: Mapping[DeliveryList, tuple[ColumnElement[bool], ...]] = {
    DeliveryList.ALL: (),
    DeliveryList.OWED: (IS_OWED,),
    DeliveryList.FAILING: (IS_FAILING,),
    DeliveryList.DELIVERED: (deliveries.c.standing == DeliveryState.DELIVERED,),
    DeliveryList.REJECTED: (IS_REJECTED,),
}
_ASCENDING = frozenset({DeliveryList.OWED, DeliveryList.FAILING})


def page(tx: Connection, which: DeliveryList, among: Among, *, before: Place | None = None, limit: int) -> DeliveryPage:
    """Up to *limit* deliveries of a list, those that stand behind the place *before* in its order."""
    at = _moment_of(which)
    is_ascending = which in _ASCENDING
    query = select(deliveries.c.id, at.label("at")).where(*_IS_IN[which], *_is_among(among))
    if before is not None:
        query = query.where(is_behind(at, deliveries.c.id, before, is_ascending=is_ascending))
    order = (at, deliveries.c.id) if is_ascending else (at.desc(), deliveries.c.id.desc())
    keys = rows_in_place(tx, query.order_by(*order).limit(limit + 1), (deliveries.c.id,), deliveries.c.id)
    shown = keys[:limit]
    ids = [row.name if isinstance(row, Unread) else row.id for row in shown]
    damaged: dict[str, StoreCorrupt] = {}
    rows = rows_of(tx, select(*LISTED_COLUMNS), deliveries.c.id, ids, damaged)
    known = {delivery.id: delivery for delivery in map(restored, rows)}
    placed = readable(shown)
    return DeliveryPage(
        tuple(known[each] for each in ids if each in known),
        {key: str(error) for key, error in damaged.items()},
        Place(placed[-1].at, placed[-1].id) if placed and len(keys) > limit else None,
    )


def count_behind(tx: Connection, which: DeliveryList, among: Among, place: Place | None, *, most: int) -> int:
    """How many deliveries of a list come behind a place, *most* at most; 0 behind none."""
    if place is None:
        return 0
    at = _moment_of(which)
    is_after = is_behind(at, deliveries.c.id, place, is_ascending=which in _ASCENDING)
    found = select(deliveries.c.id).where(*_IS_IN[which], *_is_among(among), is_after).limit(most).subquery()
    return tx.scalar(select(func.count()).select_from(found)) or 0


def counts(tx: Connection) -> dict[DeliveryList, int]:
    """How many deliveries there are in the lists that want somebody's attention, COUNTED at most."""
    return {which: _count(tx, which) for which in (DeliveryList.OWED, DeliveryList.FAILING, DeliveryList.REJECTED)}


def _count(tx: Connection, which: DeliveryList) -> int:
    found = select(_moment_of(which)).where(*_IS_IN[which]).limit(COUNTED).subquery()
    return tx.scalar(select(func.count()).select_from(found)) or 0


def _moment_of(which: DeliveryList) -> ColumnElement[datetime]:
    """What a list is sorted by; there is an index of each."""
    match which:
        case DeliveryList.OWED:
            return deliveries.c.next_attempt_at
        case DeliveryList.FAILING:
            return deliveries.c.owed_at
        case DeliveryList.REJECTED:
            return deliveries.c.finished_at
    return deliveries.c.created_at


def _is_among(among: Among) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if among.trial is not None:
        registry, trial_id = among.trial
        of_trial = select(events.c.id).where(events.c.registry == registry, events.c.trial_id == trial_id)
        conditions.append(deliveries.c.event_id.in_(of_trial))
    if among.subscriptions is not None:
        conditions.append(deliveries.c.subscription_id.in_(sorted(among.subscriptions)))
    return conditions
