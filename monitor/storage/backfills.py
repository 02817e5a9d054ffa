"""How far the former versions of each trial were had, so that nothing is asked for twice.

The versions themselves are in `monitor.storage.archived`. A trial without a row here was never asked about.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, exists, or_, select

from monitor.errors import StoreCorrupt
from monitor.model import State
from monitor.ports import FormerVersion
from monitor.storage.backfill_tables import backfills
from monitor.storage.statements import chunks, put
from monitor.storage.tables import trials, watched_trials


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfill:
    """How far one trial is. *waiting* is what is still to be had, the newest first; None until that is known."""

    registry: str
    trial_id: str
    waiting: tuple[FormerVersion, ...] | None = None
    finished_at: datetime | None = None
    retry_at: datetime | None = None
    reason: str | None = None


def of_trials(tx: Connection, registry: str, trial_ids: Iterable[str]) -> dict[str, Backfill]:
    """Those of the trials that were asked about, by trial id."""
    query = select(backfills).where(backfills.c.registry == registry)
    rows = (row for chunk in chunks(trial_ids) for row in tx.execute(query.where(backfills.c.trial_id.in_(chunk))))
    return {row.trial_id: _restored(row) for row in rows}


def record(tx: Connection, rows: Iterable[Backfill]) -> None:
    """Write these rows whole, replacing the former ones."""
    put(tx, backfills, map(_row, rows))


def due(tx: Connection, registry: str, *, now: datetime | None, limit: int | None = None) -> list[str]:
    """Trials on a watch's list of which more can be asked for *now*, those first of which some was had.

    None for *now* leaves none out because it failed. A trial without a first snapshot is not among them: what stands
    before that is not known yet.
    """
    row = and_(backfills.c.registry == registry, backfills.c.trial_id == trials.c.trial_id)
    query = (
        select(trials.c.trial_id)
        .select_from(trials.outerjoin(backfills, row))
        .where(trials.c.registry == registry, trials.c.state == State.LISTED, trials.c.snapshot.is_not(None))
        .where(_is_on_a_list(), backfills.c.finished_at.is_(None))
        .order_by(backfills.c.waiting.is_(None), trials.c.trial_id)
    )
    if now is not None:
        query = query.where(or_(backfills.c.retry_at.is_(None), backfills.c.retry_at <= now))
    return list(tx.scalars(_limited(query, limit)))


def put_off(tx: Connection, registry: str, trial_ids: Sequence[str], *, until: datetime, reason: str) -> None:
    """Ask for no more of these trials before that moment. What is known of them stays, and is not read."""
    rows = (Backfill(registry=registry, trial_id=each, retry_at=until, reason=reason) for each in trial_ids)
    put(tx, backfills, map(_row, rows), keeping=("waiting", "finished_at"))


def failed(tx: Connection, registry: str) -> list[tuple[str, str]]:
    """The trials whose history could not be had and is to be asked for again, each with the reason."""
    query = select(backfills.c.trial_id, backfills.c.reason).order_by(backfills.c.trial_id)
    query = query.where(backfills.c.registry == registry, backfills.c.finished_at.is_(None))
    return [(row.trial_id, row.reason) for row in tx.execute(query.where(backfills.c.reason.is_not(None)))]


def _is_on_a_list() -> ColumnElement[bool]:
    of_it = (watched_trials.c.registry == trials.c.registry, watched_trials.c.trial_id == trials.c.trial_id)
    return exists().where(*of_it)


def _limited(query: Select[Any], limit: int | None) -> Select[Any]:
    return query if limit is None else query.limit(limit)


def _row(backfill: Backfill) -> dict[str, Any]:
    waiting = backfill.waiting
    return {
        "registry": backfill.registry,
        "trial_id": backfill.trial_id,
        "waiting": None
        if waiting is None
        else orjson.dumps([[each.number, each.submitted_on] for each in waiting]).decode(),
        "finished_at": backfill.finished_at,
        "retry_at": backfill.retry_at,
        "reason": backfill.reason,
    }


def _restored(row: Row[Any]) -> Backfill:
    try:
        waiting = row.waiting and tuple(
            FormerVersion(int(number), date.fromisoformat(day)) for number, day in orjson.loads(row.waiting)
        )
    except (TypeError, ValueError) as error:
        raise StoreCorrupt(
            f"which versions of {row.trial_id} are still to be had cannot be read: restore a backup"
        ) from error
    return Backfill(
        registry=row.registry,
        trial_id=row.trial_id,
        waiting=waiting,
        finished_at=row.finished_at,
        retry_at=row.retry_at,
        reason=row.reason,
    )
