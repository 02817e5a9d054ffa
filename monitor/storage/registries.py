"""Which version of each registry's data was seen last."""

from datetime import datetime

from sqlalchemy import Connection, select

from monitor.ports import RegistryVersion
from monitor.storage.statements import put
from monitor.storage.tables import registries


def version(tx: Connection, registry: str) -> RegistryVersion | None:
    """The version that was remembered; None before the first."""
    query = select(registries.c.version_stamp, registries.c.version_etag).where(registries.c.registry == registry)
    row = tx.execute(query).one_or_none()
    return RegistryVersion(*row) if row else None


def remember(tx: Connection, registry: str, version: RegistryVersion, at: datetime) -> None:
    """Note the version that was seen."""
    row = {"registry": registry, "version_stamp": version.stamp, "version_etag": version.etag, "checked_at": at}
    put(tx, registries, [row])
