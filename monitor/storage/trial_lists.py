"""Pages of trials by the index: the watched ones.

For people, the one whose last update was posted last comes first. Programs read to the end what changes meanwhile: for
them, trials come by registry and trial id, an order in which none moves.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select, tuple_

from monitor.errors import ConfigurationInvalid
from monitor.storage.found import TrialFilter, by_number, by_row, is_watched
from monitor.storage.index_tables import trial_index
from monitor.storage.pages import Key
from monitor.storage.trial_index import IndexedTrial, columns, restored

_by_update = (trial_index.c.updated_on, trial_index.c.id)
_by_key = (trial_index.c.registry, trial_index.c.trial_id)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page by last updates ended: behind a trial, and when that was updated then."""

    updated_on: str
    key: Key


def page(tx: Connection, wanted: TrialFilter, *, after: Place | None, limit: int) -> list[IndexedTrial]:
    """Up to *limit* trials behind *after*, the last updated first. ConfigurationInvalid where that is not there.

    None moves behind *after* by an update: one that is updated while somebody reads on comes to the front.
    """
    query = _of(wanted, select(*columns))
    if after is not None:
        query = query.where(tuple_(*_by_update) < tuple_(after.updated_on, _number(tx, after.key)))
    rows = tx.execute(query.order_by(*(column.desc() for column in _by_update)).limit(limit))
    return [restored(row) for row in rows]


def in_order(tx: Connection, wanted: TrialFilter, *, after: Key | None, limit: int) -> list[IndexedTrial]:
    """Up to *limit* trials behind *after* by registry and trial id: nothing that changes moves one."""
    query = _of(wanted, select(*columns))
    if after is not None:
        query = query.where(tuple_(*_by_key) > tuple_(*after))
    return [restored(row) for row in tx.execute(query.order_by(*_by_key).limit(limit))]


def count(tx: Connection, wanted: TrialFilter) -> int:
    """How many there are: as long as it takes to find all of them."""
    return tx.scalar(_of(wanted, select(func.count()).select_from(trial_index))) or 0


def counts_by_status(tx: Connection, wanted: TrialFilter) -> dict[tuple[str, str], int]:
    """How many there are by the code of the status and the words for it, the most frequent first."""
    status = (trial_index.c.status, func.min(trial_index.c.status_words))
    query = _of(wanted, select(*status, func.count())).where(trial_index.c.status.is_not(None))
    rows = tx.execute(query.group_by(trial_index.c.status).order_by(func.count().desc(), trial_index.c.status))
    return {(code, words or code): number for code, words, number in rows}


def has_status(tx: Connection, code: str) -> bool:
    """Whether any trial has it: as long as it takes to look at all where none has."""
    return tx.scalar(select(trial_index.c.id).where(trial_index.c.status == code).limit(1)) is not None


def _of(wanted: TrialFilter, query: Select[Any]) -> Select[Any]:
    return query.where(
        trial_index.c.snapshot.is_not(None), *by_number(wanted, trial_index.c.id), *by_row(wanted), is_watched()
    )


def _number(tx: Connection, after: Key) -> int:
    registry, trial_id = after
    same = (trial_index.c.registry == registry, trial_index.c.trial_id == trial_id)
    number: int | None = tx.scalar(select(trial_index.c.id).where(*same))
    if number is None:
        raise ConfigurationInvalid(f"this page begins behind {trial_id}, which is not there: go to the first page")
    return number
