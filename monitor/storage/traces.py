"""The traces of the passes that found what deliveries tell: see `monitor.trace`."""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import Connection, and_, select

from monitor.model import Delivery, DigestCause, EventCause
from monitor.storage.digest_tables import gathered
from monitor.storage.statements import chunks
from monitor.storage.tables import deliveries, events

MOST_OF_A_DIGEST = 20

_of_events = select(events.c.id, events.c.trace).where(events.c.trace.is_not(None))
_tells = and_(gathered.c.subscription_id == deliveries.c.subscription_id, gathered.c.digest == deliveries.c.sequence)
_of_digests = (
    select(deliveries.c.id, events.c.trace)
    .distinct()
    .join(gathered, _tells)
    .join(events, events.c.id == gathered.c.event_id)
    .where(events.c.trace.is_not(None))
    .order_by(deliveries.c.id, events.c.trace)
)


def of_events(tx: Connection, event_ids: Iterable[str]) -> dict[str, str]:
    """The trace of the pass that made each of these events, by event id, of those that have one."""
    found: dict[str, str] = {}
    for chunk in chunks(event_ids):
        found.update((each, trace) for each, trace in tx.execute(_of_events.where(events.c.id.in_(chunk))))
    return found


def of_deliveries(tx: Connection, some: Sequence[Delivery]) -> dict[str, tuple[str, ...]]:
    """The traces of what these deliveries tell, by their ids: none of a notice, up to MOST_OF_A_DIGEST of a digest."""
    by_event = {each.id: each.cause.id for each in some if isinstance(each.cause, EventCause)}
    known = of_events(tx, set(by_event.values()))
    found = {whole_id: (known[event_id],) for whole_id, event_id in by_event.items() if event_id in known}
    return found | _of_several(tx, [each.id for each in some if isinstance(each.cause, DigestCause)])


def _of_several(tx: Connection, digest_ids: Collection[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for chunk in chunks(sorted(digest_ids)):
        for whole_id, trace in tx.execute(_of_digests.where(deliveries.c.id.in_(chunk))):
            found.setdefault(whole_id, []).append(trace)
    return {whole_id: tuple(some[:MOST_OF_A_DIGEST]) for whole_id, some in found.items()}
