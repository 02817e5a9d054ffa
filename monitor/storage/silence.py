"""Which subscriptions cannot get any alert, and why: a trial that nobody watches is never checked."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, bindparam, exists, or_, select, true

from monitor.model import SubscriptionState
from monitor.storage.group_tables import grouped_watches, subscribed_groups, watch_groups
from monitor.storage.searches import is_everything
from monitor.storage.tables import searches, subscribed_trials, subscriptions, watched_trials
from monitor.text import first_few

SHOWN = 3
"""Of many trials, how many are named."""
_held = exists().where(
    watched_trials.c.registry == bindparam("registry"), watched_trials.c.trial_id == bindparam("trial_id")
)
_mirrored = exists().where(searches.c.registry == bindparam("registry"), is_everything)
_is_watched = select(or_(_held, _mirrored))
_goes_on = subscriptions.c.state.in_((SubscriptionState.ACTIVE, SubscriptionState.PAUSED))
"""Of a subscription: that it hears of changes, or will once it is resumed."""


def reasons(tx: Connection, *, only: Collection[str] | None = None) -> dict[str, str]:
    """Why a subscription, active or paused, hears of nothing or not of all that it is about: words by its id.

    With *only*, of those of these ids alone.
    """
    meant = true() if only is None else subscriptions.c.id.in_(sorted(only))
    return _about_unwatched_trials(tx, meant) | _about_nothing(tx, meant)


def is_watched(tx: Connection, registry: str, trial_id: str) -> bool:
    """Whether a pass checks a trial."""
    return bool(tx.scalar(_is_watched, {"registry": registry, "trial_id": trial_id}))


def _about_unwatched_trials(tx: Connection, meant: ColumnElement[bool]) -> dict[str, str]:
    held = exists().where(
        watched_trials.c.registry == subscribed_trials.c.registry,
        watched_trials.c.trial_id == subscribed_trials.c.trial_id,
    )
    mirrored = exists().where(searches.c.registry == subscribed_trials.c.registry, is_everything)
    query = (
        select(subscribed_trials.c.subscription_id, subscribed_trials.c.trial_id)
        .join(subscriptions, subscriptions.c.id == subscribed_trials.c.subscription_id)
        .where(meant, _goes_on, ~held, ~mirrored)
        .order_by(subscribed_trials.c.trial_id)
    )
    unwatched = defaultdict(list)
    for subscription_id, trial_id in tx.execute(query):
        unwatched[subscription_id].append(trial_id)
    return {subscription_id: _not_watched(ids) for subscription_id, ids in unwatched.items()}


def _not_watched(trial_ids: list[str]) -> str:
    named = first_few(trial_ids, SHOWN)
    ids = " ".join(trial_ids[:SHOWN]) + (" …" if len(trial_ids) > SHOWN else "")
    return f"{named} {'is' if len(trial_ids) == 1 else 'are'} not watched: `monitor watch add {ids}`"


def _about_nothing(tx: Connection, meant: ColumnElement[bool]) -> dict[str, str]:
    """Those about a watch or a group that holds nothing, or about everything where nothing is watched."""
    holds = exists().where(watched_trials.c.watch_id == subscriptions.c.watch_id)
    looks = exists().where(searches.c.watch_id == subscriptions.c.watch_id)
    about_a_watch = select(subscriptions.c.id, subscriptions.c.watch_id).where(
        meant, _goes_on, subscriptions.c.watch_id.is_not(None), ~holds, ~looks
    )
    found = {
        subscription_id: f"watch {watch_id} holds no trial: `monitor subscriptions remove {subscription_id[:8]}`"
        for subscription_id, watch_id in tx.execute(about_a_watch)
    }
    found |= _about_empty_groups(tx, meant)
    if not tx.scalar(select(or_(exists().select_from(watched_trials), exists().select_from(searches)))):
        about_everything = select(subscriptions.c.id).where(meant, _goes_on, subscriptions.c.everything)
        found |= dict.fromkeys(tx.scalars(about_everything), "nothing is watched yet: `monitor watch add TRIAL_ID`")
    return found


def _about_empty_groups(tx: Connection, meant: ColumnElement[bool]) -> dict[str, str]:
    """Those about a group of which no watch holds anything or looks for anything."""
    of_group = grouped_watches.c.group_id == subscribed_groups.c.group_id
    holds = exists().where(of_group, watched_trials.c.watch_id == grouped_watches.c.watch_id)
    looks = exists().where(of_group, searches.c.watch_id == grouped_watches.c.watch_id)
    query = (
        select(subscriptions.c.id, watch_groups.c.name)
        .join_from(subscriptions, subscribed_groups)
        .join(watch_groups)
        .where(meant, _goes_on, ~holds, ~looks)
    )
    return {
        subscription_id: f"group “{name}” holds no trial: `monitor watch group '{name}' WATCH` puts a watch into it"
        for subscription_id, name in tx.execute(query)
    }
