"""Who covers trials where these may be a million: how many at the least, and some at a time, by their ids.

What `monitor.storage.covering` finds at once, these find in parts that fit into memory and into a short transaction.
Each way of covering a trial has an index that is in the order of subscriptions, but for groups, which are few.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, func, literal, select

from monitor.errors import StoreCorrupt
from monitor.storage.covering import ASKED, IS_ACTIVE, OF_GROUPS, OF_SIBLINGS, Covering, by_place, watches_of
from monitor.storage.group_tables import grouped_watches
from monitor.storage.sibling_tables import joined_siblings
from monitor.storage.statements import rows_of
from monitor.storage.tables import subscribed_trials, subscriptions

_c = subscriptions.c
_EVERYTHING, _WATCH, _TRIAL = "everything", "watch", "trial"
_Way = tuple[str, Select[Any]]
"""What is covered, and a query as `covering.by_place` takes its rows."""


@dataclass(frozen=True, slots=True)
class Some:
    """Who covers some trials, of those behind the last ones."""

    covering: Covering
    up_to: str | None
    """The id of the last subscription that was looked at; None where there is none behind."""


def least(tx: Connection, registry: str, trial_ids: Sequence[str], most: int) -> int:
    """How many cover any of these trials, those who do in two ways twice; where they are more than *most*, one more.

    No way costs more than so many entries of an index.
    """
    count = 0
    for _, way in _ways(registry, trial_ids, watches_of(tx, registry, trial_ids)):
        ones = way.with_only_columns(literal(1), maintain_column_froms=True).limit(most - count + 1)
        count += tx.scalar(select(func.count()).select_from(ones.subquery())) or 0
        if count > most:
            break
    return count


def some(tx: Connection, registry: str, trial_ids: Sequence[str], *, after: str | None, limit: int) -> Some:
    """Who covers any of these trials, behind the subscription *after* in the order of ids; up to *limit*.

    They are all that there are up to the id that is given with them.
    """
    held = watches_of(tx, registry, trial_ids)
    found: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    ends: list[str] = []
    for kind, way in _ways(registry, trial_ids, held):
        query = way.where(_c.id > after) if after is not None else way
        rows, end = _read(tx, query.order_by(_c.id).limit(limit), limit)
        found[kind] += rows
        ends += [end] if end is not None else []
    ids = sorted({row.id for rows in found.values() for row in rows})
    up_to = min([*ends, *ids[limit - 1 : limit if len(ids) > limit else 0]], default=None)
    groups = {
        kind: by_place(tx, (tuple(row) for row in rows if up_to is None or row.id <= up_to))
        for kind, rows in found.items()
    }
    covering = Covering(
        everything=groups.get(_EVERYTHING, {}).get(None, {}),
        by_watch=groups.get(_WATCH, {}),
        by_trial=groups.get(_TRIAL, {}),
        watches=held[0],
    )
    return Some(covering, up_to)


def _read(tx: Connection, query: Select[Any], limit: int) -> tuple[Sequence[Row[Any]], str | None]:
    """The rows, without those that are damaged; and the id of the last one where there may be more."""
    try:
        rows: Sequence[Row[Any]] = tx.execute(query).all()
        ids = [row.id for row in rows]
    except StoreCorrupt:
        ids = list(tx.scalars(query.with_only_columns(_c.id, maintain_column_froms=True)))
        rows = list(rows_of(tx, query.limit(None).order_by(None), _c.id, ids, {}))
    return rows, ids[-1] if len(ids) == limit else None


def _ways(registry: str, trial_ids: Sequence[str], held: tuple[dict[str, list[int]], set[str]]) -> list[_Way]:
    """A query for each way in which somebody covers any of these trials, each in the order of an index."""
    watches, joined = held
    ways: list[_Way] = [(_EVERYTHING, select(literal(None), *ASKED).where(_c.everything, IS_ACTIVE))]
    for watch_id in sorted({each for those in watches.values() for each in those}):
        ways.append((_WATCH, select(_c.watch_id, *ASKED).where(IS_ACTIVE, _c.watch_id == watch_id)))
        ways.append((_WATCH, OF_GROUPS.where(grouped_watches.c.watch_id == watch_id)))
    named = subscribed_trials.c
    for trial_id in trial_ids:
        of_trial = select(named.trial_id, *ASKED).join_from(subscribed_trials, subscriptions)
        ways.append((_TRIAL, of_trial.where(IS_ACTIVE, named.registry == registry, named.trial_id == trial_id)))
    for trial_id in sorted(joined):
        of_sibling = (joined_siblings.c.registry == registry, joined_siblings.c.trial_id == trial_id)
        ways.append((_TRIAL, OF_SIBLINGS.where(*of_sibling)))
    return ways
