"""Newcomers and leavers with their watches: which watches found new trials, and which lost some."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection, select

from monitor.changes.membership import Membership
from monitor.model import Search
from monitor.model.stamps import day_of
from monitor.storage import leavers, newcomers, searches, siblings, watches
from monitor.storage.statements import chunks
from monitor.storage.tables import watches as watch_rows


def found(tx: Connection, registry: str, trial_ids: Iterable[str]) -> dict[str, Membership]:
    """Of those of the trials that are newcomers, the watch that found each; one that is gone looked for anything."""
    new = newcomers.among(tx, registry, trial_ids)
    known = _watches(tx, {each.watch_id for each in new.values() if each.watch_id is not None})
    roots = siblings.roots(tx, registry, new)
    return {
        trial_id: replace(
            _membership(each.watch_id, known, listed=day_of(each.listed_version or "")),
            sibling_of=roots.get(trial_id, {}).get(each.watch_id or 0),
        )
        for trial_id, each in new.items()
    }


def lost(tx: Connection, registry: str, trial_ids: Iterable[str]) -> dict[str, list[Membership]]:
    """Of those of the trials that are about to leave watches, and of which nobody was told, these watches."""
    leaving = leavers.unreported(tx, registry, trial_ids)
    known = _watches(tx, {watch_id for ids in leaving.values() for watch_id in ids})
    still = _still_in(tx, registry, leaving)
    return {
        trial_id: [replace(_membership(each, known), still_in=tuple(still.get(trial_id, ()))) for each in ids]
        for trial_id, ids in leaving.items()
    }


def _still_in(tx: Connection, registry: str, trial_ids: Collection[str]) -> dict[str, list[int]]:
    """The watches that each of these trials is in and is not about to leave, in order."""
    if not trial_ids:
        return {}
    staying = watches.held_among(tx, registry, trial_ids) - leavers.among(tx, registry, trial_ids)
    found: dict[str, list[int]] = {}
    for watch_id, trial_id in sorted(staying):
        found.setdefault(trial_id, []).append(watch_id)
    return found


_Known = dict[int, tuple[str | None, Search]]


def _watches(tx: Connection, watch_ids: Iterable[int]) -> _Known:
    """The name of each watch, and what it looks for."""
    watch_ids = list(watch_ids)
    names = {
        row.id: row.name
        for chunk in chunks(watch_ids)
        for row in tx.execute(select(watch_rows.c.id, watch_rows.c.name).where(watch_rows.c.id.in_(chunk)))
    }
    known = searches.known(tx, watch_ids)
    return {
        watch_id: (names.get(watch_id), known[watch_id].search if watch_id in known else Search())
        for watch_id in watch_ids
        if watch_id in known or watch_id in names
    }


def _membership(watch_id: int | None, known: _Known, *, listed: str | None = None) -> Membership:
    name, search = known.get(watch_id, (None, Search())) if watch_id is not None else (None, Search())
    return Membership(search, watch_id, name, date.fromisoformat(listed) if listed else None)
