"""What a rule makes of one event after the other: what it tells, what it does not, and why. Pure.

Beside the rule itself others are counted, such as one step looser or stricter: what of an event passes them, and not
what it says, so that a dozen cost little more than one.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from monitor.alerts.adding_up import Move, Sums, may_add_up, unit_of
from monitor.alerts.matching import matching, weightiest_first
from monitor.alerts.refusals import Refused, refused_for
from monitor.model import Change, Interest, Settlement, Significance
from monitor.storage import seen
from monitor.storage.seen import Seen
from monitor.views.replaying import OfTrial
from monitor.views.windows import Place

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


@dataclass(slots=True)
class Beside:
    """Counts for another rule about the same trials."""

    interest: Interest
    places: list[Place] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What a rule makes of the changes of an event."""

    told: int
    """How many of them it tells."""
    first: int
    """The place of the first one that it tells."""
    untold: Mapping[str, int]
    """The others, by the reason."""
    beside: Sequence[Significance | None]
    """The most significant change that each of the other rules tells; None where it tells none."""


_Traits = tuple[Any, ...]
"""All of a change that a rule looks at."""


@dataclass(frozen=True, slots=True)
class TrialSums:
    """What adds up in a trial, of the rule and of each beside it; None where nothing does."""

    own: Sums | None
    beside: Sequence[Sums | None]

    @property
    def may_tell(self) -> bool:
        """Whether anything may be told because it adds up."""
        return self.own is not None or any(self.beside)


class Tally:
    """What a rule makes of one event after the other. Events that are alike to it are decided once."""

    def __init__(self, interest: Interest, beside: Sequence[Interest] = ()) -> None:
        self._interest = interest
        self.beside = [Beside(each) for each in beside]
        filters = [each.filters for each in (interest, *beside)]
        self._weighs_size = any(each.min_percent is not None or each.min_days is not None for each in filters)
        self._verdicts: dict[tuple[_Traits, ...], _Verdict] = {}
        self.events = 0
        self.changes = 0
        """Of all those events, as lists count them."""
        self.told: list[Told] = []
        self.untold: Counter[str] = Counter()
        self.untold_by_month: Counter[tuple[int, int]] = Counter()

    def sums(self, trial: OfTrial) -> TrialSums:
        """What adds up in a trial, before its first event."""
        own, *others = (
            Sums(each, trial.before) if may_add_up(each) else None
            for each in (self._interest, *(beside.interest for beside in self.beside))
        )
        return TrialSums(own, others)

    def count(self, each: Seen, sums: TrialSums) -> None:
        """Take in an event. KeyError, TypeError, ValueError or AttributeError where its changes make no sense."""
        verdict, shown = self._verdict(each.changes), each.changes
        self.events += 1
        self.changes += len(each.changes)
        moves = _moves(each) if sums.may_tell else []
        added = _added(moves, sums.own)
        added_beside = [_added(moves, of_beside) for of_beside in sums.beside]
        if added:
            changes = weightiest_first(
                added.get(place) or Change.from_json(change) for place, change in enumerate(each.changes)
            )
            verdict, shown = self._decided(changes), [change.as_json() for change in changes]
        self._leave_out(each.occurred_at, verdict.untold)
        if nobody := _untold(each):
            self._leave_out(each.occurred_at, {nobody: verdict.told} if verdict.told else {})
            return
        if verdict.told:
            self.told.append(_told(each, shown[verdict.first], verdict.told))
        for other, most, adds_up in zip(self.beside, verdict.beside, added_beside, strict=True):
            if most is not None or adds_up:
                other.places.append((each.occurred_at, most is Significance.CRITICAL))

    def _leave_out(self, at: datetime, reasons: Mapping[str, int]) -> None:
        for reason, count in reasons.items():
            self.untold[reason] += count
            self.untold_by_month[at.year, at.month] += count

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
            beside=[_most(changes, each.interest) for each in self.beside],
        )


def _most(changes: Sequence[Change], interest: Interest) -> Significance | None:
    told = matching(changes, interest).changes
    return max(each.significance for each in told) if told else None


def _watches_of(lost: Mapping[str, Any]) -> tuple[Any, ...]:
    """The watch that lost a trial, and those that hold it still."""
    return lost["watch_id"], *lost.get("still_in", ())


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
