"""What a registry's stamp of its data says: when they were built. Pure."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

DATA_OLD_AFTER = timedelta(days=5)
"""No data build comes at week-ends and on holidays, so that four days are nothing unusual."""


class Stamped(NamedTuple):
    """A version of a registry's data by its *stamp*, and the *etag* that asks for a newer one."""

    stamp: str
    etag: str


@lru_cache(maxsize=64)
def built_at(stamp: str) -> datetime | None:
    """When a registry's data were built, by its stamp, as UTC where that names no zone; None where it is no time.

    A pass asks it of every trial, and ten thousand trials share a few stamps.
    """
    try:
        at = datetime.fromisoformat(stamp)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def day_of(stamp: str) -> str | None:
    """The day of a version, as its records name it; None where the stamp is no time."""
    built = built_at(stamp)
    return built.date().isoformat() if built else None


def is_older(stamp: str, than: str) -> bool:
    """Whether a version comes before another one; false where either stamp is no time."""
    one, other = built_at(stamp), built_at(than)
    return bool(one and other and one < other)


def data_are_old(stamp: str, *, now: datetime, after: timedelta = DATA_OLD_AFTER) -> bool:
    """Whether a registry's data are older than week-ends and holidays explain: they do so for *after*."""
    built = built_at(stamp)
    return built is not None and now - built > after
