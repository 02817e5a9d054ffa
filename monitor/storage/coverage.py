"""How many of some trials are seen, and why the others are not: what makes silence mean something.

This is the one place that decides what counts as seen, for pages, figures, looks, `monitor doctor` and digests alike. A
trial was seen where an answer verified it since a moment; or where its registry has named the version of its data since
then at which the trial was verified: one request says of all trials that nothing is newer. It was not where the latest
answer for it was not believed, or said that there is no such trial. Of a trial that merged into another, the look at
its registry is enough. The moment is that of the digest before, or as `seen_since` says.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Subquery,
    Text,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    true,
    union,
)

from monitor.model import State
from monitor.model.unseen import UnseenReason
from monitor.storage.denial_tables import denials
from monitor.storage.denials import is_watched
from monitor.storage.pages import Within, is_of
from monitor.storage.registries import last_said
from monitor.storage.searches import is_everything
from monitor.storage.tables import quarantine, registries, searches, trials, watched_trials
from monitor.storage.trials import watched_registries

LOOKS_MISSED = 2
"""After so many looks that did not come, nothing is seen."""
SOONEST = timedelta(minutes=2)
"""What is looked at more often than that is not late sooner."""
EXAMPLES = 3

_held = exists().where(watched_trials.c.registry == trials.c.registry, watched_trials.c.trial_id == trials.c.trial_id)
_mirrored_registries = select(searches.c.registry).where(is_everything)
_mirrored = trials.c.registry.in_(_mirrored_registries)

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
    reason: UnseenReason


@dataclass(frozen=True, slots=True)
class Unseen:
    """Trials of a registry that are not seen for the same reason."""

    registry: str
    reason: UnseenReason
    count: int
    examples: Sequence[str]
    """The first of them by their ids, EXAMPLES at most; none where the registry itself is the reason."""


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


def seen_since(now: datetime, *, check_every: timedelta) -> datetime:
    """Since when a trial has to have been checked to count as seen now."""
    return now - max(LOOKS_MISSED * check_every, SOONEST)


def watched_by_registry(tx: Connection) -> dict[str, int]:
    """How many trials are watched in each registry that has any: all that are known of one watched as a whole."""
    registry = watched_trials.c.registry
    held = select(registry, func.count(watched_trials.c.trial_id.distinct())).group_by(registry)
    found: dict[str, int] = {row[0]: row[1] for row in tx.execute(held)}
    for key in tx.scalars(select(searches.c.registry).where(is_everything).distinct()).all():
        found[key] = tx.scalar(select(func.count()).select_from(_watched(Within(registry=key)))) or 0
    return found


def denied_by_registry(tx: Connection, within: Within = Within()) -> dict[str, int]:  # noqa: B008 - frozen
    """How many of the watched ones of these trials are numbers that their registry does not know, where any are.

    Nothing of them can be missed: the registry answered that there is nothing.
    """
    c = denials.c
    query = select(c.registry, func.count()).where(is_of(within, c.registry, c.trial_id), is_watched)
    return {row[0]: row[1] for row in tx.execute(query.group_by(c.registry))}


def by_registry(tx: Connection, within: Within, *, since: datetime) -> list[RegistrySeen]:
    """How many of the watched ones of these trials were checked since then, in each registry that has any."""
    return [seen for key in sorted(watched_registries(tx)) if (seen := _of_registry(tx, key, within, since))]


def _of_registry(tx: Connection, key: str, within: Within, since: datetime) -> RegistrySeen | None:
    """Of one registry; None where it has none of these trials."""
    said = _said(tx, key, since)
    stamp, is_checked = said.stamp, said.is_checked(since)
    counts = and_(is_checked, trials.c.state != State.MERGED)
    query = select(
        func.count(),
        func.count().filter(is_checked),
        func.count().filter(counts, trials.c.verified_version == stamp),
        func.max(trials.c.verified_version).filter(counts),
        func.count(trials.c.snapshot),
    ).where(trials.c.registry == key, is_of(within, trials.c.registry, trials.c.trial_id))
    if key not in set(tx.scalars(_mirrored_registries)):
        query = query.where(_held)
    count, checked, newest, verified, read = tx.execute(query).one()
    # Stamps that are no times have no order: any of those at which trials were verified will do.
    version = stamp if newest or verified is None else verified
    return RegistrySeen(key, checked, version, said.named_at, read) if count else None


class _Said(NamedTuple):
    """What a registry said, as far as it decides which of its trials were checked."""

    stamp: str | None
    named_at: datetime | None
    is_named: ColumnElement[bool]
    """Whether it named a version of its data since then."""
    is_refused: ColumnElement[bool]

    def is_checked(self, since: datetime) -> ColumnElement[bool]:
        """Whether a trial of it was."""
        return _is_checked(since, literal(self.stamp, Text), self.is_named, self.is_refused)


def _said(tx: Connection, key: str, since: datetime) -> _Said:
    """It is read beforehand, as is whether any answer was refused.

    A row is looked at in half a microsecond, and with more to compare in one and a half.
    """
    said = last_said(tx, key)
    stamp, named_at = said.stamp, said.named_at
    is_named = true() if named_at is not None and named_at >= since else false()
    refused = select(quarantine.c.id).where(quarantine.c.registry == key, quarantine.c.accepted_at.is_(None)).limit(1)
    return _Said(stamp, named_at, is_named, _is_refused if tx.execute(refused).first() else false())


def unchecked(tx: Connection, within: Within, *, since: datetime, limit: int) -> Sequence[Unchecked]:
    """Up to *limit* of the watched ones that were not, in registries that named a version since; by registry and id.

    Numbers that their registry does not know are left out.
    """
    found = _unseen(within, since, trials.c.verified_at)
    is_denied = found.selected_columns.reason == UnseenReason.DENIED
    query = found.where(registries.c.checked_at >= since, ~is_denied).order_by("registry", "trial_id").limit(limit)
    return [
        Unchecked(row.registry, row.trial_id, row.verified_at, UnseenReason(row.reason)) for row in tx.execute(query)
    ]


def unseen(tx: Connection, *, since: datetime, registry: str | None = None) -> list[Unseen]:
    """How many watched trials were not checked since then for each reason, by registry; of all, or of one.

    It goes through all of them, so it is for where some are known not to be seen.
    """
    keys = sorted(watched_registries(tx)) if registry is None else [registry]
    return [each for key in keys for each in _unseen_of(tx, key, since)]


def _unseen_of(tx: Connection, key: str, since: datetime) -> Iterator[Unseen]:
    said = _said(tx, key, since)
    rows = _not_checked(_watched_of(tx, key), said.is_checked(since), ~said.is_named).subquery()
    grouped = select(rows.c.reason, func.count(), func.min(rows.c.trial_id)).group_by(rows.c.reason)
    for reason, count, first in tx.execute(grouped.order_by(rows.c.reason)).all():
        yield Unseen(key, UnseenReason(reason), count, _examples(tx, rows, reason, count, first))


def _examples(tx: Connection, rows: Subquery, reason: str, count: int, first: str) -> Sequence[str]:
    if reason == UnseenReason.SILENT:
        return ()
    if count == 1:
        return (first,)
    query = select(rows.c.trial_id).where(rows.c.reason == reason)
    return tx.scalars(query.order_by(rows.c.trial_id).limit(EXAMPLES)).all()


def _unseen(within: Within, since: datetime, *more: ColumnElement[Any]) -> Select[Any]:
    """The watched ones of these trials that were not checked since then, each with the reason, in all registries."""
    watched = _watched(within)
    is_silent = or_(registries.c.checked_at.is_(None), registries.c.checked_at < since)
    of_registry = registries.c.registry == watched.c.registry
    return _not_checked(watched, _is_checked(since), is_silent, *more).outerjoin(registries, of_registry)


def _not_checked(
    watched: Subquery, is_checked: ColumnElement[bool], is_silent: ColumnElement[bool], *more: ColumnElement[Any]
) -> Select[Any]:
    """Those of the *watched* that were not, each with the reason; the last of all: that its registry is silent."""
    of_trial = and_(trials.c.registry == watched.c.registry, trials.c.trial_id == watched.c.trial_id)
    is_refused = exists().where(
        quarantine.c.registry == watched.c.registry,
        quarantine.c.trial_id == watched.c.trial_id,
        quarantine.c.accepted_at.is_(None),
        or_(trials.c.verified_at.is_(None), quarantine.c.latest_at > trials.c.verified_at),
    )
    is_denied = exists().where(denials.c.registry == watched.c.registry, denials.c.trial_id == watched.c.trial_id)
    reason = case(
        (and_(trials.c.snapshot.is_(None), is_denied), UnseenReason.DENIED),
        (is_refused, UnseenReason.NOT_BELIEVED),
        (trials.c.snapshot.is_(None), UnseenReason.NEVER_READ),
        (trials.c.misses > 0, UnseenReason.MISSING),
        (is_silent, UnseenReason.SILENT),
        else_=UnseenReason.NOT_CONFIRMED,
    )
    found = select(watched.c.registry, watched.c.trial_id, reason.label("reason"), *more)
    return found.select_from(watched).outerjoin(trials, of_trial).where(~is_checked)


def _watched_of(tx: Connection, key: str) -> Subquery:
    """The watched trials of a registry, read or not: those of lists, once each, need no sorting."""
    if key in set(tx.scalars(_mirrored_registries)):
        return _watched(Within(registry=key))
    held = select(watched_trials.c.registry, watched_trials.c.trial_id).distinct()
    return held.where(watched_trials.c.registry == key).subquery()


def _watched(within: Within) -> Subquery:
    """The watched ones of these trials, read or not."""
    held = select(watched_trials.c.registry, watched_trials.c.trial_id)
    if within.watches:
        held = held.where(watched_trials.c.watch_id.in_(within.watches))
    else:
        held = held.where(is_of(within, watched_trials.c.registry, watched_trials.c.trial_id))
    known = select(trials.c.registry, trials.c.trial_id)
    known = known.where(_mirrored, is_of(within, trials.c.registry, trials.c.trial_id))
    return union(held, known).subquery()


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


def _is_watched(within: Within) -> ColumnElement[bool]:
    return and_(is_of(within, trials.c.registry, trials.c.trial_id), or_(_held, _mirrored))


def _is_checked(
    since: datetime,
    stamp: ColumnElement[str] = registries.c.version_stamp,
    is_named: ColumnElement[bool] | None = None,
    is_refused: ColumnElement[bool] = _is_refused,
) -> ColumnElement[bool]:
    """NULL counts as no: a count of a trial that nobody ever verified is none.

    *stamp* is the version that its registry named last, *is_named* whether it did so since then.
    """
    if is_named is None:
        is_named = registries.c.checked_at >= since
    stands = and_(trials.c.verified_version == stamp, is_named)
    merged = and_(trials.c.state == State.MERGED, is_named)
    seen = and_(or_(trials.c.verified_at >= since, stands), trials.c.misses == 0, ~is_refused)
    return func.coalesce(or_(seen, merged), False)
