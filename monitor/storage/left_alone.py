"""Registries that asked for a pause (Retry-After), stored for the next process, which may start a minute later."""

from datetime import datetime

from sqlalchemy import Connection, select

from monitor.storage.statements import put
from monitor.storage.tables import left_alone


def until(tx: Connection, registry: str, address: str) -> datetime | None:
    """When the server at *address* accepts requests again; None if it asked for no pause."""
    wanted = (left_alone.c.registry == registry) & (left_alone.c.address == address)
    return tx.scalar(select(left_alone.c.until).where(wanted))


def leave(tx: Connection, registry: str, address: str, until: datetime) -> None:
    """Record that it asked for this pause, replacing an earlier one."""
    put(tx, left_alone, [{"registry": registry, "address": address, "until": until}])
