"""Answers that were not the record asked for, as they came: for a person to look at, never to be parsed again."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from monitor.errors import NothingFound
from monitor.storage import bodies
from monitor.storage.tables import quarantine

KEPT_BYTES = 1024 * 1024
"""How much of an answer is kept: enough to see what it is."""
KEPT_ROWS = 10
"""How many answers for one trial are kept, the newest."""


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An answer that was refused. *size* is what came, in bytes."""

    id: int
    registry: str
    trial_id: str
    received_at: datetime
    reason: str
    size: int
    raw: bytes | None = None
    """The first MiB of it; None in a listing."""


_listed = [column for column in quarantine.c if column.name != "raw"]


def add(tx: Connection, registry: str, trial_id: str, *, reason: str, raw: bytes, at: datetime) -> int:
    """Keep an answer and give its id. The oldest of a trial make room for it."""
    statement = insert(quarantine).values(
        registry=registry,
        trial_id=trial_id,
        received_at=at,
        reason=reason,
        size=len(raw),
        raw=bodies.compress(raw[:KEPT_BYTES]),
    )
    added: int = tx.execute(statement.returning(quarantine.c.id)).scalar_one()
    mine = (quarantine.c.registry == registry) & (quarantine.c.trial_id == trial_id)
    newest = select(quarantine.c.id).where(mine).order_by(quarantine.c.id.desc()).limit(KEPT_ROWS)
    tx.execute(delete(quarantine).where(mine, quarantine.c.id.not_in(newest)))
    return added


def count_since(tx: Connection, registry: str, since: datetime) -> int:
    """For how many trials an answer was refused from then on."""
    trials = func.count(quarantine.c.trial_id.distinct())
    return tx.scalar(select(trials).where(quarantine.c.registry == registry, quarantine.c.received_at >= since)) or 0


def listing(tx: Connection, registry: str | None = None, trial_id: str | None = None) -> list[Quarantined]:
    """What is kept, of one registry or one trial where given, the newest first, without the answers."""
    query = select(*_listed).order_by(quarantine.c.id.desc())
    if registry is not None:
        query = query.where(quarantine.c.registry == registry)
    if trial_id is not None:
        query = query.where(quarantine.c.trial_id == trial_id)
    return [Quarantined(*row) for row in tx.execute(query)]


def get(tx: Connection, quarantined_id: int) -> Quarantined:
    """That one, with the answer. Raise NothingFound where there is none of this id."""
    row = tx.execute(select(*_listed, quarantine.c.raw).where(quarantine.c.id == quarantined_id)).one_or_none()
    if row is None:
        raise NothingFound(f"nothing is quarantined as {quarantined_id}: it may have made room for newer answers")
    *columns, raw = row
    return replace(Quarantined(*columns), raw=bodies.decompress(raw, what=f"quarantined answer {quarantined_id}"))
