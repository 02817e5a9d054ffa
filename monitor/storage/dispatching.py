"""What is due and no job carries, so that it is dispatched again: the truth is in the rows, and jobs may be lost."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, select, text

from monitor.storage import jobs, rhythms
from monitor.storage.deliveries import BY_DUE, IS_CLAIMABLE
from monitor.storage.locks import try_lock_dispatching
from monitor.storage.tables import deliveries

AT_ONCE = 20_000
MOST_WAITING = 1_000
"""Jobs: where so many wait, what no job carries comes after them."""
_IS_NOT_CARRIED = text("""deliveries.id NOT IN (
    SELECT id.value FROM procrastinate_jobs, jsonb_array_elements_text(args->'ids') AS id
    WHERE queue_name = 'deliver' AND status = 'todo')""")


def dispatch(tx: Connection, registries: Iterable[str], *, now: datetime) -> tuple[int, int]:
    """Defer jobs for passes over *registries*, and for due deliveries and digests that none carries.

    Give how many of the latter two. Of several processes at once, one does so.
    """
    if not try_lock_dispatching(tx):
        return 0, 0
    for registry in registries:
        jobs.check(tx, registry)
    return _dispatch_deliveries(tx, now), _dispatch_digests(tx, now)


def _dispatch_deliveries(tx: Connection, now: datetime) -> int:
    if jobs.waiting(tx, jobs.DELIVER) >= MOST_WAITING:
        return 0
    query = select(deliveries.c.id).where(IS_CLAIMABLE, deliveries.c.next_attempt_at <= now, _IS_NOT_CARRIED)
    due = tx.scalars(query.order_by(*BY_DUE).limit(AT_ONCE)).all()
    jobs.deliver(tx, due)
    return len(due)


def _dispatch_digests(tx: Connection, now: datetime) -> int:
    if jobs.waiting(tx, jobs.DIGEST):
        return 0
    due = rhythms.due_ids(tx, now=now, limit=AT_ONCE)
    jobs.compose(tx, due)
    return len(due)
