"""The version of each registry's data that was seen last."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, literal, null, select, update

from monitor.errors import StoreCorrupt
from monitor.ports import RegistryVersion
from monitor.storage.statements import put
from monitor.storage.tables import registries
from monitor.storage.types import Moment

_version = select(registries.c.version_stamp, registries.c.version_etag).where(
    registries.c.registry == bindparam("registry")
)


def version(tx: Connection, registry: str) -> RegistryVersion | None:
    """The version that was remembered; None before the first."""
    row = tx.execute(_version, {"registry": registry}).one_or_none()
    return RegistryVersion(*row) if row else None


def confirmed_at(tx: Connection, registry: str) -> datetime | None:
    """When the registry last named the version that is remembered; None before the first."""
    query = select(registries.c.checked_at).where(registries.c.registry == registry)
    at: datetime | None = tx.scalar(query)
    return at


@dataclass(frozen=True, slots=True)
class LastSaid:
    """What a registry said last of its data."""

    stamp: str | None = None
    named_at: datetime | None = None
    behind_since: datetime | None = None
    damage: str | None = None
    """Why that cannot be read, if so; then nothing else is known."""


_last_said = select(registries.c.version_stamp, registries.c.checked_at, registries.c.behind_since)


def last_said(tx: Connection, registry: str) -> LastSaid:
    """All of it, for those who show it: where its row is damaged, that is said in its place."""
    try:
        row = tx.execute(_last_said.where(registries.c.registry == registry)).one_or_none()
    except StoreCorrupt as error:
        return LastSaid(damage=str(error))
    return LastSaid(*row) if row else LastSaid()


def forget(tx: Connection, registry: str) -> None:
    """Accept whatever version the registry names next."""
    tx.execute(delete(registries).where(registries.c.registry == registry))


def behind_since(tx: Connection, registry: str) -> datetime | None:
    """Since when passes have got answers from older data than the registry has; None if the last pass got none."""
    query = select(registries.c.behind_since).where(registries.c.registry == registry)
    at: datetime | None = tx.scalar(query)
    return at


def note_behind(tx: Connection, registry: str, at: datetime) -> None:
    """Record that answers come from older data; the time when that began stays."""
    first = (registries.c.registry == registry) & registries.c.behind_since.is_(None)
    tx.execute(update(registries).where(first).values(behind_since=at))


def remember(
    tx: Connection, registry: str, version: RegistryVersion, at: datetime, *, behind: bool | None = None
) -> None:
    """Record the version that was seen, and whether answers came from older data (None: nothing was asked)."""
    row = {"registry": registry, "version_stamp": version.stamp, "version_etag": version.etag, "checked_at": at}
    since = {"behind_since": func.coalesce(registries.c.behind_since, literal(at, Moment)) if behind else null()}
    put(tx, registries, [row], others={} if behind is None else since, keeping=["behind_since", "in_step_at"])
