"""Pages of trials by the index: the watched ones, the one whose last update was posted last before the others."""

from typing import Any

from sqlalchemy import Connection, Select, func, select, tuple_

from monitor.errors import ConfigurationInvalid
from monitor.storage.found import TrialFilter, by_number, by_row, is_watched
from monitor.storage.index_tables import trial_index
from monitor.storage.pages import Key
from monitor.storage.trial_index import IndexedTrial, columns, restored

_order = (trial_index.c.updated_on, trial_index.c.id)


def page(tx: Connection, wanted: TrialFilter, *, after: Key | None, limit: int) -> list[IndexedTrial]:
    """Up to *limit* trials, those behind the trial *after*. ConfigurationInvalid where that is not there."""
    query = _of(wanted, select(*columns))
    if after is not None:
        query = query.where(tuple_(*_order) < tuple_(*_place(tx, after)))
    rows = tx.execute(query.order_by(*(column.desc() for column in _order)).limit(limit))
    return [restored(row) for row in rows]


def count(tx: Connection, wanted: TrialFilter) -> int:
    """How many there are: as long as it takes to find all of them."""
    return tx.scalar(_of(wanted, select(func.count()).select_from(trial_index))) or 0


def counts_by_status(tx: Connection, wanted: TrialFilter) -> dict[tuple[str, str], int]:
    """How many there are by the code of the status and the words for it, the most frequent first."""
    status = (trial_index.c.status, func.min(trial_index.c.status_words))
    query = _of(wanted, select(*status, func.count())).where(trial_index.c.status.is_not(None))
    rows = tx.execute(query.group_by(trial_index.c.status).order_by(func.count().desc(), trial_index.c.status))
    return {(code, words or code): number for code, words, number in rows}


def _of(wanted: TrialFilter, query: Select[Any]) -> Select[Any]:
    return query.where(
        trial_index.c.snapshot.is_not(None), *by_number(wanted, trial_index.c.id), *by_row(wanted), is_watched()
    )


def _place(tx: Connection, after: Key) -> tuple[str, int]:
    registry, trial_id = after
    same = (trial_index.c.registry == registry, trial_index.c.trial_id == trial_id)
    row = tx.execute(select(*_order).where(*same)).one_or_none()
    if row is None:
        raise ConfigurationInvalid(f"this page begins behind {trial_id}, which is not there: go to the first page")
    return row.updated_on, row.id
