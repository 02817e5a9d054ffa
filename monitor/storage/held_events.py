"""Which events a hold held, and what became of each.

That an event was held stays noted. What became of it is read from `settlements`, in which an event that was told has no
row: so it is right also of one that was released here, and waits behind another hold.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select, update

from monitor.model import Settlement
from monitor.storage.settling_tables import held_events, holds, settlements
from monitor.storage.statements import chunks


class Became(StrEnum):
    """What became of an event that was held."""

    HELD = "held"
    """It waits for the operator, in this hold or in another."""
    WAITING = "waiting"
    """It was released, and is told once another hold of its trial is decided, or its settle window is over."""
    TOLD = "told"
    """To everybody who asks for such changes."""
    DISCARDED = "discarded"
    FOLDED = "folded"
    """It was reverted within the settle window."""
    GIVEN_UP = "given up"
    """It was released, and was so damaged that it could not be told."""


@dataclass(frozen=True, slots=True)
class HeldEvent:
    """An event that was held."""

    event_id: str
    became: Became
    behind: int | None
    """The hold that it waits for, where that is another one."""


def note(tx: Connection, hold_id: int, event_ids: Iterable[str]) -> None:
    """Note that a hold holds these, which it did not hold before."""
    for chunk in chunks(event_ids):
        tx.execute(
            insert(held_events), [{"hold_id": hold_id, "event_id": each, "is_given_up": False} for each in chunk]
        )


def give_up(tx: Connection, hold_id: int, event_ids: Iterable[str]) -> None:
    """Note that these were released, and could not be told."""
    for chunk in chunks(event_ids):
        of_these = (held_events.c.hold_id == hold_id) & held_events.c.event_id.in_(chunk)
        tx.execute(update(held_events).where(of_these).values(is_given_up=True))


def released(tx: Connection, event_ids: Iterable[str]) -> dict[str, datetime]:
    """When those of these events were released last that ever were."""
    at = func.max(holds.c.decided_at, type_=holds.c.decided_at.type)
    query = _released.with_only_columns(held_events.c.event_id, at).group_by(held_events.c.event_id)
    return {
        row[0]: row[1]
        for chunk in chunks(event_ids)
        for row in tx.execute(query.where(held_events.c.event_id.in_(chunk)))
    }


def released_since(tx: Connection, since: datetime, *, limit: int) -> list[str]:
    """Up to *limit* events that were released then or later, those of the latest release first."""
    lately = select(holds.c.id).where(holds.c.decision == "released", holds.c.decided_at >= since)
    found: dict[str, None] = {}
    for hold_id in tx.scalars(lately.order_by(holds.c.decided_at.desc())).all():
        # In the order of the primary key, so that no more are read of a hold than are wanted.
        of_hold = select(held_events.c.event_id).where(held_events.c.hold_id == hold_id, ~held_events.c.is_given_up)
        found |= dict.fromkeys(tx.scalars(of_hold.order_by(held_events.c.event_id).limit(limit - len(found))))
        if len(found) >= limit:
            break
    return list(found)


_released = (
    select(held_events)
    .join(holds, holds.c.id == held_events.c.hold_id)
    .where(holds.c.decision == "released", ~held_events.c.is_given_up)
)


def page(tx: Connection, hold_id: int, *, after: str | None, limit: int) -> list[HeldEvent]:
    """Up to *limit* events that a hold held, in the order of their ids, behind *after*."""
    query = _of(hold_id).add_columns(held_events.c.event_id).order_by(held_events.c.event_id).limit(limit)
    if after is not None:
        query = query.where(held_events.c.event_id > after)
    return [_restored(row, hold_id) for row in tx.execute(query)]


def counts(tx: Connection, hold_id: int) -> dict[Became, int]:
    """How many events a hold held, by what became of them; without those of which there are none."""
    found: dict[Became, int] = {}
    query = _of(hold_id).add_columns(func.count().label("events"))
    for row in tx.execute(query.group_by(held_events.c.is_given_up, settlements.c.settlement, settlements.c.hold_id)):
        became = _became(row)
        found[became] = found.get(became, 0) + row.events
    return {each: found[each] for each in Became if each in found}


def _of(hold_id: int) -> Select[Any]:
    return (
        select(held_events.c.is_given_up, settlements.c.settlement, settlements.c.hold_id)
        .outerjoin(settlements, settlements.c.event_id == held_events.c.event_id)
        .where(held_events.c.hold_id == hold_id)
    )


_SETTLED = {
    None: Became.TOLD,
    Settlement.HELD: Became.HELD,
    Settlement.WAITING: Became.WAITING,
    Settlement.PENDING: Became.WAITING,
    Settlement.TELLING: Became.TOLD,
    Settlement.DISCARDED: Became.DISCARDED,
    Settlement.FOLDED: Became.FOLDED,
}


def _became(row: Row[Any]) -> Became:
    return Became.GIVEN_UP if row.is_given_up else _SETTLED[row.settlement]


def _restored(row: Row[Any], hold_id: int) -> HeldEvent:
    became = _became(row)
    is_elsewhere = became in (Became.HELD, Became.WAITING) and row.hold_id != hold_id
    return HeldEvent(row.event_id, became, row.hold_id if is_elsewhere else None)
