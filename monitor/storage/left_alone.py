"""Registries that asked to be left alone for a while: kept for the next process, which may begin a minute later."""

from datetime import datetime

from sqlalchemy import Connection, select

from monitor.storage.statements import put
from monitor.storage.tables import left_alone


def until(tx: Connection, registry: str, address: str) -> datetime | None:
    """Until when the server at *address* wants no request; None where it did not say so."""
    wanted = (left_alone.c.registry == registry) & (left_alone.c.address == address)
    return tx.scalar(select(left_alone.c.until).where(wanted))


def leave(tx: Connection, registry: str, address: str, until: datetime) -> None:
    """Note that it asked for this, in place of what it asked for before."""
    put(tx, left_alone, [{"registry": registry, "address": address, "until": until}])
