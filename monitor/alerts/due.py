"""Whether there is anything to deliver: what most runs ask, before anything is loaded that sends."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from monitor.errors import StoreError
from monitor.storage import attempts, backlog, settlements
from monitor.storage.store import Store

ATTEMPTS_KEPT = timedelta(days=90)


def is_anything_due(store: Store, registries: Iterable[str], *, now: datetime) -> bool:
    """Whether `deliver` would do anything now: send, settle what is pending in these registries, or forget attempts.

    What cannot be read is for `deliver` to say.
    """
    try:
        with store.read() as tx:
            due_at, oldest = backlog.next_due(tx), attempts.oldest(tx)
            pending = bool(settlements.oldest_pending(tx, registries))
    except StoreError:
        return True
    return pending or (due_at is not None and due_at <= now) or (oldest is not None and oldest < now - ATTEMPTS_KEPT)
