"""Which changes of an event a subscription is to tell, and for the others why not. Pure.

`refusals` looks at a change by itself. What explains a change that is told is told with it: the status a trial went
back to beside the reason for stopping that went, the stop beside the enrollment that ended with it. And what is too
small by itself is told where it adds up with what went before, as `adding_up` has it.

Nothing is filtered without a trace: every change that does not pass has its reason, which `monitor why` shows.
Matching runs for everything that subscriptions to a changed trial ask for: ten of these and twenty changes take 0.1 ms.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.alerts.adding_up import NO_PAST, Past, added_up, so_far
from monitor.alerts.refusals import is_unwanted, reason, refusal_of
from monitor.model import Change, Filters, Interest, Significance, Subscription


@dataclass(frozen=True, slots=True)
class Match:
    """What filters make of the changes of an event."""

    changes: tuple[Change, ...]
    """Those that pass, in their order."""
    filtered: tuple[Change, ...]
    """The others, in their order."""
    asked: Interest | Subscription
    """What the filters are of."""
    past: Past
    """What went before."""

    every: tuple[Change, ...]
    """All of them, in their order."""

    @property
    def passes(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.changes)

    @property
    def owed(self) -> tuple[Change, ...]:
        """What is told of an event that is owed.

        Where nothing passes any more, as filters changed since, it is what is not administrative, or all.
        """
        usual = (change for change in self.every if change.significance is not Significance.ADMINISTRATIVE)
        return self.changes or tuple(usual) or self.every

    @property
    def reasons(self) -> tuple[tuple[Change, str], ...]:
        """Why each of the others does not pass, in one line."""
        return tuple(
            (change, f"{reason(change, self.asked)}{so_far(change, self.past, self.asked)}") for change in self.filtered
        )


def matching(changes: Sequence[Change], asked: Interest | Subscription, past: Past = NO_PAST) -> Match:
    """Sort *changes* of one event into those that a subscription is to tell and those that it is not.

    Where `adding_up.wants_past` says so, *past* is needed: what went before. A change that passes only because it adds
    up with that is among the former as it is to be told.
    """
    shown = weightiest_first(added_up(change, past, asked) or change for change in changes) if past else changes
    passed = [change.adds_up is not None or not refusal_of(change, asked.filters, asked) for change in shown]
    told = _with_what_explains(shown, passed, asked.filters)
    return Match(
        tuple(change for change, passes in zip(shown, told, strict=True) if passes),
        tuple(change for change, passes in zip(shown, told, strict=True) if not passes),
        asked,
        past,
        tuple(shown),
    )


def weightiest_first(changes: Iterable[Change]) -> list[Change]:
    """Changes of one event as it has them, also where what they add up to weighs more than they did."""
    return sorted(changes, key=lambda change: -change.significance)


def tells(changes: Sequence[Change], asked: Interest | Subscription) -> bool:
    """Whether any of *changes* of one event passes by itself, where it does not matter which."""
    return any(not refusal_of(change, asked.filters, asked) for change in changes)


def passing(changes: Sequence[Change], filters: Filters) -> tuple[Change, ...]:
    """Those of the *changes* of one event that *filters* by themselves let pass, as a table has them: no more."""
    return tuple(change for change in changes if not refusal_of(change, filters))


def _with_what_explains(changes: Sequence[Change], passed: list[bool], filters: Filters) -> list[bool]:
    """Which of the changes are told: those that passed, and those that explain them."""
    if all(passed) or not any(passed):
        return passed
    heard = {change.field for change, passes in zip(changes, passed, strict=True) if passes}
    return [
        passes or (_explains(change, heard) and not is_unwanted(change, filters))
        for change, passes in zip(changes, passed, strict=True)
    ]


_ENDED_BY_A_STOP = frozenset(("enrollment", "primary_completion_date", "completion_date"))


def _explains(change: Change, heard: set[str]) -> bool:
    """Whether a change says why one in the fields *heard* came about."""
    if change.field == "why_stopped":
        return "overall_status" in heard and change.significance is not Significance.ADMINISTRATIVE
    if change.field == "overall_status":
        return "why_stopped" in heard or (change.kind == "status.stopped" and not heard.isdisjoint(_ENDED_BY_A_STOP))
    return False
