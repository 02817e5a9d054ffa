"""Who is subscribed, and who of them cannot hear of what they asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.model import Subscription
from monitor.storage import bounces, silence
from monitor.storage import subscriptions as kept
from monitor.storage.store import Store


@dataclass(frozen=True, slots=True)
class Listed:
    """Every subscription; and by the ids of some, why they hear less than they asked for."""

    subscriptions: Sequence[Subscription]
    silent: Mapping[str, str]
    """Why those cannot hear of everything that they are about; with the remedy."""
    came_back: Mapping[str, str]
    """What was reported of mails to those that hear of nothing because of it."""


def subscriptions(store: Store) -> Listed:
    """Those there are, the oldest first."""
    with store.read() as tx:
        return Listed(kept.listing(tx), silence.reasons(tx), bounces.reasons(tx))
