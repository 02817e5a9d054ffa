"""What a rule would have told of what was seen so far: which messages, when, and what of it stays untold, and why.

Who was subscribed when, and what was sent in fact, makes no difference. What the registry's own doing made (held,
discarded, folded) is not told here either; what came with a file that alerted nobody is.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from monitor.alerts.adding_up import Move, Sums, may_add_up, unit_of
from monitor.alerts.matching import matching, tells, weightiest_first
from monitor.alerts.refusals import Refused, refused_for
from monitor.model import Change, Interest, Rhythm, Settlement, Significance
from monitor.model.ids import event_id
from monitor.ports import Registry
from monitor.storage import pages, seen
from monitor.storage.pages import Span
from monitor.storage.seen import Seen
from monitor.storage.store import Store
from monitor.views.replaying import OfTrial, Replaying
from monitor.views.rules import Rule
from monitor.views.windows import Place, messages

T = TypeVar("T")

MONTH = timedelta(days=365.25 / 12)
_MOST_KEPT = 50_000
"""Verdicts."""
_UNTOLD = {Settlement.HELD: "held", Settlement.FOLDED: "folded", Settlement.DISCARDED: "discarded"}
REASONS = (*map(str, Refused), *_UNTOLD.values())
"""Why changes are not told, in the order in which they are listed."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a rule tells of one event: its most significant change in a sentence, and how many there are."""

    at: datetime
    registry: str
    trial_id: str
    snapshot: int | None
    """None of a saved page, which has no number."""
    significance: Significance
    gist: str
    changes: int


@dataclass(frozen=True, slots=True)
class Sent:
    """A message, with all that it tells, the most significant first."""

    at: datetime
    told: Sequence[Told]


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
    """When what is kept of its trials begins; None where nothing is kept."""
    trials: int
    """How many of them were ever read."""
    events: int
    sent: Sequence[Sent]
    """The newest first."""
    waiting: int
    """Events that wait for the end of their window: they are in no message yet."""
    by_month: Mapping[str, int]
    """Messages by month, `2026-11`, every month of the span among them, the earliest first."""
    untold: Mapping[str, int]
    """Changes by the reason why they are not told: one of REASONS."""
    unreadable: int
    """Events and snapshots."""
    looser: Neighbour | None
    stricter: Neighbour | None

    @property
    def months(self) -> float:
        """How long the part of the span is of which anything is kept."""
        begins = max(self.since, self.begins or self.until)
        return max(timedelta(0), self.until - begins) / MONTH

    @property
    def a_month(self) -> float | None:
        """Messages a month; None where that would be a guess from less than a day."""
        return len(self.sent) / self.months if self.months * MONTH >= timedelta(days=1) else None


def backtest(
    rule: Rule,
    *,
    since: datetime,
    now: datetime,
    store: Store,
    registries: Sequence[Registry],
) -> Backtest:
    """Try a rule on what was seen from *since* on, in its own rhythm."""
    tally = _Tally(rule.interest)
    with store.read() as tx:
        replaying = Replaying(tx, rule.within, Span(since), {each.key: each for each in registries})
        for trial in replaying.trials():
            sums = tally.sums(trial)
            for each in trial.events:
                try:
                    tally.count(each, sums)
                except (AttributeError, KeyError, TypeError, ValueError):
                    damaged = event_id(each.registry, each.trial_id, each.snapshot)
                    replaying.damaged[damaged] = "its changes make no sense"
        begins = replaying.begins()
        trials = sum(pages.trials_read(tx, within) for within in rule.within)
    spoken = _Spoken(rule.subscription.rhythm, max(since, begins or now), now)
    waiting = spoken.waiting(tally.told, _place)
    sent = [
        Sent(at, sorted(told, key=lambda each: (-each.significance, each.at, each.trial_id)))
        for at, told in spoken.messages(tally.told, _place)
    ]
    return Backtest(
        rule=rule,
        since=since,
        until=now,
        begins=begins,
        trials=trials,
        events=tally.events,
        sent=sent,
        waiting=waiting,
        by_month=_by_month([each.at for each in sent], since, now),
        untold={reason: tally.untold[reason] for reason in REASONS if tally.untold[reason]},
        unreadable=len(replaying.damaged),
        looser=tally.looser.neighbour(spoken) if tally.looser else None,
        stricter=tally.stricter.neighbour(spoken) if tally.stricter else None,
    )


def _place(told: Told) -> Place:
    return told.at, told.significance is Significance.CRITICAL


def _by_month(moments: Sequence[datetime], since: datetime, until: datetime) -> dict[str, int]:
    counts = Counter((at.year, at.month) for at in moments)
    first, last = (each.year * 12 + each.month - 1 for each in (since, max((until, *moments))))
    months = ((number // 12, number % 12 + 1) for number in range(first, last + 1))
    return {f"{year:04}-{month:02}": counts[year, month] for year, month in months}


@dataclass(frozen=True, slots=True)
class _Spoken:
    """When a rule tells what it tells, in the span of which anything is kept."""

    rhythm: Rhythm
    since: datetime
    until: datetime

    def messages(self, told: Sequence[T], place: Callable[[T], Place]) -> list[tuple[datetime, list[T]]]:
        """As `monitor.views.windows.messages`; those alone that were sent by now."""
        return [(at, each) for at, each in self._all(told, place) if not self._waits(at, each, place)]

    def waiting(self, told: Sequence[T], place: Callable[[T], Place]) -> int:
        """How much waits for the end of its window."""
        return sum(len(each) for at, each in self._all(told, place) if self._waits(at, each, place))

    def _waits(self, at: datetime, told: Sequence[T], place: Callable[[T], Place]) -> bool:
        """Whether a window is not over. What is told at once was sent, also where the clock was set back since."""
        return at > self.until and all(place(each)[0] < at for each in told)

    def _all(self, told: Sequence[T], place: Callable[[T], Place]) -> list[tuple[datetime, list[T]]]:
        return messages(told, place, self.rhythm, since=self.since, until=self.until)


@dataclass(slots=True)
class _Beside:
    """Counts for the same rule with another least significance."""

    interest: Interest
    places: list[Place] = field(default_factory=list)

    def neighbour(self, spoken: _Spoken) -> Neighbour:
        """What came of it."""
        return Neighbour(self.interest.filters.min_significance, len(spoken.messages(self.places, lambda each: each)))


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What a rule makes of the changes of an event."""

    told: int
    """How many of them it tells."""
    first: int
    """The place of the first one that it tells."""
    untold: Mapping[str, int]
    """The others, by the reason."""
    looser: bool
    stricter: bool
    """Whether such a rule tells any."""


_Traits = tuple[Any, ...]
"""All of a change that a rule looks at."""


_Sums = tuple[Sums | None, Sums | None, Sums | None]
"""Of a rule, the looser and the stricter one; None where nothing adds up."""


class _Tally:
    """What a rule makes of one event after the other. Events that are alike to it are decided once."""

    def __init__(self, interest: Interest) -> None:
        self._interest = interest
        self._weighs_size = interest.filters.min_percent is not None or interest.filters.min_days is not None
        self._verdicts: dict[tuple[_Traits, ...], _Verdict] = {}
        self.events = 0
        self.told: list[Told] = []
        self.untold: Counter[str] = Counter()
        self.looser, self.stricter = (_beside(interest, step) for step in (-1, 1))

    def sums(self, trial: OfTrial) -> _Sums:
        """What adds up in a trial, before its first event."""
        beside = (each.interest if each else None for each in (self.looser, self.stricter))
        ours, looser, stricter = (
            Sums(each, trial.before) if each and may_add_up(each) else None for each in (self._interest, *beside)
        )
        return ours, looser, stricter

    def count(self, each: Seen, sums: _Sums) -> None:
        """Take in an event. KeyError, TypeError, ValueError or AttributeError where its changes make no sense."""
        verdict, shown = self._verdict(each.changes), each.changes
        self.events += 1
        moves = _moves(each) if any(sums) else []
        added, looser, stricter = (_added(moves, each_sums) for each_sums in sums)
        if added:
            changes = weightiest_first(
                added.get(place) or Change.from_json(change) for place, change in enumerate(each.changes)
            )
            verdict, shown = self._decided(changes), [change.as_json() for change in changes]
        for reason, count in verdict.untold.items():
            self.untold[reason] += count
        if nobody := _untold(each):
            self.untold[nobody] += verdict.told
            return
        place = each.occurred_at, False
        if verdict.told:
            told = _told(each, shown[verdict.first], verdict.told)
            place = each.occurred_at, told.significance is Significance.CRITICAL  # which no step leaves out
            self.told.append(told)
        if self.looser and (verdict.looser or looser):
            self.looser.places.append(place)
        if self.stricter and (verdict.stricter or stricter):
            self.stricter.places.append(place)

    def _verdict(self, changes: Sequence[Mapping[str, Any]]) -> _Verdict:
        alike = tuple([self._traits(change) for change in changes])
        found = self._verdicts.get(alike)
        if found is None:
            if len(self._verdicts) >= _MOST_KEPT:
                self._verdicts.clear()
            found = self._verdicts[alike] = self._decided([Change.from_json(change) for change in changes])
        return found

    def _traits(self, change: Mapping[str, Any]) -> _Traits:
        kind, size = change["kind"], None
        if self._weighs_size and (measure := change["measure"]):
            size = measure.get("percent"), measure.get("days")
        watch = _watches_of(change["before"]) if kind == "trial.left" else None
        return kind, change["significance"], change["field"], change["topic"], size, watch

    def _decided(self, changes: Sequence[Change]) -> _Verdict:
        match = matching(changes, self._interest)
        return _Verdict(
            told=len(match.changes),
            first=next((place for place, change in enumerate(changes) if change is match.changes[0]), 0)
            if match.passes
            else 0,
            untold=Counter(str(refused_for(change, self._interest)) for change in match.filtered),
            looser=bool(self.looser and tells(changes, self.looser.interest)),
            stricter=bool(self.stricter and tells(changes, self.stricter.interest)),
        )


def _watches_of(lost: Mapping[str, Any]) -> tuple[Any, ...]:
    """The watch that lost a trial, and those that hold it still."""
    return lost["watch_id"], *lost.get("still_in", ())


def _beside(interest: Interest, step: int) -> _Beside | None:
    least = interest.filters.min_significance + step
    if not min(Significance) <= least <= max(Significance):
        return None
    filters = replace(interest.filters, min_significance=Significance(least))
    return _Beside(replace(interest, filters=filters))


def _moves(each: Seen) -> list[tuple[int, Move]]:
    """What of an event may add up, by its place in it."""
    return [
        (place, Move(each.occurred_at, Change.from_json(change)))
        for place, change in enumerate(each.changes)
        if unit_of(change["kind"])
    ]


def _added(moves: Sequence[tuple[int, Move]], sums: Sums | None) -> dict[int, Change]:
    """Which of them are told because they add up, and how."""
    taken = ((place, sums.take(move)) for place, move in moves) if sums else ()
    return {place: told for place, told in taken if told}


def _untold(each: Seen) -> str | None:
    """Why an event is not told to anybody; None where it is, or would be but for the file that it came with."""
    came_with_a_file = each.settlement is Settlement.DISCARDED and each.hold_id is None
    return _UNTOLD.get(each.settlement) if each.settlement and not came_with_a_file else None


def _told(each: Seen, change: Mapping[str, Any], count: int) -> Told:
    snapshot = each.snapshot if each.snapshot >= seen.FIRST else None
    significance = Significance[change["significance"].upper()]
    return Told(each.occurred_at, each.registry, each.trial_id, snapshot, significance, change["summary"], count)
