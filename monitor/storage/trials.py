"""What is known about each trial now: one row per trial, watched or not."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from operator import attrgetter
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    tuple_,
    union,
    update,
)

from monitor.model import State
from monitor.storage import denials
from monitor.storage.searches import is_everything
from monitor.storage.statements import chunks, put, rows_of
from monitor.storage.tables import registries, searches, trials, watched_trials


@dataclass(frozen=True, slots=True)
class Trial:
    """A row, column by column."""

    registry: str
    trial_id: str
    state: State | None = None
    """What the latest snapshot says; None before the first one."""
    merged_into: str | None = None
    title: str | None = None
    snapshot: int | None = None
    """The number of the latest snapshot."""
    digest: bytes | None = None
    """That of the latest document seen, which equals the latest snapshot or was judged to be equal to it."""
    probe_digest: bytes | None = None
    build: str | None = None
    """The newest data build that an answer on this trial named."""
    verified_version: str | None = None
    """The registry's version at which this trial was last known to be as the latest snapshot says."""
    verified_at: datetime | None = None
    """When an answer last showed that."""
    read_in_full_at: datetime | None = None
    misses: int = 0
    """How many times in a row the registry said that it knows no such trial, before that is believed."""
    first_missed_at: datetime | None = None
    reads_otherwise_on: str | None = None
    """The first day on which the latest snapshot says something else than on its own; None where it never does."""
    lead_sponsor: str | None = None
    """Who leads it, by `fold_organisation`; None where nobody does, or it was not read since this is noted."""


class VerifiedTrial(NamedTuple):
    """What is reported of a trial that is already verified, at a tenth of the cost of a whole row."""

    trial_id: str
    state: State | None
    title: str | None
    snapshot: int | None


_columns = [trials.c[field.name] for field in fields(Trial)]
_of_registry = trials.c.registry == bindparam("registry")
_is_named = trials.c.trial_id.in_(bindparam("trial_ids", expanding=True))
_known = select(*_columns).where(_of_registry, _is_named)
_is_led = and_(_of_registry, trials.c.lead_sponsor == bindparam("sponsor"))
_same = trials.alias("same")
# Beside itself, as SQLite would else go through all trials of the registry: it asks the index what stands in it alone,
# and has no statistics to know better.
_led = (
    select(trials.c.trial_id)
    .join(_same, and_(_same.c.registry == trials.c.registry, _same.c.trial_id == trials.c.trial_id))
    .where(_is_led, _same.c.state == State.LISTED)
    .order_by(trials.c.trial_id)
    .limit(bindparam("limit"))
)
_led_beyond = select(trials.c.trial_id).where(_is_led).offset(bindparam("most")).limit(1)
_values = attrgetter(*(field.name for field in fields(Trial)))
_names = tuple(field.name for field in fields(Trial))


def known(tx: Connection, registry: str, trial_ids: Iterable[str]) -> dict[str, Trial]:
    """Those of the trials that have a row, by trial id."""
    return {
        row.trial_id: Trial(*row)
        for chunk in chunks(trial_ids)
        for row in tx.execute(_known, {"registry": registry, "trial_ids": chunk}).all()
    }


def led_by(tx: Connection, registry: str, sponsor: str, *, limit: int) -> list[str]:
    """Up to *limit* of the trials that the registry lists and *sponsor* leads, named by `fold_organisation`."""
    return list(tx.scalars(_led, {"registry": registry, "sponsor": sponsor, "limit": limit}))


def leads_more_than(tx: Connection, registry: str, sponsor: str, most: int) -> bool:
    """Whether *sponsor* leads more trials of the registry, listed or not: the index alone says so."""
    return tx.execute(_led_beyond, {"registry": registry, "sponsor": sponsor, "most": most}).first() is not None


def titles(tx: Connection, registry: str, trial_ids: Iterable[str]) -> dict[str, str]:
    """The titles of those of the trials that have one, by trial id."""
    query = select(trials.c.trial_id, trials.c.title).where(trials.c.registry == registry, trials.c.title.is_not(None))
    return {row.trial_id: row.title for row in rows_of(tx, query, trials.c.trial_id, trial_ids, {})}


def verified_in(tx: Connection, registry: str, trial_ids: Iterable[str], *, version: str) -> dict[str, VerifiedTrial]:
    """Those of the trials that are verified at *version* of the registry, by trial id."""
    query = select(trials.c.trial_id, trials.c.state, trials.c.title, trials.c.snapshot)
    query = query.where(trials.c.registry == registry, trials.c.verified_version == version)
    return {
        row.trial_id: VerifiedTrial(*row)
        for chunk in chunks(trial_ids)
        for row in tx.execute(query.where(trials.c.trial_id.in_(chunk))).all()
    }


@dataclass(frozen=True, slots=True)
class MergedDue:
    """Which of the trials that merged into another are to be checked again, because registries take mergers back.

    Those that were read last before *read_before*, or later than *now*, as the clock was set back, or that the registry
    has denied since; not where *version*, that of the registry's data, is the one in which they were read.
    """

    version: str
    read_before: datetime
    now: datetime


def watched_ids(
    tx: Connection,
    registry: str,
    *,
    unverified_at: str | None = None,
    day: date | None = None,
    merged_due: MergedDue | None = None,
    now: datetime | None = None,
) -> list[str]:
    """The ids of the trials of all watches, in order, without those that merged into another and are not due.

    With *unverified_at*, a version of the registry's data, only those that are not verified at it, and those whose
    latest snapshot says something else by *day*, where that is given. With *now*, without those of which the registry
    knows nothing and which are not to be asked for yet: see `monitor.storage.denials`.
    """
    of_same_trial = and_(trials.c.registry == watched_trials.c.registry, trials.c.trial_id == watched_trials.c.trial_id)
    merged = exists().where(of_same_trial, trials.c.state == State.MERGED, *_not_due(merged_due))
    query = (
        select(watched_trials.c.trial_id)
        .where(watched_trials.c.registry == registry, ~merged)
        .distinct()
        .order_by(watched_trials.c.trial_id)
    )
    if now is not None:
        query = query.where(~denials.is_put_off(watched_trials.c.registry, watched_trials.c.trial_id, now))
    if unverified_at is not None:
        stands = (of_same_trial, trials.c.verified_version == unverified_at)
        query = query.where(~exists().where(*stands, *(() if day is None else (~_reads_otherwise_by(day),))))
    return list(tx.scalars(query).all())


def reading_otherwise(tx: Connection, registry: str, trial_ids: Iterable[str], day: date) -> set[str]:
    """Those of the trials whose latest snapshot says something else by *day* than when it was taken."""
    query = select(trials.c.trial_id).where(trials.c.registry == registry, _reads_otherwise_by(day))
    return {
        trial_id for chunk in chunks(trial_ids) for trial_id in tx.scalars(query.where(trials.c.trial_id.in_(chunk)))
    }


def _reads_otherwise_by(day: date) -> ColumnElement[bool]:
    return func.coalesce(trials.c.reads_otherwise_on, "9999") <= day.isoformat()


def _not_due(merged: MergedDue | None) -> tuple[ColumnElement[bool], ...]:
    """Which merged trials stay as they are; all of them where none is given."""
    if merged is None:
        return ()
    at = trials.c.read_in_full_at
    is_recent = and_(at > merged.read_before, at <= merged.now, trials.c.misses == 0)
    return (or_(is_recent, trials.c.verified_version == merged.version),)


def watched_registries(tx: Connection) -> frozenset[str]:
    """The registries of which any watch holds a trial, or which it searches: a look at the index for each of them."""
    key = watched_trials.c.registry
    first = select(func.min(key).label("registry")).cte("held", recursive=True)
    following = select(func.min(key)).where(key > first.c.registry).scalar_subquery()
    held = first.union_all(select(following).where(first.c.registry.is_not(None)))
    found = tx.scalars(union(select(held.c.registry), select(searches.c.registry)))
    return frozenset(registry for registry in found if registry is not None)


def watched_count(tx: Connection, registry: str) -> int:
    """How many trials all watches of a registry cover: all that are known of one that is watched as a whole."""
    if tx.scalar(select(_is_watched_whole(registry))):
        query = select(func.count()).select_from(trials).where(trials.c.registry == registry)
    else:
        query = select(func.count(watched_trials.c.trial_id.distinct())).where(watched_trials.c.registry == registry)
    return tx.scalar(query) or 0


def _is_watched_whole(registry: str) -> ColumnElement[bool]:
    return exists().where(searches.c.registry == registry, is_everything)


def count(tx: Connection) -> int:
    """How many have a row."""
    return tx.scalar(select(func.count()).select_from(trials)) or 0


def page(tx: Connection, *, after: tuple[str, str] | None, limit: int) -> list[Trial]:
    """Up to *limit* rows in the order of registry and trial id, those behind *after*."""
    query = select(*_columns).order_by(trials.c.registry, trials.c.trial_id).limit(limit)
    if after is not None:
        query = query.where(tuple_(trials.c.registry, trials.c.trial_id) > tuple_(*after))
    return [Trial(*row) for row in tx.execute(query)]


def names_builds(tx: Connection, registry: str, *, since: datetime) -> bool:
    """Whether the data builds that answers name keep step with the registry's versions: then they prove something.

    They did where any trial was verified from then on by an answer of the same day as the version, though it is to be
    verified anew by now.
    """
    noted = select(registries.c.registry).where(registries.c.registry == registry, registries.c.in_step_at >= since)
    if tx.execute(noted).first() is not None:
        return True
    found = select(trials.c.trial_id).where(trials.c.registry == registry, _in_step, trials.c.verified_at >= since)
    return tx.execute(found.limit(1)).first() is not None


_in_step = trials.c.build >= func.substr(trials.c.verified_version, 1, 10)


def _note_in_step(tx: Connection, registry: str, trial_ids: Iterable[str]) -> None:
    """Keep what these trials show of builds that keep step, before they are to be verified anew."""
    shown = select(func.max(trials.c.verified_at)).where(trials.c.registry == registry, _in_step)
    at = [tx.scalar(shown.where(trials.c.trial_id.in_(chunk))) for chunk in chunks(trial_ids)]
    if latest := max(filter(None, at), default=None):
        earlier = or_(registries.c.in_step_at.is_(None), registries.c.in_step_at < latest)
        tx.execute(update(registries).where(registries.c.registry == registry, earlier).values(in_step_at=latest))


def mark_verified(
    tx: Connection,
    registry: str,
    trial_ids: Iterable[str],
    *,
    version: str | None,
    at: datetime,
    build: str | None = None,
) -> None:
    """Note that these trials still are as their latest snapshots say, by an answer from *build* where that is given.

    Misses stay: they are the caller's to judge.
    """
    statement = update(trials).where(trials.c.registry == registry).values(verified_version=version, verified_at=at)
    if build:
        statement = statement.values(build=build)
    for chunk in chunks(trial_ids):
        tx.execute(statement.where(trials.c.trial_id.in_(chunk)))


def go_back(tx: Connection, registry: str, build: str) -> None:
    """Measure all trials of a registry by no newer data build than this one. Hold the registry's lock."""
    newer = (trials.c.registry == registry) & (trials.c.build > build)
    tx.execute(update(trials).where(newer).values(build=build))


def read_again(tx: Connection, registry: str, trial_ids: Iterable[str]) -> None:
    """Have the next check read these in full, whatever is known of them. Hold the registry's lock."""
    trial_ids = list(trial_ids)
    _note_in_step(tx, registry, trial_ids)
    statement = update(trials).where(trials.c.registry == registry)
    for chunk in chunks(trial_ids):
        tx.execute(statement.where(trials.c.trial_id.in_(chunk)).values(verified_version=None, read_in_full_at=None))


def record(tx: Connection, rows: Sequence[Trial]) -> None:
    """Write these rows whole, replacing the former ones."""
    unverified = defaultdict(list)
    for row in rows:
        if row.verified_version is None:
            unverified[row.registry].append(row.trial_id)
    for registry, trial_ids in unverified.items():
        _note_in_step(tx, registry, trial_ids)
    put(tx, trials, (dict(zip(_names, _values(row), strict=True)) for row in rows))
