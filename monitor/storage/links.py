"""What is known of the signed links that mails carry: which version of them counts, and who left by one."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select

from monitor.storage.opt_in_tables import links
from monitor.storage.statements import chunks, put
from monitor.storage.tables import subscriptions


def versions(tx: Connection, subscription_ids: Collection[str]) -> dict[str, int]:
    """The version of the links that count, of those subscriptions whose former links were ended; 0 of all others."""
    found: dict[str, int] = {}
    for chunk in chunks(sorted(subscription_ids)):
        query = select(links.c.subscription_id, links.c.version).where(links.c.subscription_id.in_(chunk))
        found.update((key, version) for key, version in tx.execute(query).all())
    return found


def left_at(tx: Connection, subscription_id: str) -> datetime | None:
    """When its subscriber left by a link; None where they did not, or where somebody else ended it since."""
    query = (
        select(links.c.left_at)
        .join(subscriptions, subscriptions.c.id == links.c.subscription_id)
        .where(links.c.subscription_id == subscription_id, subscriptions.c.ended_at == links.c.left_at)
    )
    at: datetime | None = tx.scalar(query)
    return at


def note_left(tx: Connection, subscription_id: str, at: datetime | None) -> None:
    """Note when its subscriber left by a link; None: they came back."""
    put(tx, links, [{"subscription_id": subscription_id, "version": 0, "left_at": at}], keeping=("version",))


def renew(tx: Connection, subscription_id: str, version: int) -> None:
    """Make the links of that version the ones that count, and no others."""
    put(tx, links, [{"subscription_id": subscription_id, "version": version, "left_at": None}], keeping=("left_at",))
