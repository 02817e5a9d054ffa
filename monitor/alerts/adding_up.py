"""Small changes that add up: moves of one date, or of the enrollment, each too small to be told by itself. Pure.

The moves of a field that were not told, since the last one that was, count as one. Where that one would pass, the last
of them is told as it, once, and counting begins anew. A move back lowers the sum; a value that came, went or cannot be
measured ends it. This follows from the events of a trial and what is asked for alone: what decides whom an event
concerns, what renders it, what explains it and what tries a rule on the past agree, and whoever subscribes later hears
of the same.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from monitor.alerts.refusals import WEIGHED, refusal_of
from monitor.changes.kinds import KINDS
from monitor.changes.rules import Rule, WeighingContext
from monitor.model import Change, Interest, Json, Significance, Subscription, Sum
from monitor.render.words import sum_words, value_words
from monitor.text import counted

UNITS: Mapping[str, str] = MappingProxyType({"date": "days", "enrollment": "percent"})
"""What the changes of a kind are measured in, by what the kind begins with."""


class Move(NamedTuple):
    """A change of what is measured, and when it was seen."""

    at: datetime
    change: Change


Past = Mapping[str, Sequence[Move]]
"""The moves that earlier events of a trial told, by field, the oldest first."""
NO_PAST: Past = MappingProxyType({})


def unit_of(kind: str) -> str | None:
    """What the changes of a kind are measured in; None where they do not add up."""
    return UNITS.get(kind.partition(".")[0])


def past_of(moves: Iterable[Move]) -> Past:
    """These moves, the oldest first, by field."""
    by_field: defaultdict[str, list[Move]] = defaultdict(list)
    for move in moves:
        by_field[move.change.field].append(move)
    return by_field


def can_add_up(change: Change) -> bool:
    """Whether a change moves something by so much."""
    return bool(_amount(change))


def may_add_up(asked: Interest | Subscription) -> bool:
    """Whether anything is ever told because it adds up: some small change is not told, and some large one is."""
    filters = asked.filters
    if filters.min_significance is Significance.CRITICAL:
        return False  # no date is, however far it moves
    sizes = filters.min_days, filters.min_percent
    return filters.min_significance is Significance.MAJOR or sizes != (None, None)


class Sums:
    """What the moves of one trial come to, one after the other."""

    def __init__(self, asked: Interest | Subscription, before: Iterable[Move] = ()) -> None:
        self._asked = asked
        self._totals: dict[str, Sum | None] = {}
        for move in before:
            self.take(move)

    def take(self, move: Move) -> Change | None:
        """The change of the next move as it is told, where it is because they add up."""
        field = move.change.field
        self._totals[field], told = _after(self._totals.get(field), move, self._asked)
        return told


def wants_past(changes: Sequence[Change], asked: Interest | Subscription) -> bool:
    """Whether what went before decides if any of *changes* is told."""
    return may_add_up(asked) and any(_is_too_small(change, asked) for change in changes)


def added_up(change: Change, past: Past, asked: Interest | Subscription) -> Change | None:
    """The change as it is told because it adds up with the *past*; None where it is told by itself, or does not."""
    total = _sum(change, past, asked)
    return _as_told(change, total, asked) if total else None


def so_far(change: Change, past: Past, asked: Interest | Subscription) -> str:
    """What a change that is too small comes to with the *past*, to follow why it is not told; empty where alone."""
    total = _sum(change, past, asked)
    if total is None:
        return ""
    least = _least(total, asked)
    unit = "days" if total.unit == "days" else "%"
    of = "" if least is None else f" of {least:g}"
    return f"; adds up to {abs(total.amount):g}{of} {unit} so far"


def _after(total: Sum | None, move: Move, asked: Interest | Subscription) -> tuple[Sum | None, Change | None]:
    """What the moves of a field come to after one more; and that one as it is told, where it is because they add up."""
    at, change = move
    refusal = refusal_of(change, asked.filters, asked)
    if refusal is None or change.measure is None:
        return None, None
    amount = _amount(change)
    if not amount:
        return total, None
    if total is None:
        unit = unit_of(change.kind) or ""
        return Sum(moves=1, since=at.date(), unit=unit, amount=amount, before=change.before), None
    total = _with(total, amount)
    told = _as_told(change, total, asked) if refusal in WEIGHED else None
    return (None, told) if told else (total, None)


def _sum(change: Change, past: Past, asked: Interest | Subscription) -> Sum | None:
    """What a change that is too small by itself comes to with what went before; None where nothing did."""
    if not past.get(change.field) or not may_add_up(asked) or not _is_too_small(change, asked):
        return None
    total: Sum | None = None
    for move in past[change.field]:
        total, _ = _after(total, move, asked)
    return _with(total, _amount(change)) if total else None


def _is_too_small(change: Change, asked: Interest | Subscription) -> bool:
    return bool(_amount(change)) and refusal_of(change, asked.filters, asked) in WEIGHED


def _with(total: Sum, amount: float) -> Sum:
    """With one more: days add up, and a share is of what the one before left."""
    if total.unit == "percent":
        amount = round(amount + total.amount * amount / 100, 1)
    return replace(total, moves=total.moves + 1, amount=total.amount + amount)


def _amount(change: Change) -> float:
    """How far a change moves what it is of; 0 where it does not, or cannot be measured."""
    unit = unit_of(change.kind)
    return change.measure.get(unit, 0) if unit and change.measure else 0


def _as_told(change: Change, total: Sum, asked: Interest | Subscription) -> Change | None:
    """The change, weighed and told as all the moves that it is the last of; None where that does not pass either."""
    least = _least(total, asked)
    is_back = (total.amount > 0) != (_amount(change) > 0)
    if is_back or (least is not None and abs(total.amount) < least):
        return None
    whole = replace(change, measure={**(change.measure or {}), total.unit: total.amount})
    whole = replace(whole, significance=max(change.significance, _weighed(whole)))
    if refusal_of(whole, asked.filters, asked):
        return None
    return replace(
        change,
        significance=whole.significance,
        adds_up=total,
        summary=f"{change.summary} {_in_words(total, change.after)}",
    )


def _least(total: Sum, asked: Interest | Subscription) -> float | None:
    return asked.filters.min_days if total.unit == "days" else asked.filters.min_percent


def _weighed(change: Change) -> Significance:
    weight = KINDS[change.kind].significance if change.kind in KINDS else change.significance
    return weight.weigh(change, WeighingContext()) if isinstance(weight, Rule) else weight


def _in_words(total: Sum, after: Json) -> str:
    """A sentence without a colon, behind which channels would look for a list."""
    earlier = counted(total.moves - 1, "earlier change")
    both = " to ".join(_bare(value) for value in (total.before, after))
    return f"With {earlier} since {total.since:%Y-%m-%d} that adds up to {sum_words(total)}, from {both}."


def _bare(value: Json) -> str:
    """A date or a count without what qualifies it."""
    return value_words(
        {name: each for name, each in value.items() if name != "type"} if isinstance(value, dict) else value
    )
