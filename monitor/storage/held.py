"""Writes which trials a watch holds; with that, whether lists show them (`monitor.storage.listed`)."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, delete, select

from monitor.storage import listed
from monitor.storage.pages import Key
from monitor.storage.statements import add_new, chunks, is_one_of
from monitor.storage.tables import watched_trials


def add(tx: Connection, watch_id: int, keys: Iterable[Key], at: datetime) -> set[Key]:
    """Have a watch hold these trials, and return those that are new in it."""
    new: set[Key] = set()
    for chunk in chunks(keys):
        rows = [
            {"watch_id": watch_id, "registry": registry, "trial_id": trial_id, "added_at": at}
            for registry, trial_id in chunk
        ]
        added = add_new(tx, watched_trials, rows, returning=(watched_trials.c.registry, watched_trials.c.trial_id))
        new.update((row.registry, row.trial_id) for row in added)
    listed.refresh(tx, new)
    return new


def drop(tx: Connection, watch_id: int, keys: Iterable[Key]) -> None:
    """Take these trials out of a watch."""
    for chunk in chunks(keys):
        of_these = is_one_of(chunk, watched_trials.c.registry, watched_trials.c.trial_id)
        tx.execute(delete(watched_trials).where(watched_trials.c.watch_id == watch_id, of_these))
        listed.refresh(tx, chunk)


def drop_all(tx: Connection, watch_id: int) -> None:
    """Take all trials out of a watch."""
    keys = of_watch(tx, watch_id)
    tx.execute(delete(watched_trials).where(watched_trials.c.watch_id == watch_id))
    listed.refresh(tx, keys)


def of_watch(tx: Connection, watch_id: int) -> list[Key]:
    """The trials of a watch, by registry and trial id, in order."""
    key = (watched_trials.c.registry, watched_trials.c.trial_id)
    query = select(*key).where(watched_trials.c.watch_id == watch_id).order_by(*key)
    return [(row.registry, row.trial_id) for row in tx.execute(query)]
