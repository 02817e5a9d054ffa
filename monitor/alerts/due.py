"""Whether there is anything to deliver: what most runs ask, before anything is loaded that sends."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from monitor.errors import StoreError
from monitor.storage import attempts, backlog, pauses, questions, settlements
from monitor.storage.store import Store

ATTEMPTS_KEPT = timedelta(days=90)


def is_anything_due(store: Store, registries: Iterable[str], *, now: datetime) -> bool:
    """Whether `deliver` would do anything now: send, tell on, ask, end a pause, forget attempts, settle what pends.

    What cannot be read is for `deliver` to say.
    """
    try:
        with store.read() as tx:
            due_at, is_telling = backlog.next_due(tx), settlements.is_any_telling(tx)
    except StoreError:
        return True
    return is_telling or (due_at is not None and due_at <= now) or is_tidying_due(store, registries, now=now)


def is_tidying_due(store: Store, registries: Iterable[str], *, now: datetime) -> bool:
    """The same of what comes before sending: whether `tidy` would do anything now."""
    try:
        with store.read() as tx:
            oldest, asked_at, resumed_at = attempts.oldest(tx), questions.next_due(tx), pauses.next_end(tx)
            pending = bool(settlements.oldest_pending(tx, registries))
    except StoreError:
        return True
    is_due = any(at is not None and at <= now for at in (asked_at, resumed_at))
    return pending or is_due or (oldest is not None and oldest < now - ATTEMPTS_KEPT)
