"""Make the counts of lists anew where they are wrong."""

from monitor.storage import list_counts
from monitor.storage.store import Store


def mend(store: Store) -> int:
    """How many counts were wrong, and are not any more."""
    with store.read() as tx:
        if not list_counts.wrong(tx):
            return 0
    with store.begin() as tx:
        found = list_counts.wrong(tx)
        list_counts.count_anew(tx)
    return found
