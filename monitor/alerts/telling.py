"""Tell an event that concerns very many: its deliveries are owed a batch at a time, each in a commit of its own.

    owing          ->  an event concerns more than can be owed at once: it is noted, in the commit that made it
    this step      ->  the next so many subscriptions, in the order of their ids: those that hear of it are owed it,
                       and how far it has come is noted, in one commit
    nobody behind  ->  the event is settled

No transaction is long, and no more than a batch is in memory. A process that dies leaves whole batches, and the next
one goes on behind the last. Of several such events each has a batch in turn, and what concerns few is not among them,
so that it waits for a batch at the most. Who subscribes meanwhile was not there when it was found, and hears nothing;
whoever ends theirs before it is their turn hears nothing either. Later events of the trial wait until this one is told.
"""

from datetime import datetime

from monitor.alerts.owing import concerned_among, owe_to
from monitor.changes.events import trials_concerned
from monitor.storage import audiences, events, settlements
from monitor.storage.store import Store

BATCH = 2_000
"""Subscriptions that are looked at in one transaction."""


def tell_some(store: Store, *, now: datetime) -> bool:
    """Owe the next batch of the event whose turn it is; give whether there was any."""
    with store.read() as tx:
        if not settlements.is_any_telling(tx):
            return False
    with store.begin() as tx:
        telling = settlements.next_telling(tx)
        if telling is None:
            return False
        event = events.known(tx, [telling.event_id], damaged={}).get(telling.event_id)
        if event is None:  # it is made again, or given up, where all are that wait
            settlements.put_off(tx, telling.registry, [telling.event_id])
            return True
        trial_ids = trials_concerned(event)
        some = audiences.some(tx, event.registry, trial_ids, after=telling.told_to, limit=BATCH)
        concerned = list(concerned_among(tx, [event], some.covering, now=now))
        owe_to(tx, concerned, event.registry, now=now)
        if some.up_to is None:
            settlements.forget(tx, [event.id])
        else:
            settlements.told_up_to(tx, event.id, some.up_to, at=now)
    return True
