"""Whether there is anything to deliver: what most runs ask, before anything is loaded that sends."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from monitor.errors import StoreError
from monitor.storage import attempts, backlog, pauses, questions, settlements
from monitor.storage.store import Store

ATTEMPTS_KEPT = timedelta(days=90)


def is_anything_due(store: Store, registries: Iterable[str], *, now: datetime) -> bool:
    """Whether `deliver` would do anything now: send, ask, end a pause, forget attempts, or settle what pends there.

    What cannot be read is for `deliver` to say.
    """
    try:
        with store.read() as tx:
            due_at, oldest, asked_at = backlog.next_due(tx), attempts.oldest(tx), questions.next_due(tx)
            resumed_at = pauses.next_end(tx)
            pending = bool(settlements.oldest_pending(tx, registries))
    except StoreError:
        return True
    is_due = any(at is not None and at <= now for at in (due_at, asked_at, resumed_at))
    return pending or is_due or (oldest is not None and oldest < now - ATTEMPTS_KEPT)
