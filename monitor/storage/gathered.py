"""Events that subscriptions tell in a digest: those that wait for one, and those that one tells.

An event is gathered in the commit that would owe its delivery otherwise, once for a subscription. From then on it
waits; the commit that owes a digest gives it all that waits (`take`), and nothing parts the two again. So each event is
in one digest, whoever dies when. Lock the subscriptions first (`deliveries.lock`).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Connection, and_, func, select, true, update

from monitor.storage.digest_tables import gathered, rhythms
from monitor.storage.statements import chunks, inserting, values_in
from monitor.storage.tables import deliveries, events, subscriptions

Pair = tuple[str, str]
"""(subscription id, event id)"""

_SORTED_AT_ONCE = 100_000
_c = gathered.c
_waits = _c.digest.is_(None)
_number = (
    select(subscriptions.c.last_sequence).where(subscriptions.c.id == _c.subscription_id).correlate(gathered)
).scalar_subquery()
_tells = and_(deliveries.c.subscription_id == _c.subscription_id, deliveries.c.sequence == _c.digest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """How an event stands with a subscription that tells it in a digest."""

    delivery_id: str | None
    """That tells it; None while it waits."""
    due_at: datetime | None
    """When the digest is due that it waits for; None where that is not known."""


def add(tx: Connection, pairs: Iterable[Pair]) -> None:
    """Gather events for subscriptions; what was gathered before stays as it is.

    Many at once are written in the order of the table, which is ten times as fast as in that of the events.
    """
    for some in chunks(pairs, _SORTED_AT_ONCE):
        for chunk in chunks(sorted(some)):
            tx.execute(_adding(inserting(tx, gathered), tx.dialect.name), {"rows": orjson.dumps(chunk).decode()})


@cache
def _adding(insert: Any, dialect: str) -> Any:
    row = values_in("rows", dialect)
    rows = select(row[0].as_string(), row[1].as_string()).where(true())  # without it, SQLite takes ON for a join's
    return insert.from_select(["subscription_id", "event_id"], rows).on_conflict_do_nothing()


def take(tx: Connection, subscription_ids: Collection[str], *, only: Collection[str] | None = None) -> None:
    """Give what waits for these subscriptions, or *only* these events, to the delivery that each was owed last."""
    taking = update(gathered).where(_waits).values(digest=_number)
    parts = [taking] if only is None else [taking.where(_c.event_id.in_(chunk)) for chunk in chunks(sorted(only))]
    for chunk in chunks(sorted(subscription_ids)):
        for part in parts:
            tx.execute(part.where(_c.subscription_id.in_(chunk)))


def waiting(tx: Connection, subscription_ids: Collection[str]) -> dict[str, int]:
    """How many events wait for the next digest of these subscriptions, of those for which any do."""
    query = select(_c.subscription_id, func.count()).where(_waits).group_by(_c.subscription_id)
    found: dict[str, int] = {}
    for chunk in chunks(sorted(subscription_ids)):
        found.update((key, count) for key, count in tx.execute(query.where(_c.subscription_id.in_(chunk))))
    return found


def every_waiting(tx: Connection) -> dict[str, list[str]]:
    """The events that wait for the next digest of each subscription, in order, of all for which any do."""
    found: dict[str, list[str]] = {}
    for key, event_id in tx.execute(select(_c.subscription_id, _c.event_id).where(_waits).order_by(_c.event_id)):
        found.setdefault(key, []).append(event_id)
    return found


def told(tx: Connection, subscription_id: str, event_ids: Iterable[str]) -> set[str]:
    """Those of the events that a subscription tells in a digest, or will."""
    query = select(_c.event_id).where(_c.subscription_id == subscription_id)
    return {each for chunk in chunks(event_ids) for each in tx.scalars(query.where(_c.event_id.in_(chunk)))}


def told_by(tx: Connection, subscription_id: str, digest: int, *, limit: int) -> tuple[Sequence[str], int]:
    """The ids of up to *limit* events of a digest, the most significant and then the latest; and how many it has."""
    mine = and_(_c.subscription_id == subscription_id, _c.digest == digest)
    found = select(_c.event_id).join(events, events.c.id == _c.event_id).where(mine)
    ranked = found.order_by(events.c.significance.desc(), events.c.occurred_at.desc(), events.c.id).limit(limit)
    ids = tx.scalars(ranked).all()
    if len(ids) < limit:
        return ids, len(ids)
    return ids, tx.scalar(select(func.count()).select_from(gathered).where(mine)) or 0


def of_events(tx: Connection, event_ids: Collection[str], subscription_ids: Collection[str]) -> Mapping[Pair, Gathered]:
    """How these events stand with those of the subscriptions that tell them in digests."""
    query = (
        select(_c.subscription_id, _c.event_id, deliveries.c.id, rhythms.c.digest_at)
        .outerjoin(deliveries, _tells)
        .outerjoin(rhythms, rhythms.c.subscription_id == _c.subscription_id)
        .where(_c.subscription_id.in_(sorted(subscription_ids)))
    )
    found = {}
    for chunk in chunks(sorted(event_ids)):
        for subscription_id, event_id, delivery_id, due_at in tx.execute(query.where(_c.event_id.in_(chunk))):
            found[subscription_id, event_id] = Gathered(delivery_id=delivery_id, due_at=due_at)
    return found
