"""How many alerts there are of events: made or to be made at once, and gathered for a digest."""

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import Connection, func, select

from monitor.storage.digest_tables import gathered
from monitor.storage.statements import chunks
from monitor.storage.tables import deliveries


def counts(tx: Connection, event_ids: Iterable[str]) -> Counter[str]:
    """Of each event, how many subscriptions tell it or have told it."""
    found: Counter[str] = Counter()
    for chunk in chunks(event_ids):
        for column in (deliveries.c.event_id, gathered.c.event_id):
            query = select(column, func.count()).where(column.in_(chunk)).group_by(column)
            found.update({row[0]: row[1] for row in tx.execute(query)})
    return found
