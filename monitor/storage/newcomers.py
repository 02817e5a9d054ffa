"""Trials that a search found after its first listing, so that their baseline is an event. A row stays until it is."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, delete, exists, select

from monitor.storage.searches import is_everything
from monitor.storage.statements import add_new, chunks
from monitor.storage.tables import newcomers, watched_trials


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Which watch found a new trial, and the last version of the registry's data in which it did not."""

    watch_id: int | None
    """None where every trial is watched."""
    listed_version: str | None


def add(tx: Connection, registry: str, trial_ids: Iterable[str], newcomer: Newcomer) -> None:
    """Record trials whose baseline is to be told. The caller leaves out those that already have one."""
    by = {"watch_id": newcomer.watch_id, "listed_version": newcomer.listed_version}
    for chunk in chunks(trial_ids):
        add_new(tx, newcomers, [{"registry": registry, "trial_id": trial_id, **by} for trial_id in chunk])


def among(tx: Connection, registry: str, trial_ids: Iterable[str]) -> dict[str, Newcomer]:
    """Those of the trials that are newcomers."""
    query = select(newcomers).where(newcomers.c.registry == registry)
    return {
        row.trial_id: Newcomer(row.watch_id, row.listed_version)
        for chunk in chunks(trial_ids)
        for row in tx.execute(query.where(newcomers.c.trial_id.in_(chunk)))
    }


def forget_unwatched(tx: Connection) -> None:
    """Forget those that no watch holds any more; none of them if a watch holds every trial."""
    whole = exists().where(is_everything)
    held = exists().where(
        watched_trials.c.registry == newcomers.c.registry, watched_trials.c.trial_id == newcomers.c.trial_id
    )
    tx.execute(delete(newcomers).where(~whole, ~held))


def forget(tx: Connection, registry: str, trial_ids: Iterable[str]) -> None:
    """Forget newcomers that have their baseline now."""
    for chunk in chunks(trial_ids):
        tx.execute(delete(newcomers).where(newcomers.c.registry == registry, newcomers.c.trial_id.in_(chunk)))
