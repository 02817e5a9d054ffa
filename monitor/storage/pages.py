"""Watched trials and events, a page at a time: no query takes longer as the database grows.

A page is found by its keys alone, so that a damaged row does not spoil it: see `events.known`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, select, true, tuple_

from monitor.model import Significance
from monitor.storage.searches import is_everything
from monitor.storage.statements import is_one_of
from monitor.storage.tables import events, searches, trials, watched_trials

MOST_NAMED = 1000
"""Trials that may be named one by one: each is a parameter or two of the statement."""

_time_of_event = (events.c.occurred_at, events.c.registry, events.c.trial_id, events.c.snapshot)
_watched = (watched_trials.c.registry, watched_trials.c.trial_id)
_kept = (trials.c.registry, trials.c.trial_id)
_is_same = and_(*(one == other for one, other in zip(_kept, _watched, strict=True)))

Key = tuple[str, str]
"""Registry and trial id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """Which trials to search; without any condition, all of them."""

    watches: tuple[int, ...] = ()
    """Those that one of these watches holds."""
    registry: str | None = None
    """The registry that is watched as a whole by that watch."""
    trials: tuple[Key, ...] = ()
    """Those alone, MOST_NAMED at most."""


@dataclass(frozen=True, slots=True)
class Span:
    """From *since* on and before *until*, or to the newest without one."""

    since: datetime
    until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether a moment is in it."""
        return self.since <= at and (self.until is None or at < self.until)


def event_ids(
    tx: Connection, within: Within, span: Span, *, least: Significance, after: str | None, limit: int
) -> list[str]:
    """The ids of up to *limit* events, the newest first, those behind the event *after*.

    Events of trials that nobody watches any more are among them. What occurred in one moment comes by trial id, the
    highest first, which is that of the newest trial.
    """
    query = select(events.c.id).where(events.c.occurred_at >= span.since, events.c.significance >= least)
    if span.until is not None:
        query = query.where(events.c.occurred_at < span.until)
    if after is not None:
        last = select(*_time_of_event).where(events.c.id == after).scalar_subquery()
        query = query.where(tuple_(*_time_of_event).op("<", is_comparison=True)(last))
    query = query.where(is_of(within, events.c.registry, events.c.trial_id))
    return list(tx.scalars(query.order_by(*(column.desc() for column in _time_of_event)).limit(limit)))


def is_of(within: Within, registry: ColumnElement[str], trial_id: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether the trial of these columns is among them."""
    if within.trials:
        return is_one_of(within.trials, registry, trial_id)
    if within.registry is not None:
        return registry == within.registry
    if within.watches:
        held = and_(watched_trials.c.registry == registry, watched_trials.c.trial_id == trial_id)
        return exists().where(held, watched_trials.c.watch_id.in_(within.watches))
    return true()


def trials_read(tx: Connection, within: Within) -> int:
    """How many of the trials have been read at least once: so many could have changed."""
    query = select(func.count()).select_from(trials).where(trials.c.snapshot.is_not(None))
    return tx.scalar(query.where(is_of(within, *_kept))) or 0


def watched(tx: Connection, within: Within, *, after: Key | None, limit: int) -> list[Key]:
    """Up to *limit* of the trials, in the order of registry and trial id, those behind *after*.

    Those named one by one need not be watched; otherwise what no watch holds is left out.
    """
    if within.trials:
        named = sorted(each for each in within.trials if after is None or each > after)
        return named[:limit]
    found = _held(tx, within, after=after, limit=limit) if within.registry is None else []
    if not (whole := _whole(tx, within)):
        return found
    return sorted({*found, *_page(tx, _all_of(whole), _kept, after=after, limit=limit)})[:limit]


def watched_count(tx: Connection, within: Within) -> int:
    """How many trials `watched` gives in all."""
    if within.trials:
        return len(within.trials)
    whole, found = _whole(tx, within), 0
    if whole:
        found += tx.scalar(select(func.count()).select_from(_all_of(whole).subquery())) or 0
    if within.registry is None:
        others = _held_by(within)
        if whole:
            counted = exists().where(trials.c.registry.in_(whole), trials.c.snapshot.is_not(None), _is_same)
            others = others.where(~counted)
        found += tx.scalar(select(func.count()).select_from(others.subquery())) or 0
    return found


def _whole(tx: Connection, within: Within) -> list[str]:
    """The registries of which every trial is watched."""
    if within.registry is not None:
        return [within.registry]
    if within.watches:
        return []
    return list(tx.scalars(select(searches.c.registry).where(is_everything).distinct()))


def _all_of(registries: Sequence[str]) -> Select[Any]:
    return select(*_kept).where(trials.c.registry.in_(registries), trials.c.snapshot.is_not(None))


def _held_by(within: Within) -> Select[Any]:
    """What is in the list of one of its watches, or of any: each trial once, of however many watches it is."""
    query = select(*_watched).distinct()
    return query.where(watched_trials.c.watch_id.in_(within.watches)) if within.watches else query


def _held(tx: Connection, within: Within, *, after: Key | None, limit: int) -> list[Key]:
    """Those in the list of a watch, or of any."""
    return _page(tx, _held_by(within), _watched, after=after, limit=limit)


def _page(
    tx: Connection, query: Select[Any], key: Sequence[ColumnElement[str]], *, after: Key | None, limit: int
) -> list[Key]:
    if after is not None:
        query = query.where(tuple_(*key) > tuple_(*after))
    return [(row.registry, row.trial_id) for row in tx.execute(query.order_by(*key).limit(limit))]
