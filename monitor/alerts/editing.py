"""Change what a subscription hears of and when, from now on.

The past is not told again by other filters, and what is owed or waits for a digest by the former ones is told all the
same: see `monitor.alerts.settling`, which decides for each event once.
"""

from collections.abc import Callable
from dataclasses import dataclass

from monitor.alerts.subscribe import SubscribeContext
from monitor.errors import ConfigurationInvalid
from monitor.model import Filters, Rhythm, Subscription
from monitor.storage import rhythms, subscriptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Editable:
    """All of a subscription that may be changed."""

    filters: Filters
    rhythm: Rhythm
    note: str | None
    name: str | None


def edit(subscription_id: str, change: Callable[[Editable], Editable], context: SubscribeContext) -> Subscription:
    """Make a subscription what *change* makes of it, which may raise.

    ConfigurationInvalid where a file says what it is, or another has its new name.
    """
    with context.store.begin() as tx:
        before = subscriptions.find(tx, subscription_id)
        if before.origin in ("config", "operator"):
            raise ConfigurationInvalid(f"subscription {before.called} is written in config.toml: change it there")
        was = Editable(filters=before.filters, rhythm=before.rhythm, note=before.note, name=before.name)
        wanted = change(was)
        subscriptions.edit(tx, before.id, wanted.filters, wanted.note)
        if wanted.name != was.name:
            subscriptions.rename(tx, before.id, wanted.name)
        if wanted.rhythm != was.rhythm:
            rhythms.change(tx, before.id, wanted.rhythm, at=context.clock())
        return subscriptions.find(tx, before.id)
