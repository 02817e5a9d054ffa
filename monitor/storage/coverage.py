"""How many of some trials were checked of late, and which were not: what makes silence mean something.

A trial was checked where an answer verified it since then; or where its registry has named the version of its data
since then at which the trial was verified: one request says of all trials that nothing is newer. It was not where the
latest answer for it was not believed, or said that there is no such trial.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import ColumnElement, Connection, and_, case, exists, func, or_, select

from monitor.model import State
from monitor.storage.pages import Within, is_of
from monitor.storage.searches import is_everything
from monitor.storage.tables import quarantine, registries, searches, trials, watched_trials

_held = exists().where(watched_trials.c.registry == trials.c.registry, watched_trials.c.trial_id == trials.c.trial_id)
_mirrored = trials.c.registry.in_(select(searches.c.registry).where(is_everything))

# What has any refused answer is few, and found without asking for each trial.
_is_refused = and_(
    trials.c.trial_id.in_(select(quarantine.c.trial_id).where(quarantine.c.accepted_at.is_(None))),
    exists().where(
        quarantine.c.registry == trials.c.registry,
        quarantine.c.trial_id == trials.c.trial_id,
        quarantine.c.accepted_at.is_(None),
        quarantine.c.latest_at > trials.c.verified_at,
    ),
)


@dataclass(frozen=True, slots=True)
class Unchecked:
    """A trial that was not checked; *verified_at* is when it was last, None for never."""

    registry: str
    trial_id: str
    verified_at: datetime | None


@dataclass(frozen=True, slots=True)
class RegistrySeen:
    """Some trials of a registry: how many were checked, the version of its data they are as of, and what it said."""

    registry: str
    checked: int
    version: str | None
    """The newest in which any of them was verified; where none was checked, the one that the registry named last."""
    named_at: datetime | None
    """When it last named a version."""
    read: int
    """How many were ever read."""


def by_registry(tx: Connection, within: Within, *, since: datetime) -> list[RegistrySeen]:
    """How many of the watched ones of these trials were checked since then, in each registry that has any."""
    query = (
        select(
            trials.c.registry,
            func.count().filter(_is_checked(since)),
            _version(since),
            registries.c.checked_at,
            func.count(trials.c.snapshot),
        )
        .outerjoin(registries, registries.c.registry == trials.c.registry)
        .where(_is_watched(within))
        .group_by(trials.c.registry, registries.c.version_stamp, registries.c.checked_at)
        .order_by(trials.c.registry)
    )
    return [RegistrySeen(*row) for row in tx.execute(query)]


def unchecked(tx: Connection, within: Within, *, since: datetime, limit: int) -> Sequence[Unchecked]:
    """Up to *limit* of them that were not, in registries that named a version since; by registry and trial id."""
    query = (
        select(trials.c.registry, trials.c.trial_id, trials.c.verified_at)
        .join(registries, registries.c.registry == trials.c.registry)
        .where(_is_watched(within), ~_is_checked(since), registries.c.checked_at >= since)
        .order_by(trials.c.registry, trials.c.trial_id)
        .limit(limit)
    )
    return [Unchecked(*row) for row in tx.execute(query)]


def unlisted(tx: Connection, within: Within) -> list[int]:
    """Those watches of these trials whose search the registry has not listed at the version of its data."""
    query = (
        select(searches.c.watch_id)
        .join(registries, registries.c.registry == searches.c.registry)
        .where(~is_everything, searches.c.listed_version.is_distinct_from(registries.c.version_stamp))
        .order_by(searches.c.watch_id)
    )
    if within.trials:
        return []
    if within.watches:
        query = query.where(searches.c.watch_id.in_(within.watches))
    return list(tx.scalars(query))


def read_ages(tx: Connection, *, now: datetime, days: int) -> tuple[list[int], int, datetime | None]:
    """How long ago the watched trials were read in full: how many in each of the last *days*, how many before that.

    Today's first; and when the one was that was read longest ago. Merged ones are not read any more, and one that was
    never read does not count. It goes through all of them.
    """
    read_at = trials.c.read_in_full_at
    edges = [now - timedelta(days=day) for day in range(1, days + 1)]
    counts = [func.count().filter(read_at > edges[0])]
    counts += [func.count().filter(read_at <= newer, read_at > older) for newer, older in pairwise(edges)]
    query = select(*counts, func.count().filter(read_at <= edges[-1]), func.min(read_at, type_=read_at.type)).where(
        _is_watched(Within()), read_at.is_not(None), trials.c.state.is_distinct_from(State.MERGED)
    )
    *by_day, before, oldest = tx.execute(query).one()
    return by_day, before, oldest


def _version(since: datetime) -> ColumnElement[str | None]:
    """Stamps that are no times have no order: any of those at which trials were verified will do."""
    counts = and_(_is_checked(since), trials.c.state != State.MERGED)
    newest = func.count().filter(counts, trials.c.verified_version == registries.c.version_stamp)
    verified = func.max(trials.c.verified_version).filter(counts)
    return case((newest > 0, registries.c.version_stamp), else_=func.coalesce(verified, registries.c.version_stamp))


def _is_watched(within: Within) -> ColumnElement[bool]:
    return and_(is_of(within, trials.c.registry, trials.c.trial_id), or_(_held, _mirrored))


def _is_checked(since: datetime) -> ColumnElement[bool]:
    """NULL counts as no: a count of a trial that nobody ever verified is none."""
    stands = and_(trials.c.verified_version == registries.c.version_stamp, registries.c.checked_at >= since)
    merged = and_(trials.c.state == State.MERGED, registries.c.checked_at >= since)
    seen = and_(or_(trials.c.verified_at >= since, stands), trials.c.misses == 0, ~_is_refused)
    return func.coalesce(or_(seen, merged), False)
