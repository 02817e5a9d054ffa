"""Who holds which claims, so that those of a worker that is gone are due again at once, and not when they expire.

A claim moves a delivery's next attempt to a moment that nearly nobody else's claim ends at. So that moment and the
holder's name say which rows it is about, however many; and one that was sent, or is tried again, is not among them.
"""

from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from monitor.storage.deliveries import IS_OWED
from monitor.storage.service_tables import claims
from monitor.storage.statements import add_new
from monitor.storage.tables import deliveries


def note(tx: Connection, holder: str, *, until: datetime) -> None:
    """Keep that *holder* claims deliveries until then, in the transaction that does so."""
    add_new(tx, claims, [{"until": until, "holder": holder}])


def give_back(tx: Connection, holder: str, *, now: datetime) -> int:
    """Make due what *holder* claimed, did not send and did not give back; give how many deliveries that were."""
    theirs = select(claims.c.until).where(claims.c.holder == holder)
    waits = (deliveries.c.next_attempt_at > now) & deliveries.c.next_attempt_at.in_(theirs)
    count = tx.execute(update(deliveries).where(IS_OWED, waits).values(next_attempt_at=now)).rowcount
    tx.execute(delete(claims).where(claims.c.holder == holder))
    return count


def give_back_one(tx: Connection, *, until: datetime, now: datetime) -> int:
    """Make due what was claimed until then by whoever calls this, and is not in hand; give how many deliveries."""
    theirs = (deliveries.c.next_attempt_at == until) & (deliveries.c.next_attempt_at > now)
    return tx.execute(update(deliveries).where(IS_OWED, theirs).values(next_attempt_at=now)).rowcount


def forget(tx: Connection, *, before: datetime) -> None:
    """Forget claims that have expired."""
    tx.execute(delete(claims).where(claims.c.until < before))
