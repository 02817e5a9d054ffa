"""The rows of subscriptions as values, and the way back. A damaged filter is none: see `subscriptions`."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from monitor.model import Endpoint, Filters, Subscription, SubscriptionState, WatchGroup
from monitor.model.language import ENGLISH
from monitor.storage import bodies, filters, groups, rhythms
from monitor.storage.digest_tables import rhythms as rhythm_rows
from monitor.storage.group_tables import subscribed_groups, watch_groups
from monitor.storage.statements import chunks
from monitor.storage.tables import endpoints, subscribed_trials, subscriptions, watches
from monitor.storage.team_tables import team_members

_columns_of_filters = attrgetter(*(column.name for column in filters.COLUMNS))
_of_endpoint = (endpoints.c[name] for name in ("way", "shown", "failing_since", "disabled_at"))
_of_others = (
    *rhythms.COLUMNS,
    watches.c.name.label("watch_name"),
    watch_groups.c.id.label("group_id"),
    watch_groups.c.name.label("group_name"),
    team_members.c.team,
)
WHOLE = (
    select(subscriptions, *_of_endpoint, *_of_others)
    .join_from(subscriptions, endpoints)
    .outerjoin(watches, watches.c.id == subscriptions.c.watch_id)
    .outerjoin(rhythm_rows, rhythm_rows.c.subscription_id == subscriptions.c.id)
    .outerjoin(subscribed_groups, subscribed_groups.c.subscription_id == subscriptions.c.id)
    .outerjoin(watch_groups, watch_groups.c.id == subscribed_groups.c.group_id)
    .outerjoin(team_members, team_members.c.subscription_id == subscriptions.c.id)
)
"""All of a subscription that is one row."""


def restored_all(tx: Connection, rows: Sequence[Row[Any]]) -> Iterator[Subscription]:
    """The subscriptions of rows of WHOLE, in their order."""
    for chunk in chunks(rows):
        trials = trials_of(tx, [row.id for row in chunk])
        held = groups.watches_of(tx, {row.group_id for row in chunk if row.group_id is not None})
        about = {
            each.group_id: WatchGroup(each.group_id, each.group_name, held[each.group_id])
            for each in chunk
            if each.group_id is not None
        }
        yield from (_restored(row, trials[row.id], about.get(row.group_id)) for row in chunk)


def _restored(row: Row[Any], trials: set[tuple[str, str]], group: WatchGroup | None) -> Subscription:
    has_business = trials or row.everything or row.watch_id is not None or group or row.origin == "operator"
    return Subscription(
        id=row.id,
        endpoint=Endpoint(
            id=row.endpoint_id,
            channel=row.way,
            shown=row.shown,
            address="",
            failing_since=row.failing_since,
            disabled_at=row.disabled_at,
        ),
        trials=frozenset(trials),
        watch_id=row.watch_id,
        watch=row.watch_name,
        group=group,
        team=row.team,
        name=row.label or row.name,
        everything=row.everything,
        filters=filters.restored_or_none(*_columns_of_filters(row)),
        rhythm=rhythms.of_row(row),
        note=row.note,
        language=row.language or ENGLISH,
        paused_at=row.paused_at,
        paused_until=row.paused_until,
        ended_at=row.ended_at,
        state=row.state if has_business else SubscriptionState.ENDED,
        origin=row.origin,
        created_at=row.created_at,
    )


def filters_of(row: Row[Any]) -> Filters:
    """The filters of a row of WHOLE. Raise StoreCorrupt where they are damaged."""
    try:
        return filters.restored(*_columns_of_filters(row))
    except (TypeError, ValueError) as error:
        raise bodies.damaged(f"subscription {row.id}", "its filters make no sense") from error


def trials_of(tx: Connection, ids: Iterable[str]) -> dict[str, set[tuple[str, str]]]:
    """The trials that each subscription names; an empty set for one that names none."""
    trials: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for chunk in chunks(ids):
        for row in tx.execute(select(subscribed_trials).where(subscribed_trials.c.subscription_id.in_(chunk))):
            trials[row.subscription_id].add((row.registry, row.trial_id))
    return trials


def values_of(subscription: Subscription) -> dict[str, Any]:
    """The columns that a changed block of the configuration may change."""
    return {
        "endpoint_id": subscription.endpoint.id,
        "watch_id": subscription.watch_id,
        "everything": subscription.everything,
        **filters.values_of(subscription.filters),
        "note": subscription.note,
        "language": language_column(subscription.language),
        "origin": subscription.origin,
    }


def language_column(language: str) -> str | None:
    """As the column has it."""
    return None if language == ENGLISH else language


def name_trials(tx: Connection, subscription_id: str, trials: Iterable[tuple[str, str]]) -> None:
    """Have a subscription name these trials, none of which it names yet."""
    for chunk in chunks(sorted(trials)):
        rows = [
            {"registry": registry, "trial_id": trial_id, "subscription_id": subscription_id}
            for registry, trial_id in chunk
        ]
        tx.execute(insert(subscribed_trials), rows)
