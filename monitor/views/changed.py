"""A page of changes that the index finds, and the counts beside it: what home, feeds, the API and agents show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

from sqlalchemy import Connection

from monitor.changes.topics import Topic
from monitor.model import Significance
from monitor.ports import Registry
from monitor.storage import changed, held_events, whose_changes
from monitor.storage.changed import ChangeFilter, FoundEvent, Place
from monitor.storage.whose_changes import SponsorCount
from monitor.views.finding import ALL, ChangesAsked
from monitor.views.seen_events import SeenEvent, seen_events

PERIODS = ("2d", "14d", "90d", ALL)
"""Those that a choice is offered of."""
TOP_SPONSORS = 10
OF_A_DAY = 6
"""Events of a day among those of others."""
RELEASED_LATELY = timedelta(days=14)
MOST_RELEASED = 1000
"""Events released of late that are looked through for those that are asked for."""
MOST_ROUNDS = 8
"""In which the events of days are read: days with thousands of them make a page shorter, and not slower."""


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """Events, and behind which the next page begins; None where there is none."""

    events: Sequence[SeenEvent]
    next: Place | None
    more: Mapping[str, int] = field(default_factory=dict)
    """By day, how many of its events were left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeCounts:
    """How many changes there are. Each count is of what the other filters leave, whatever its own says."""

    by_significance: Mapping[Significance, int]
    """Those that have exactly that."""
    asked_for: Mapping[Significance, int]
    """The same of those that are asked for."""
    by_topic: Mapping[str, int]
    by_period: Mapping[str, int]
    trials: int
    """In how many trials they are."""
    administrative_trials: int
    """How many trials have none but administrative ones, in that time."""

    @property
    def changes(self) -> int:
        """How many there are in all of what is asked for."""
        return sum(self.asked_for.values())


def changes_page(
    tx: Connection,
    asked: ChangesAsked,
    registries: Sequence[Registry],
    *,
    today: date,
    after: Place | None = None,
    limit: int,
    counts_told: bool = False,
    names_watches: bool = True,
    by_time: bool = False,
    told: bool = False,
) -> ChangesPage:
    """Up to *limit* events, the newest day first, and within a day the most significant first, or *by_time*.

    Without *names_watches*, as anybody may read it; *told* and *by_time*, those alone that are told.
    """
    wanted = replace(asked.filter(today), told=told)
    found = changed.page(tx, wanted, after=after, limit=limit + 1, by_time=by_time)
    known = {registry.key: registry for registry in registries}
    shown = seen_events(tx, found[:limit], wanted, known, counts_told=counts_told, names_watches=names_watches)
    return ChangesPage(shown, _behind(found, limit))


def told_page(
    tx: Connection,
    asked: ChangesAsked,
    registries: Sequence[Registry],
    *,
    now: datetime,
    after: Place | None = None,
    limit: int,
    names_watches: bool = True,
) -> ChangesPage:
    """Up to *limit* events that are told, the newest first.

    On the first page also as many that were released of late, however old they are: whoever looks again and again sees
    what is told late, too. Each stands where it was released.
    """
    today = now.astimezone(UTC).date()
    found = changes_page(
        tx,
        asked,
        registries,
        today=today,
        after=after,
        limit=limit,
        names_watches=names_watches,
        by_time=True,
        told=True,
    )
    late: list[SeenEvent] = []
    if after is None and (ids := held_events.released_since(tx, now - RELEASED_LATELY, limit=MOST_RELEASED)):
        wanted = replace(asked.filter(today), told=True)
        there = {each.found.event_id for each in found.events}
        others = [each for each in changed.of_events(tx, wanted, ids) if each.event_id not in there]
        known = {registry.key: registry for registry in registries}
        late = seen_events(tx, others[:limit], wanted, known, names_watches=names_watches)
    shown = [*found.events, *late]
    released = held_events.released(tx, [each.found.event_id for each in shown])
    shown = [replace(each, released_at=released.get(each.found.event_id)) for each in shown]
    shown.sort(key=lambda each: each.told_at or datetime.min.replace(tzinfo=UTC), reverse=True)
    return replace(found, events=shown)


def changes_by_day(
    tx: Connection,
    asked: ChangesAsked,
    registries: Sequence[Registry],
    *,
    today: date,
    after: Place | None = None,
    limit: int,
    counts_told: bool = False,
    names_watches: bool = True,
) -> ChangesPage:
    """As `changes_page`, with the first OF_A_DAY events of each day, and how many more there are of it.

    Whole days alone are asked for: neither is one day, nor does the page begin within one.
    """
    wanted = asked.filter(today)
    found: list[FoundEvent] = []
    cut: list[str] = []
    following = after
    at_once = max(limit, OF_A_DAY)
    for _ in range(MOST_ROUNDS):
        batch = changed.page(tx, wanted, after=following, limit=at_once + 1)
        is_last = len(batch) <= at_once
        days = [(day, list(group)) for day, group in groupby(batch, key=lambda each: each.day)]
        # The last day may go on behind the batch: it is read anew, where that could show more of it.
        whole = days if is_last or len(days[-1][1]) > OF_A_DAY else days[:-1]
        for day, events in whole:
            found += events[:OF_A_DAY]
            cut += [day] if len(events) > OF_A_DAY else []
            following = Place(day)
            if len(found) >= limit:
                break
        if is_last and (not whole or following == Place(whole[-1][0])):
            following = None
        if following is None or len(found) >= limit:
            break
    counts = changed.events_of_days(tx, wanted, cut)
    known = {registry.key: registry for registry in registries}
    shown = seen_events(tx, found, wanted, known, counts_told=counts_told, names_watches=names_watches)
    more = {day: max(count - OF_A_DAY, 1) for day, count in counts.items()}
    return ChangesPage(shown, following, more)


def _behind(found: Sequence[FoundEvent], limit: int) -> Place | None:
    if len(found) <= limit:
        return None
    last, following = found[limit - 1], found[limit]
    if last.day != following.day:
        return Place(last.day)
    return Place(last.day, (int(last.significance), last.registry, last.trial_id, last.snapshot))


def change_counts(tx: Connection, asked: ChangesAsked, *, today: date) -> ChangeCounts:
    """The counts beside a list, and of the filters that are offered."""
    wanted = asked.filter(today)
    matrix = changed.matrix(tx, wanted)
    by_topic = {
        str(topic): sum(count for (weight, of), count in matrix.items() if of == topic and _weighs(weight, of, wanted))
        for topic in Topic
    }
    of_topics = {key: count for key, count in matrix.items() if not wanted.topics or key[1] in wanted.topics}
    days = [replace(asked, since=period).first_day(today) for period in PERIODS]
    trials, administrative = _trials(tx, wanted)
    return ChangeCounts(
        by_significance={
            each: sum(count for (weight, _), count in of_topics.items() if weight is each) for each in Significance
        },
        asked_for={
            each: sum(
                count for (weight, of), count in of_topics.items() if weight is each and _weighs(weight, of, wanted)
            )
            for each in Significance
        },
        by_topic={topic: count for topic, count in by_topic.items() if count},
        by_period=dict(zip(PERIODS, changed.counts_since(tx, wanted, days), strict=True)),
        trials=trials,
        administrative_trials=administrative,
    )


@dataclass(frozen=True, slots=True)
class SponsorCounts:
    """Who leads the trials that changed."""

    top: Sequence[SponsorCount]
    """Those with the most changes."""
    all: int
    """How many have any."""


def sponsor_counts(tx: Connection, asked: ChangesAsked, *, today: date) -> SponsorCounts:
    """Whose trials have the changes that are asked for, whatever that says of the sponsor."""
    return SponsorCounts(*whose_changes.by_sponsor(tx, asked.filter(today), limit=TOP_SPONSORS))


def _weighs(weight: Significance, topic: str, wanted: ChangeFilter) -> bool:
    is_asked_for = topic == Topic.ADMINISTRATIVE and Topic.ADMINISTRATIVE in wanted.topics
    return is_asked_for or weight >= wanted.least


def _trials(tx: Connection, wanted: ChangeFilter) -> tuple[int, int]:
    """In how many trials the changes are, and how many trials have none but administrative ones.

    The latter are 0 where nobody would want to know: of all times, and where these are asked for.
    """
    if wanted.since is None or wanted.topics or wanted.least is Significance.ADMINISTRATIVE:
        return whose_changes.trials_changed(tx, wanted), 0
    by_most = whose_changes.trials_by_most(tx, wanted)
    trials = sum(count for most, count in by_most.items() if most >= wanted.least)
    return trials, by_most.get(Significance.ADMINISTRATIVE, 0)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A day, a week or a month: from its first day to its last, with its changes by significance."""

    first: date
    last: date
    counts: Mapping[Significance, int]


def change_rhythm(tx: Connection, asked: ChangesAsked, *, today: date) -> list[Stretch]:
    """How many changes there were in the time that is asked for: by day, or if that were too many by week or month.

    Of all times, the last two years.
    """
    wanted = asked.filter(today)
    last = min(today, asked.until or today)
    first = max(wanted.since or date.min, last - timedelta(days=730))
    if first > last:
        return []
    by_day = changed.by_day(tx, replace(wanted, since=first))
    days = (last - first).days + 1
    length = 1 if days <= 31 else 7 if days <= 200 else 30
    return [Stretch(begin, end, _added(by_day, begin, end)) for begin, end in _stretches(first, last, length)]


def _stretches(first: date, last: date, days: int) -> list[tuple[date, date]]:
    """Spans of so many days, the last one ending on the last day."""
    found = []
    end = last
    while end >= first:
        begin = max(end - timedelta(days=days - 1), first)
        found.append((begin, end))
        end = begin - timedelta(days=1)
    return found[::-1]


def _added(by_day: Mapping[str, Mapping[Significance, int]], first: date, last: date) -> dict[Significance, int]:
    total: dict[Significance, int] = {}
    for offset in range((last - first).days + 1):
        for weight, count in by_day.get((first + timedelta(days=offset)).isoformat(), {}).items():
            total[weight] = total.get(weight, 0) + count
    return total
