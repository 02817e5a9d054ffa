"""Who is subscribed, and who of them cannot hear of what they asked for."""

from monitor.model import Subscription
from monitor.storage import bounces, silence
from monitor.storage import subscriptions as kept
from monitor.storage.store import Store


def subscriptions(store: Store) -> tuple[list[Subscription], dict[str, str]]:
    """Every subscription; and of those that cannot hear of everything that they are about, why, by their ids."""
    with store.read() as tx:
        return kept.listing(tx), silence.reasons(tx) | bounces.reasons(tx)
