"""Groups of watches: what subscriptions are about together. A watch may be in several groups.

A group begins with the first watch that is put into it. It ends when no watch is left in it and nobody is subscribed
to it any more; somebody may subscribe before, and hears of nothing while it is empty: see `silence`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, delete, exists, insert, select

from monitor.errors import ConfigurationInvalid, NothingFound
from monitor.model import SubscriptionState, WatchGroup
from monitor.storage.group_tables import grouped_watches, subscribed_groups, watch_groups
from monitor.storage.statements import add_new, chunks
from monitor.storage.tables import subscriptions, watches

_grouped = grouped_watches.c
Origin = Literal["command", "config"]


def find(tx: Connection, name: str, *, remedy: str = "") -> WatchGroup:
    """The group of that name. NothingFound, with the *remedy*, where there is none; usually to make it."""
    found = tx.scalar(select(watch_groups.c.id).where(watch_groups.c.name == name))
    if found is None:
        called = name[:80]
        remedy = remedy or f"`monitor watch group '{called}' WATCH` makes it, or groups = […] in a [[watch]]"
        raise NothingFound(f"there is no group of watches “{called}”: {remedy}")
    return WatchGroup(found, name, watches_of(tx, [found])[found])


def names(tx: Connection) -> set[str]:
    """What all groups are called."""
    return set(tx.scalars(select(watch_groups.c.name)))


def watches_of(tx: Connection, group_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """The watches of each of the groups."""
    held: dict[int, set[int]] = {each: set() for each in group_ids}
    query = select(_grouped.group_id, _grouped.watch_id)
    for chunk in chunks(sorted(held)):
        for group_id, watch_id in tx.execute(query.where(_grouped.group_id.in_(chunk))):
            held[group_id].add(watch_id)
    return {each: frozenset(those) for each, those in held.items()}


def names_by_watch(
    tx: Connection, *, origin: Origin | None = None, only: Collection[int] | None = None
) -> dict[int, list[str]]:
    """The names of the groups of each watch that is in one, in order; of *only* those watches where they are given.

    With an *origin*, only what that put there.
    """
    query = select(_grouped.watch_id, watch_groups.c.name).join_from(grouped_watches, watch_groups)
    if origin is not None:
        query = query.where(_grouped.origin == origin)
    if only is not None:
        query = query.where(_grouped.watch_id.in_(only))
    names: defaultdict[int, list[str]] = defaultdict(list)
    for watch_id, name in tx.execute(query.order_by(watch_groups.c.name)):
        names[watch_id].append(name)
    return dict(names)


def put(tx: Connection, name: str, watch_ids: Iterable[int], *, origin: Origin, at: datetime) -> list[int]:
    """Put watches into the group of that name, which is made where there is none; give those that are new in it."""
    add_new(tx, watch_groups, [{"name": name, "created_at": at}])
    group_id = tx.execute(select(watch_groups.c.id).where(watch_groups.c.name == name)).scalar_one()
    rows = [{"watch_id": each, "group_id": group_id, "origin": origin} for each in dict.fromkeys(watch_ids)]
    return sorted(row.watch_id for row in add_new(tx, grouped_watches, rows, returning=(_grouped.watch_id,)))


def take_out(tx: Connection, group: WatchGroup, watch_id: int) -> None:
    """Take a watch out of a group that a command put it into. NothingFound where it is not in it."""
    is_there = (_grouped.group_id == group.id) & (_grouped.watch_id == watch_id)
    origin = tx.scalar(select(_grouped.origin).where(is_there))
    if origin is None:
        raise NothingFound(f"watch {watch_id} is not in group “{group.name}”: `monitor watch list` shows what is")
    if origin == "config":
        raise ConfigurationInvalid(
            f"the configuration puts watch {watch_id} into group “{group.name}”: change it there"
        )
    tx.execute(delete(grouped_watches).where(is_there))
    forget_empty(tx)


def leave_all(tx: Connection, watch_id: int) -> None:
    """Take a watch out of all groups, whatever put it there."""
    tx.execute(delete(grouped_watches).where(_grouped.watch_id == watch_id))


def forget_empty(tx: Connection) -> None:
    """End the groups that no watch is in, and that nobody is subscribed to who has not ended."""
    is_held = exists().where(_grouped.group_id == watch_groups.c.id)
    is_wanted = exists().where(
        subscribed_groups.c.group_id == watch_groups.c.id,
        subscriptions.c.id == subscribed_groups.c.subscription_id,
        subscriptions.c.state != SubscriptionState.ENDED,
    )
    tx.execute(delete(watch_groups).where(~is_held, ~is_wanted))


def apply_config(tx: Connection, wanted: Mapping[str, Iterable[str]], at: datetime) -> None:
    """Make what the configuration puts into groups this: the groups of each of its watches, by the watch's name.

    Nothing is written where all is as wanted. What a command put into a group stays in it.
    """
    present = {(watch, name) for watch, names in names_by_watch(tx, origin="config").items() for name in names}
    if not wanted and not present:
        return
    ids = {row.name: row.id for row in tx.execute(select(watches.c.id, watches.c.name)) if row.name in wanted}
    meant = {(ids[watch], name) for watch, names in wanted.items() if watch in ids for name in names}
    for watch_id, name in sorted(present - meant):
        of_group = select(watch_groups.c.id).where(watch_groups.c.name == name).scalar_subquery()
        is_there = (_grouped.watch_id == watch_id) & (_grouped.group_id == of_group)
        tx.execute(delete(grouped_watches).where(is_there))
    for watch_id, name in sorted(meant - present):
        put(tx, name, [watch_id], origin="config", at=at)
    if present - meant:
        forget_empty(tx)


def subscribe(tx: Connection, subscription_id: str, group: WatchGroup | None) -> None:
    """Make a subscription be about a group of watches, or about none."""
    tx.execute(delete(subscribed_groups).where(subscribed_groups.c.subscription_id == subscription_id))
    if group is not None:
        tx.execute(insert(subscribed_groups).values(subscription_id=subscription_id, group_id=group.id))
