"""The queries that say what is no longer looked at where a watch ends, and who no longer hears of it."""

from sqlalchemy import ColumnElement, Connection, Select, exists, func, select

from monitor.model import SubscriptionState
from monitor.storage.searches import is_everything
from monitor.storage.tables import searches, subscribed_trials, subscriptions, watched_trials

_other = watched_trials.alias("other")
_is_elsewhere = exists().where(
    _other.c.registry == watched_trials.c.registry,
    _other.c.trial_id == watched_trials.c.trial_id,
    _other.c.watch_id != watched_trials.c.watch_id,
)
_is_mirrored = exists().where(searches.c.registry == watched_trials.c.registry, is_everything)
_is_alive = subscriptions.c.state != SubscriptionState.ENDED


def held_alone(tx: Connection, watch_id: int) -> int:
    """How many of a watch's trials no other one holds."""
    query = select(func.count()).select_from(watched_trials).where(*_alone(watch_id))
    return tx.scalar(query) or 0


def to_watch(tx: Connection, watch_id: int, *, limit: int) -> tuple[list[str], int]:
    """The subscriptions that have not ended to a watch, *limit* at most, and how many there are."""
    return _listed(tx, select(subscriptions.c.id).where(subscriptions.c.watch_id == watch_id, _is_alive), limit)


def named_of_watch_alone(tx: Connection, watch_id: int, *, limit: int) -> tuple[list[str], int]:
    """Those not ended that name a trial which that watch alone holds, as `to_watch` gives them."""
    is_named = (subscribed_trials.c.registry == watched_trials.c.registry) & (
        subscribed_trials.c.trial_id == watched_trials.c.trial_id
    )
    query = (
        select(subscriptions.c.id)
        .join_from(watched_trials, subscribed_trials, is_named)
        .join(subscriptions, subscriptions.c.id == subscribed_trials.c.subscription_id)
        .where(*_alone(watch_id), _is_alive)
        .distinct()
    )
    return _listed(tx, query, limit)


def named(tx: Connection, registry: str, trial_id: str, *, limit: int) -> tuple[list[str], int]:
    """Those that have not ended and name a trial, as `to_watch` gives those."""
    query = (
        select(subscriptions.c.id)
        .join_from(subscribed_trials, subscriptions, subscriptions.c.id == subscribed_trials.c.subscription_id)
        .where(subscribed_trials.c.registry == registry, subscribed_trials.c.trial_id == trial_id, _is_alive)
    )
    return _listed(tx, query, limit)


def _alone(watch_id: int) -> tuple[ColumnElement[bool], ...]:
    return watched_trials.c.watch_id == watch_id, ~_is_elsewhere, ~_is_mirrored


def _listed(tx: Connection, query: Select[tuple[str]], limit: int) -> tuple[list[str], int]:
    count = tx.scalar(select(func.count()).select_from(query.subquery())) or 0
    return list(tx.scalars(query.order_by(subscriptions.c.id).limit(limit))), count
