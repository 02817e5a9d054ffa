"""Answers that were not believed, stored as they came, for the operator to inspect, and to accept if they are true.

What comes again, with the same content, is counted in its row.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, insert, select, update

from monitor.errors import NothingFound
from monitor.storage import bodies
from monitor.storage.statements import chunks, rows_of
from monitor.storage.tables import quarantine
from monitor.storage.unread import Unread, apart, rows_in_place

KEPT_BYTES = 1024 * 1024
"""How much of an answer is kept that is no record: enough to see what it is. A record is kept whole."""
KEPT_ROWS = 10
"""How many answers for one trial are kept, the newest, beside those that were accepted."""


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An answer that was refused."""

    id: int
    registry: str
    trial_id: str
    received_at: datetime
    """When it came first."""
    latest_at: datetime
    """When it came last."""
    times: int
    """How many times it came."""
    reason: str
    doubt: str | None
    """Why it is no news, as a word of `monitor.watching.plausibility`; None where it is no record at all."""
    version: str | None
    """The registry's version when it came last."""
    build: str | None
    """The data build that it said it came from, when it came first."""
    latest_build: str | None
    """The same, when it came last."""
    size: int
    """What came, in bytes."""
    accepted_at: datetime | None
    """When the operator accepted it."""
    raw: bytes | None = None
    """As it came; the first MiB of what is no record. None in a listing."""


_names = tuple(name for name in Quarantined.__slots__ if name != "raw")
_listed = [quarantine.c[name] for name in _names]

_latest_refused = (
    select(
        quarantine.c.trial_id,
        func.max(quarantine.c.id).label("id"),
        func.max(quarantine.c.latest_at, type_=quarantine.c.latest_at.type).label("at"),
    )
    .where(
        quarantine.c.registry == bindparam("registry"),
        quarantine.c.trial_id.in_(bindparam("trial_ids", expanding=True)),
        quarantine.c.accepted_at.is_(None),
    )
    .group_by(quarantine.c.trial_id)
)


def add(
    tx: Connection,
    registry: str,
    trial_id: str,
    *,
    reason: str,
    raw: bytes,
    at: datetime,
    content: bytes | None = None,
    doubt: str | None = None,
    version: str | None = None,
    build: str | None = None,
    since: datetime | None = None,
) -> int:
    """Store an answer and return its id. The oldest answers for a trial make room for it.

    *content* is what of it counts; None: all. One that is stored already is only counted; a record (an answer with a
    *doubt*) if it last came after *since*.
    """
    digest = sha256(raw if content is None else content).digest()
    latest = {"reason": reason, "version": version, "latest_at": at, "latest_build": build}
    same = latest_of(tx, registry, trial_id, digest, since=since if doubt else None)
    if same and bool(same.doubt) == bool(doubt):
        tx.execute(update(quarantine).where(quarantine.c.id == same.id).values(times=same.times + 1, **latest))
        return same.id
    statement = insert(quarantine).values(
        registry=registry,
        trial_id=trial_id,
        received_at=at,
        times=1,
        doubt=doubt,
        build=build,
        digest=digest,
        size=len(raw),
        raw=bodies.compress(raw if doubt else raw[:KEPT_BYTES]),
        **latest,
    )
    added: int = tx.execute(statement.returning(quarantine.c.id)).scalar_one()
    mine = _of_trial(registry, trial_id) & quarantine.c.accepted_at.is_(None)
    newest = select(quarantine.c.id).where(mine).order_by(quarantine.c.id.desc()).limit(KEPT_ROWS)
    tx.execute(delete(quarantine).where(mine, quarantine.c.id.not_in(newest)))
    return added


def latest_of(
    tx: Connection, registry: str, trial_id: str, digest: bytes, *, since: datetime | None = None
) -> Quarantined | None:
    """The answer of this content that was refused for a trial and last came after *since*; None where there is none."""
    mine = _of_trial(registry, trial_id) & (quarantine.c.digest == digest) & quarantine.c.accepted_at.is_(None)
    if since is not None:
        mine &= quarantine.c.latest_at >= since
    row = tx.execute(select(*_listed).where(mine).order_by(quarantine.c.id.desc()).limit(1)).one_or_none()
    return Quarantined(*row) if row else None


def accept(tx: Connection, quarantined_id: int, at: datetime) -> None:
    """Record that the operator accepted this answer as the trial's record."""
    tx.execute(update(quarantine).where(quarantine.c.id == quarantined_id).values(accepted_at=at))


def count_since(tx: Connection, registry: str, since: datetime) -> int:
    """For how many trials an answer was refused from then on."""
    trials = func.count(quarantine.c.trial_id.distinct())
    return tx.scalar(select(trials).where(quarantine.c.registry == registry, quarantine.c.latest_at >= since)) or 0


def listing(
    tx: Connection,
    registry: str | None = None,
    trial_id: str | None = None,
    *,
    accepted: bool = False,
    damaged: list[Unread] | None = None,
) -> list[Quarantined]:
    """What is in the quarantine, of one registry or trial if given, newest first, without the answers.

    Those that were accepted are left out, unless they are asked for. What cannot be read is put into *damaged*.
    """
    query = select(*_listed).order_by(quarantine.c.id.desc())
    if not accepted:
        query = query.where(quarantine.c.accepted_at.is_(None))
    if registry is not None:
        query = query.where(quarantine.c.registry == registry)
    if trial_id is not None:
        query = query.where(quarantine.c.trial_id == trial_id)
    rows = rows_in_place(tx, query, (quarantine.c.id,), quarantine.c.id)
    return [Quarantined(**row._mapping) for row in apart(rows, damaged)]


def page(
    tx: Connection, *, before: int | None = None, accepted: bool = False, limit: int
) -> tuple[list[Quarantined], int | None]:
    """Up to *limit* answers of lower numbers than *before*, the newest first, without what came and damaged ones.

    Those that were accepted are left out, unless they are asked for. With them comes the number that the next page
    begins below; None where there is none.
    """
    query = select(quarantine.c.id).order_by(quarantine.c.id.desc()).limit(limit + 1)
    if not accepted:
        query = query.where(quarantine.c.accepted_at.is_(None))
    if before is not None:
        query = query.where(quarantine.c.id < before)
    ids = list(tx.scalars(query))
    rows = rows_of(tx, select(*_listed), quarantine.c.id, ids[:limit], {})
    found = sorted((Quarantined(**row._mapping) for row in rows), key=lambda each: -each.id)
    return found, ids[limit - 1] if len(ids) > limit else None


def count(tx: Connection, *, most: int) -> int:
    """How many answers there are that were not accepted, *most* at most."""
    found = select(quarantine.c.id).where(quarantine.c.accepted_at.is_(None)).limit(most).subquery()
    return tx.scalar(select(func.count()).select_from(found)) or 0


def latest_refused(tx: Connection, registry: str, trial_ids: Iterable[str]) -> dict[str, tuple[int, datetime]]:
    """The number of the answer that was refused last for each of the trials, and when it came last, by trial id."""
    return {
        row.trial_id: (row.id, row.at)
        for chunk in chunks(trial_ids)
        for row in tx.execute(_latest_refused, {"registry": registry, "trial_ids": chunk})
    }


def alike(tx: Connection, one: Quarantined) -> list[int]:
    """The ids of the answers that were refused for the same reason in the same version, the latest of each trial."""
    latest = func.max(quarantine.c.id)
    query = (
        select(latest)
        .where(
            quarantine.c.registry == one.registry,
            quarantine.c.doubt == one.doubt,
            quarantine.c.version == one.version,
            quarantine.c.accepted_at.is_(None),
        )
        .group_by(quarantine.c.trial_id)
        .order_by(latest)
    )
    return list(tx.scalars(query))


def get(tx: Connection, quarantined_id: int) -> Quarantined:
    """That one, with the answer. Raise NothingFound where there is none of this id."""
    row = tx.execute(select(*_listed, quarantine.c.raw).where(quarantine.c.id == quarantined_id)).one_or_none()
    if row is None:
        raise NothingFound(_none_of(quarantined_id))
    *columns, raw = row
    return replace(Quarantined(*columns), raw=bodies.decompress(raw, what=f"quarantined answer {quarantined_id}"))


def listed(tx: Connection, quarantined_id: int) -> Quarantined:
    """That one, without the answer. Raise NothingFound as `get` does."""
    row = tx.execute(select(*_listed).where(quarantine.c.id == quarantined_id)).one_or_none()
    if row is None:
        raise NothingFound(_none_of(quarantined_id))
    return Quarantined(*row)


def _none_of(quarantined_id: int) -> str:
    return f"nothing is quarantined as {quarantined_id}, or no more: `monitor quarantine` lists what is"


def _of_trial(registry: str, trial_id: str) -> ColumnElement[bool]:
    return (quarantine.c.registry == registry) & (quarantine.c.trial_id == trial_id)
