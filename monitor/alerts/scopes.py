"""Which trials subscriptions are about: as conditions that storage searches by, and in words."""

from collections.abc import Callable, Iterable
from contextlib import suppress

from sqlalchemy import Connection

from monitor.changes.searches import search_words
from monitor.changes.watch_names import unnamed
from monitor.errors import NothingFound, StoreCorrupt
from monitor.language.worded import worded
from monitor.model import Change, Subscription
from monitor.storage import searches, seen, watches
from monitor.storage.pages import MOST_NAMED, Key, Within
from monitor.storage.statements import chunks

_SAID = 3
"""Trials that say what a subscription is about."""


def trials_of(tx: Connection, subscription: Subscription) -> list[Within]:
    """The trials that a subscription is about now; no trial is in two of these.

    Trials by name are with those that joined watches as their siblings. Of a watch that is gone there are none.
    """
    if subscription.everything:
        return [Within()]
    if subscription.group is not None:
        watched = tuple(sorted(subscription.watches))
        return [Within(watches=watched)] if watched else []
    if subscription.watch_id is not None:
        with suppress(NothingFound):
            return [_of_watch(tx, subscription.watch_id)]
        return []
    return named(seen.with_siblings(tx, subscription.trials))


def _of_watch(tx: Connection, watch_id: int) -> Within:
    looks_for = watches.get(tx, watch_id).looks_for
    mirrored = looks_for.registry if looks_for and looks_for.search.is_everything else None
    return Within(watches=(watch_id,), registry=mirrored)


def named(keys: Iterable[Key]) -> list[Within]:
    """Trials by their names, MOST_NAMED at once."""
    return [Within(trials=tuple(chunk)) for chunk in chunks(sorted(keys), MOST_NAMED)]


def looked_for(tx: Connection, about: Iterable[Subscription]) -> dict[str, str]:
    """What the watches of subscriptions look for, by subscription, for people who do not know what a watch is.

    One that holds trials by their ids looks for nothing. An alert that cannot say it is better than none.
    """
    watched = {each.id: each.watch_id for each in about if each.watch_id is not None}
    with suppress(StoreCorrupt):
        known = searches.known(tx, set(watched.values()))
        return {each: search_words(known[watch_id].search) for each, watch_id in watched.items() if watch_id in known}
    return {}


def as_told(subscription: Subscription) -> Callable[[Iterable[Change]], tuple[Change, ...]]:
    """What makes changes as a subscription may be told them: a stranger is not told what watches are called."""
    return tuple if subscription.knows_watches else unnamed


def about(tx: Connection, subscription: Subscription) -> str:
    """What a subscription is about, for who does not know what a watch is."""
    if subscription.everything:
        return worded("every trial that is watched here")
    if subscription.group is not None:
        return worded("the trials of {watch}", watch=subscription.watch_called)
    if subscription.watch_id is not None:
        watched = searches.get(tx, subscription.watch_id)
        return (
            search_words(watched.search)
            if watched
            else worded("the trials of {watch}", watch=subscription.watch_called)
        )
    if subscription.origin == "operator":
        return worded("trouble with this service")
    ids = sorted(trial_id for _, trial_id in subscription.trials)
    if not ids:
        return worded("trials that are not watched any more")
    said = ", ".join(ids[:_SAID])
    return worded("{trials} and {count} more", trials=said, count=len(ids) - _SAID) if ids[_SAID:] else said
