"""Have registries looked at now, and not with the look that comes anyway.

A look is due from then on: the service that runs takes it, whichever process that is. A registry that asked to be left
alone is left alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from monitor.ports import FetchedRegistry, Registry
from monitor.storage import health, left_alone, trials


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedLook:
    """A registry that is to be looked at now."""

    registry: str
    left_alone_until: datetime | None
    """Until when it asked to be asked nothing, where that is why it is not looked at now."""

    @property
    def is_due(self) -> bool:
        """Whether it is looked at now."""
        return self.left_alone_until is None


def look_now(tx: Connection, registries: Sequence[Registry], *, now: datetime) -> list[AskedLook]:
    """Let a look be due at each of the registries that can be asked and of which anything is watched."""
    watched = trials.watched_registries(tx)
    asked = [_asked(tx, each, now) for each in registries if isinstance(each, FetchedRegistry) and each.key in watched]
    look_soon(tx, [each.registry for each in asked if each.is_due], now=now)
    return asked


def look_soon(tx: Connection, registries: Iterable[str], *, now: datetime) -> None:
    """Have the service take the baselines of what is newly watched now."""
    health.make_due(tx, registries, now)


def _asked(tx: Connection, registry: FetchedRegistry, now: datetime) -> AskedLook:
    until = left_alone.until(tx, registry.key, registry.address)
    return AskedLook(registry=registry.key, left_alone_until=until if until and until > now else None)
