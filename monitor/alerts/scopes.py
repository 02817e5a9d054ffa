"""Which trials a subscription is about, as conditions that storage searches by."""

from collections.abc import Iterable
from contextlib import suppress

from sqlalchemy import Connection

from monitor.errors import NothingFound
from monitor.model import Subscription
from monitor.storage import seen, watches
from monitor.storage.pages import MOST_NAMED, Key, Within
from monitor.storage.statements import chunks


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
