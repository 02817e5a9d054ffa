"""How far the sweep of each registry has come, one row per registry, and which trials it did not find."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, delete, exists, func, not_, or_, select

from monitor.model import State
from monitor.storage.statements import put
from monitor.storage.tables import sweeps, trials, watched_trials


@dataclass(frozen=True, slots=True)
class Sweep:
    """A row, column by column. It is over, but for its conclusion, where trials were *seen* and no *token* is left."""

    registry: str
    version: str
    """Of the registry's data: the token is good for this one only."""
    token: str | None
    """Of the page to go on with."""
    started_at: datetime
    seen: int = 0
    total: int | None = None
    """How many there are, as the registry said with the first page."""
    finished_at: datetime | None = None
    """When it was concluded."""


_columns = [sweeps.c[field.name] for field in fields(Sweep)]


def get(tx: Connection, registry: str) -> Sweep | None:
    """The last sweep of a registry; None before the first."""
    row = tx.execute(select(*_columns).where(sweeps.c.registry == registry)).one_or_none()
    return Sweep(*row) if row else None


def record(tx: Connection, sweep: Sweep) -> None:
    """Write this row whole, replacing the former one."""
    put(tx, sweeps, [asdict(sweep)])


def absent_count(tx: Connection, registry: str, version: str) -> int:
    """How many trials that stand as listed were not seen at *version*."""
    return tx.scalar(_of_registry(func.count(), registry).where(*_absent(version))) or 0


def absent(tx: Connection, registry: str, version: str) -> list[str]:
    """The ids of those, in order."""
    query = _of_registry(trials.c.trial_id, registry).where(*_absent(version))
    return list(tx.scalars(query.order_by(trials.c.trial_id)))


def in_doubt(tx: Connection, registry: str) -> list[str]:
    """The trials to ask for by their ids, in order: listing the registry settles nothing about them.

    Those that it denied, or that are to be read again, and those that never came in a form that can be read. Without
    those that a watch holds by their ids, which are asked for with it.
    """
    is_denied = (trials.c.state == State.LISTED) & or_(trials.c.misses > 0, trials.c.verified_version.is_(None))
    held = exists().where(
        watched_trials.c.registry == trials.c.registry, watched_trials.c.trial_id == trials.c.trial_id
    )
    query = _of_registry(trials.c.trial_id, registry).where(or_(is_denied, trials.c.snapshot.is_(None)), not_(held))
    return list(tx.scalars(query.order_by(trials.c.trial_id)))


def drop_unread(tx: Connection, registry: str, *, before: datetime) -> None:
    """Forget trials that never came in a form that can be read, and did not come at all since then."""
    mine = (trials.c.registry == registry) & trials.c.snapshot.is_(None)
    tx.execute(delete(trials).where(mine, trials.c.read_in_full_at < before))


def _of_registry(what: Any, registry: str) -> Select[Any]:
    return select(what).select_from(trials).where(trials.c.registry == registry)


def _absent(version: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return trials.c.state == State.LISTED, trials.c.verified_version.is_distinct_from(version)
