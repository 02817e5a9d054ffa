"""What a rule would have told of what was seen so far: which messages, when, and what of it stays untold, and why.

Who was subscribed when, and what was sent in fact, makes no difference. What the registry's own doing made (held,
discarded, folded) is not told here either; what came with a file that alerted nobody is.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TypeVar

from sqlalchemy import Connection

from monitor.model import Filters, Rhythm, Significance
from monitor.model.ids import event_id
from monitor.ports import Registry
from monitor.storage import pages, seen
from monitor.storage.pages import Span
from monitor.storage.store import Store
from monitor.views.replaying import Replaying
from monitor.views.rules import Rule
from monitor.views.tallying import REASONS, Beside, Tally, Told
from monitor.views.windows import Place, messages

T = TypeVar("T")

MONTH = timedelta(days=365.25 / 12)
LEAST = timedelta(weeks=4)
"""What has to be kept of its trials before a rate is said."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A message, with all that it tells, the most significant first."""

    at: datetime
    told: Sequence[Told]
    is_coming: bool = False
    """Whether its window is not over yet: it comes at the end of that, and is counted."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The same rule one step looser or stricter, and how many messages that would have been."""

    min_significance: Significance
    messages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """What came of it."""

    rule: Rule
    since: datetime
    until: datetime
    begins: datetime | None
    """When what is kept of its trials begins; None where nothing is kept, and *since* where only the latest counts."""
    trials: int
    """How many of them were ever read."""
    new_trials: int
    """How many of them have been read for less than LEAST, so that there may be more; 0 where that goes for all."""
    events: int
    changes: int
    """In all of those events: an event tells one or more."""
    sent: Sequence[Sent]
    """The newest first."""
    waiting: int
    """Events in the message that is still to come."""
    by_month: Mapping[str, int]
    """Messages by month, `2026-11`, every month of the span among them, the earliest first."""
    untold: Mapping[str, int]
    """Changes by the reason why they are not told: one of REASONS."""
    untold_by_month: Mapping[str, int]
    """The same by month, as `by_month`."""
    unreadable: int
    """Events and snapshots."""
    looser: Neighbour | None
    stricter: Neighbour | None
    instead: Mapping[str, int] = field(default_factory=dict)
    """How many messages each of the other rules would have been that were to be tried beside it, by its name."""
    is_cut: bool = False
    """Whether only the latest of its events were tried, those from *since* on, because there are too many."""

    @property
    def kept_for(self) -> timedelta:
        """How long the part of the span is of which anything is kept."""
        begins = max(self.since, self.begins or self.until)
        return max(timedelta(0), self.until - begins)

    @property
    def months(self) -> float:
        """The same in months."""
        return self.kept_for / MONTH

    @property
    def a_month(self) -> float | None:
        """Messages a month; None where that would be a guess from less than LEAST."""
        return len(self.sent) / self.months if self.kept_for >= LEAST else None


@dataclass(frozen=True, slots=True)
class Instead:
    """Another rule about the same trials, to be tried beside the one in question."""

    filters: Filters
    rhythm: Rhythm


NOTHING_ELSE: Mapping[str, Instead] = MappingProxyType({})


def backtest(
    rule: Rule,
    *,
    since: datetime,
    now: datetime,
    store: Store,
    registries: Sequence[Registry],
    instead: Mapping[str, Instead] = NOTHING_ELSE,
    most: int | None = None,
) -> Backtest:
    """Try a rule on what was seen from *since* on, in its own rhythm, and count what others would have come to.

    With *most*, no more than about so many of its events are tried, the latest: *since* is as late as that needs.
    """
    looser, stricter = (_a_step(rule.interest.filters, step) for step in (-1, 1))
    beside = [each for each in (looser, stricter) if each]
    filters = [*beside, *(each.filters for each in instead.values())]
    tally = Tally(rule.interest, [replace(rule.interest, filters=each) for each in filters])
    with store.read() as tx:
        cut = _cut(tx, rule, since, most)
        since = max(since, cut or since)
        known = {each.key: each for each in registries}
        replaying = Replaying(tx, rule.within, Span(since), known, only_stored=cut is not None)
        _count_all(tally, replaying)
        begins = since if cut else replaying.begins()  # to look for it takes long where there is much
        trials = sum(pages.trials_read(tx, within) for within in rule.within)
        is_long = cut is None and begins is not None and begins <= now - LEAST
        new_trials = sum(seen.begun_after(tx, each, now - LEAST) for each in rule.within) if is_long else 0
    spoken = _Spoken(rule.subscription.rhythm, max(since, begins or now), now)
    sent = [
        Sent(
            at,
            sorted(told, key=lambda each: (-each.significance, each.at, each.trial_id)),
            spoken.is_coming(at, told, _place),
        )
        for at, told in spoken.messages(tally.told, _place)
    ]
    months = _months([each.at for each in sent], since, now)
    steps = {each: spoken.count(counted) for each, counted in zip(beside, tally.beside, strict=False)}
    return Backtest(
        rule=rule,
        since=since,
        until=now,
        begins=begins,
        trials=trials,
        new_trials=new_trials,
        events=tally.events,
        changes=tally.changes,
        sent=sent,
        waiting=sum(len(each.told) for each in sent if each.is_coming),
        by_month=_by_month(Counter((each.at.year, each.at.month) for each in sent), months),
        untold={reason: tally.untold[reason] for reason in REASONS if tally.untold[reason]},
        untold_by_month=_by_month(tally.untold_by_month, months),
        unreadable=len(replaying.damaged),
        looser=Neighbour(looser.min_significance, steps[looser]) if looser else None,
        stricter=Neighbour(stricter.min_significance, steps[stricter]) if stricter else None,
        instead={
            name: replace(spoken, rhythm=instead[name].rhythm).count(counted)
            for name, counted in zip(instead, tally.beside[len(beside) :], strict=True)
        },
        is_cut=cut is not None,
    )


def _cut(tx: Connection, rule: Rule, since: datetime, most: int | None) -> datetime | None:
    """From when on there are *most* events; None where there are fewer since then."""
    if most is None:
        return None
    found = [seen.newest_from(tx, within, Span(since), most) for within in rule.within]
    return max((each for each in found if each), default=None)


def _count_all(tally: Tally, replaying: Replaying) -> None:
    for trial in replaying.trials():
        sums = tally.sums(trial)
        for each in trial.events:
            try:
                tally.count(each, sums)
            except (AttributeError, KeyError, TypeError, ValueError):
                damaged = event_id(each.registry, each.trial_id, each.snapshot)
                replaying.damaged[damaged] = "its changes make no sense"


def _place(told: Told) -> Place:
    return told.at, told.significance is Significance.CRITICAL


Month = tuple[int, int]
"""A year, and one of its months."""


def _months(moments: Sequence[datetime], since: datetime, until: datetime) -> list[Month]:
    """Those of the span, and later ones up to the last of the moments."""
    first, last = (each.year * 12 + each.month - 1 for each in (since, max((until, *moments))))
    return [(number // 12, number % 12 + 1) for number in range(first, last + 1)]


def _by_month(counts: Mapping[Month, int], months: Sequence[Month]) -> dict[str, int]:
    return {f"{year:04}-{month:02}": counts.get((year, month), 0) for year, month in months}


@dataclass(frozen=True, slots=True)
class _Spoken:
    """When a rule tells what it tells, in the span of which anything is kept."""

    rhythm: Rhythm
    since: datetime
    until: datetime

    def messages(self, told: Sequence[T], place: Callable[[T], Place]) -> list[tuple[datetime, list[T]]]:
        """As `monitor.views.windows.messages`."""
        return messages(told, place, self.rhythm, since=self.since, until=self.until)

    def count(self, beside: Beside) -> int:
        """How many messages another rule would have been, in this rhythm."""
        return len(self.messages(beside.places, lambda each: each))

    def is_coming(self, at: datetime, told: Sequence[T], place: Callable[[T], Place]) -> bool:
        """Whether its window is not over. What is told at once was sent, also where the clock was set back since."""
        return at > self.until and all(place(each)[0] < at for each in told)


def _a_step(filters: Filters, step: int) -> Filters | None:
    """The same, one step in the least significance on; None where there is none."""
    least = filters.min_significance + step
    if not min(Significance) <= least <= max(Significance):
        return None
    return replace(filters, min_significance=Significance(least))
