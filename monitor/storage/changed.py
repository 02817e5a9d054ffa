"""Finds and counts changes by the index: pages of events, counts for filters, counts by day.

Events come by day, the newest day first, and within a day the most significant first, or the newest. A page is found
from where the one before it ended, never by counting over what comes before. The changes of no event are read for it.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    FromClause,
    Function,
    Integer,
    Select,
    and_,
    exists,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from monitor.changes.topics import Topic
from monitor.errors import ConfigurationInvalid
from monitor.model import Significance
from monitor.model.ids import event_id
from monitor.storage.found import FEW, TrialFilter, by_number, few, fewest
from monitor.storage.index_tables import change_counts, change_index, trial_index
from monitor.storage.pages import Span
from monitor.storage.settling_tables import settlements
from monitor.storage.tables import events

_c = change_index.c
_is_told = ~exists().where(settlements.c.event_id == events.c.id)
_days = change_counts.c
_LONGEST_WINDOW = timedelta(days=4096)
_OF_AN_EVENT = 2
"""Changes of an event that are asked for, about."""
_MOST_COUNTED = 1000
"""Days of which it is looked how many changes they have."""
_LONG_AGO, _LATE = date(1990, 1, 1), date(2100, 1, 1)
"""Where the first day or the last one cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeFilter:
    """Which changes."""

    least: Significance = Significance.MINOR
    topics: tuple[str, ...] = ()
    """One of these; changes that are administrative are among them whatever *least* says, where they are asked for."""
    kinds: tuple[str, ...] = ()
    """Whole names of kinds."""
    since: date | None = None
    until: date | None = None
    """The day before which they are."""
    span: Span | None = None
    """Of these days, only what occurred within it."""
    told: bool = False
    """Only of events that are told: without what is not settled yet, held back, taken back or discarded."""
    trials: TrialFilter = field(default_factory=TrialFilter)


@dataclass(frozen=True, slots=True)
class FoundEvent:
    """An event with changes that were asked for."""

    day: str
    significance: Significance
    """Of the most significant one of them."""
    registry: str
    trial_id: str
    snapshot: int
    changes: int
    """How many of them there are."""

    @property
    def event_id(self) -> str:
        """The event's own."""
        return event_id(self.registry, self.trial_id, self.snapshot)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: behind a day, or behind an event of it."""

    day: str
    event: tuple[int, str, str, int] | None = None
    """Its significance on that page, registry, trial id and snapshot; None for the whole day."""


def of_span(wanted: ChangeFilter, span: Span) -> ChangeFilter:
    """The same within that time, of which the first and the last day may be there in part."""
    begins, until = span.since.date(), span.until
    return replace(
        wanted,
        since=None if begins == date.min else begins,
        until=until and (until.date() if until.time() == time() else until.date() + timedelta(days=1)),
        span=span,
    )


def page(
    tx: Connection, wanted: ChangeFilter, *, after: Place | None, limit: int, by_time: bool = False
) -> list[FoundEvent]:
    """Up to *limit* events, those behind *after*; *by_time*: within a day the newest first.

    ConfigurationInvalid where *after* is of a trial or an event that is not there.
    """
    events_of = _events_by_time if by_time else _events
    number = _number(tx, after)
    if few(tx, wanted.trials):
        return _read(tx, events_of(wanted, after, number, walking=False).limit(limit))
    found: list[FoundEvent] = []
    for since, until in _windows(tx, wanted, after, limit):
        query = events_of(replace(wanted, since=since, until=until), after, number, walking=True)
        found += _read(tx, query.limit(limit - len(found)))
        if len(found) >= limit:
            break
    return found


def of_events(tx: Connection, wanted: ChangeFilter, ids: Collection[str]) -> list[FoundEvent]:
    """Those of the events that have changes that are asked for, the newest first."""
    same = and_(events.c.registry == trial_index.c.registry, events.c.trial_id == trial_index.c.trial_id)
    trials = tx.scalars(select(trial_index.c.id).join(events, same).where(events.c.id.in_(ids)).distinct()).all()
    query = _events_by_time(wanted, None, None, walking=True, trials=trials)
    return _read(tx, query.where(events.c.id.in_(ids)))


def events_of_days(tx: Connection, wanted: ChangeFilter, days: Sequence[str]) -> dict[str, int]:
    """How many events each of these days has that are asked for."""
    if not days:
        return {}
    rows = narrowed(tx, wanted, select(_c.day, _c.trial, _c.snapshot)).where(_c.day.in_(days)).distinct().subquery()
    found = tx.execute(select(rows.c.day, func.count()).group_by(rows.c.day))
    return {row[0]: row[1] for row in found}


def matrix(tx: Connection, wanted: ChangeFilter) -> dict[tuple[Significance, str], int]:
    """How many changes there are by significance and topic, whatever *wanted* says of these two."""
    every = replace(wanted, least=Significance.ADMINISTRATIVE, topics=())
    rows, count = _counted(tx, every)
    weight, topic = rows.selected_columns["significance"], rows.selected_columns["topic"]
    found = tx.execute(rows.with_only_columns(weight, topic, count).group_by(weight, topic))
    return {(Significance(of), said): number for of, said, number in found if of in WEIGHTS}


WEIGHTS = frozenset(map(int, Significance))


def newer(tx: Connection, wanted: ChangeFilter, *, than: str | None, most: int) -> int:
    """How many changes there are, *most* at most, in events that came after the event *than*; of all without one.

    *wanted* is `told`: nobody hears of what is held back by hearing how much it is.
    """
    last = tx.execute(select(*_key_of_event).where(events.c.id == than)).one_or_none() if than else None
    since = max(wanted.since or date.min, last.occurred_at.date()) if last else wanted.since
    same = (events.c.registry == trial_index.c.registry, events.c.trial_id == trial_index.c.trial_id)
    query = (
        narrowed(tx, replace(wanted, since=since), select(_c.trial))
        .join(trial_index, trial_index.c.id == _c.trial)
        .join(events, and_(*same, events.c.snapshot == _c.snapshot))
    )
    if last:
        query = query.where(tuple_(*_key_of_event) > tuple_(*last))
    if wanted.told:
        query = query.where(_is_told)
    return tx.scalar(select(func.count()).select_from(query.limit(most).subquery())) or 0


_key_of_event = (events.c.occurred_at, events.c.registry, events.c.trial_id, events.c.snapshot)


def counts_since(tx: Connection, wanted: ChangeFilter, days: Sequence[date | None]) -> list[int]:
    """How many changes there are since each of these days, whatever *wanted* says of the time; None: in all."""
    known = [day for day in days if day]
    earliest = min(known) if len(known) == len(days) and known else None
    rows, count = _counted(tx, replace(wanted, since=earliest, until=None))
    day = rows.selected_columns["day"]
    columns = [count.filter(day >= each.isoformat()) if each else count for each in days]
    return [number or 0 for number in tx.execute(rows.with_only_columns(*columns)).one()]


def by_day(tx: Connection, wanted: ChangeFilter) -> dict[str, dict[Significance, int]]:
    """How many changes there were on each day that had any, by significance."""
    rows, count = _counted(tx, wanted)
    day, weight = rows.selected_columns["day"], rows.selected_columns["significance"]
    found: dict[str, dict[Significance, int]] = {}
    for on, of, number in tx.execute(rows.with_only_columns(day, weight, count).group_by(day, weight)):
        if of in WEIGHTS:
            found.setdefault(on, {})[Significance(of)] = number
    return found


def _counted(tx: Connection, wanted: ChangeFilter) -> tuple[Select[Any], Function[int]]:
    """The rows in which changes are counted that are asked for, and how: the counts that are kept, or each change."""
    if not has_counts(wanted):
        return narrowed(tx, wanted, select(_c.day, _c.significance, _c.topic)), func.count()
    rows = select(_days.day, _days.significance, _days.topic).where(*conditions(wanted, _days))
    return rows, func.sum(_days.changes, type_=Integer)


def has_counts(wanted: ChangeFilter) -> bool:
    """Whether it is about nothing but days, registries, significance and topics."""
    return not (wanted.kinds or wanted.span) and wanted.trials == TrialFilter(registry=wanted.trials.registry)


def narrowed(tx: Connection, wanted: ChangeFilter, query: Select[Any]) -> Select[Any]:
    """A query of change rows with what is asked for."""
    trials = by_number(wanted.trials, _c.trial, walking=_is_to_walk(tx, wanted))
    return query.where(*conditions(wanted, _c), *trials)


def _is_to_walk(tx: Connection, wanted: ChangeFilter) -> bool:
    """Whether to go through the days and look at the trial of each change, or through the trials."""
    if wanted.trials.is_of_facets_alone:
        return True
    trials = fewest(tx, wanted.trials)
    if trials <= FEW:
        return False
    days = conditions(ChangeFilter(least=Significance.ADMINISTRATIVE, since=wanted.since, until=wanted.until), _days)
    return (tx.scalar(select(func.sum(_days.changes)).where(*days)) or 0) < 2 * trials


def conditions(wanted: ChangeFilter, row: ReadOnlyColumnCollection[str, Column[Any]]) -> Iterator[ColumnElement[bool]]:
    """What is asked for but of trials, of a row of changes or of their counts."""
    if wanted.since is not None:
        yield row.day >= wanted.since.isoformat()
    if wanted.until is not None:
        yield row.day < wanted.until.isoformat()
    if wanted.span is not None:
        yield from _within(wanted.span)
    if wanted.trials.registry:
        yield row.registry == wanted.trials.registry
    if wanted.topics:
        yield row.topic.in_(wanted.topics)
    if wanted.kinds:
        yield row.kind.in_(wanted.kinds)
    if wanted.least > Significance.ADMINISTRATIVE:
        weighs = row.significance >= int(wanted.least)
        asked_for = Topic.ADMINISTRATIVE in wanted.topics
        yield or_(weighs, row.topic == Topic.ADMINISTRATIVE) if asked_for else weighs


def _within(span: Span) -> Iterator[ColumnElement[bool]]:
    """What events of the first and the last day of a time have to meet: of these, the moments are looked at."""
    at, midnight = events.c.occurred_at, time()
    if span.since.time() != midnight:
        yield or_(_c.day > span.since.date().isoformat(), _occurred(at >= span.since))
    if span.until is not None and span.until.time() != midnight:
        yield or_(_c.day < span.until.date().isoformat(), _occurred(at < span.until))


def _occurred(when: ColumnElement[bool]) -> ColumnElement[bool]:
    trial = trial_index.alias()
    same = (events.c.registry == trial.c.registry, events.c.trial_id == trial.c.trial_id)
    return exists().where(trial.c.id == _c.trial, *same, events.c.snapshot == _c.snapshot, when)


def _events(wanted: ChangeFilter, after: Place | None, number: int | None, *, walking: bool) -> Select[Any]:
    """The events in their order, those behind *after*, whose trial has that *number*."""
    weight = func.max(_c.significance)
    query = _grouped(wanted, after, walking=walking)
    if after is not None and after.event is not None:
        same = tuple_(weight, _c.trial, _c.snapshot) < tuple_(after.event[0], number, after.event[3])
        query = query.having(or_(_c.day < after.day, same))
    found = query.subquery()
    return _with_trials(found).order_by(
        found.c.day.desc(), found.c.weight.desc(), found.c.trial.desc(), found.c.snapshot.desc()
    )


def _events_by_time(
    wanted: ChangeFilter, after: Place | None, number: int | None, *, walking: bool, trials: Sequence[int] | None = None
) -> Select[Any]:
    """The same, the newest first; of those *trials* alone, where they are given."""
    grouped, at = _grouped(wanted, after, walking=walking), events.c.occurred_at
    found = (grouped if trials is None else grouped.where(_c.trial.in_(trials))).subquery()
    same = (events.c.registry == trial_index.c.registry, events.c.trial_id == trial_index.c.trial_id)
    query = _with_trials(found).join(events, and_(*same, events.c.snapshot == found.c.snapshot))
    if wanted.told:
        query = query.where(_is_told)
    if after is not None and after.event is not None:
        last = select(at).where(events.c.id == event_id(*after.event[1:])).scalar_subquery()
        same_moment = and_(at == last, tuple_(found.c.trial, found.c.snapshot) < tuple_(number, after.event[3]))
        query = query.where(or_(found.c.day < after.day, at < last, same_moment))
    return query.order_by(found.c.day.desc(), at.desc(), found.c.trial.desc(), found.c.snapshot.desc())


def _grouped(wanted: ChangeFilter, after: Place | None, *, walking: bool) -> Select[Any]:
    """The events, by their rows, from the day on at which the page before ended."""
    weight = func.max(_c.significance)
    query = (
        select(_c.day, weight.label("weight"), _c.trial, _c.snapshot, func.count().label("changes"))
        .where(*conditions(wanted, _c), *by_number(wanted.trials, _c.trial, walking=walking))
        .group_by(_c.day, _c.trial, _c.snapshot)
    )
    if after is not None:
        query = query.where(_c.day <= after.day if after.event else _c.day < after.day)
    return query


def _with_trials(found: FromClause) -> Select[Any]:
    return (
        select(found.c.day, found.c.weight, found.c.snapshot, found.c.changes)
        .add_columns(trial_index.c.registry, trial_index.c.trial_id)
        .join(trial_index, trial_index.c.id == found.c.trial)
    )


def _read(tx: Connection, query: Select[Any]) -> list[FoundEvent]:
    """The events of the rows; what a damaged disk has made of one is no event."""
    return [
        FoundEvent(row.day, Significance(row.weight), row.registry, row.trial_id, row.snapshot, row.changes)
        for row in tx.execute(query)
        if row.weight in WEIGHTS and _day(row.day)
    ]


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None


def _number(tx: Connection, after: Place | None) -> int | None:
    if after is None or after.event is None:
        return None
    _, registry, trial_id, _ = after.event
    query = select(trial_index.c.id).where(trial_index.c.registry == registry, trial_index.c.trial_id == trial_id)
    number: int | None = tx.scalar(query)
    if number is None:
        raise ConfigurationInvalid(
            f"this page begins behind a change of {trial_id}, which is not there: go to the first page"
        )
    return number


def _windows(tx: Connection, wanted: ChangeFilter, after: Place | None, limit: int) -> Iterator[tuple[date, date]]:
    """Spans of days, the newest first, which leave none out: a page hardly ever needs many.

    Where it is kept how many changes the days have, that says where to cut; otherwise each is twice as long as the one
    before.
    """
    # One of them by itself is a look at the index, and both at once are a look at every row.
    first, last = tx.scalar(select(func.min(_c.day))), tx.scalar(select(func.max(_c.day)))
    if first is None or last is None:
        return
    begin = max(_day(first) or _LONG_AGO, wanted.since or date.min)
    end = min((_day(last) or _LATE) + timedelta(days=1), wanted.until or date.max)
    if after is not None:
        end = min(end, date.fromisoformat(after.day) + timedelta(days=1 if after.event else 0))
    if has_counts(wanted):
        for day in _cuts(tx, replace(wanted, since=begin, until=end), limit):
            if begin < day < end:
                yield day, end
                end = day
        if begin < end:
            yield begin, end
        return
    length = timedelta(days=1)
    while begin < end:
        since = max(begin, end - length)
        yield since, end
        end, length = since, min(2 * length, _LONGEST_WINDOW)


def _cuts(tx: Connection, wanted: ChangeFilter, limit: int) -> Iterator[date]:
    """Days from which on there are as many changes as *limit* events may have, then twice as many more, and so on."""
    changes = func.sum(_days.changes, type_=Integer)
    query = select(_days.day, changes).where(*conditions(wanted, _days)).group_by(_days.day).order_by(_days.day.desc())
    found, enough = 0, _OF_AN_EVENT * limit
    for text, count in tx.execute(query.limit(_MOST_COUNTED)):
        found += count
        if found >= enough and (day := _day(text)):
            yield day
            found, enough = 0, 2 * enough
