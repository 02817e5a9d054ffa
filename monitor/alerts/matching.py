"""Which changes of an event a subscription is to tell, and for the others why not. Pure.

    what           topics and kinds together: a change passes that either names. Most people would hear nothing at all
                   if a change had to be of a named topic and of a named kind. Who subscribed to a watch, or to
                   everything, hears of trials that are new in it and that leave it or the registry, whatever topics
                   they named; what they want to go *without* is never told.
    significance   at least the least that was asked for. Administrative changes are silent unless they are named: by
                   the topic `administrative` or by their exact kind. The beginning of a kind, or another topic that
                   happens to hold some, asks for none.
    size           an enrollment or a date that moves by less than was asked for. Only changes that have that measure
                   are weighed by it, and critical ones never are: an enrollment that goes to 0 stops the trial,
                   however few it was planned for.

What explains a change that is told is told with it: the status a trial went back to beside the reason for stopping that
went, the stop beside the enrollment that ended with it.

Nothing is filtered without a trace: every change that does not pass has its reason, which `monitor why` shows. A
reason is put into words only when somebody asks, because almost nobody does, and matching runs for everything that
subscriptions to a changed trial ask for: ten of these and twenty changes take 0.1 ms.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from monitor.changes.membership import is_about_another_watch
from monitor.changes.topics import Topic
from monitor.model import Change, Filters, Interest, Significance, Subscription


class Refused(StrEnum):
    """What a change is left out for, where many are counted."""

    ANOTHER_WATCH = "another_watch"
    WITHOUT = "without"
    NOT_NAMED = "topics_and_kinds"
    SIGNIFICANCE = "significance"
    PERCENT = "percent"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class Match:
    """What filters make of the changes of an event."""

    changes: tuple[Change, ...]
    """Those that pass, in their order."""
    filtered: tuple[Change, ...]
    """The others, in their order."""
    asked: Interest | Subscription
    """What the filters are of."""

    @property
    def passes(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.changes)

    @property
    def reasons(self) -> tuple[tuple[Change, str], ...]:
        """Why each of the others does not pass, in one line."""
        return tuple((change, reason(change, self.asked) or "") for change in self.filtered)


def matching(changes: Sequence[Change], asked: Interest | Subscription) -> Match:
    """Sort *changes* of one event into those that a subscription is to tell and those that it is not."""
    passed = [not _refusal(change, asked.filters, asked) for change in changes]
    told = _with_what_explains(changes, passed, asked.filters)
    return Match(
        tuple(change for change, passes in zip(changes, told, strict=True) if passes),
        tuple(change for change, passes in zip(changes, told, strict=True) if not passes),
        asked,
    )


def tells(changes: Sequence[Change], asked: Interest | Subscription) -> bool:
    """Whether any of *changes* of one event passes, where it does not matter which."""
    return any(not _refusal(change, asked.filters, asked) for change in changes)


def passing(changes: Sequence[Change], filters: Filters) -> tuple[Change, ...]:
    """Those of the *changes* of one event that *filters* by themselves let pass, as a table has them: no more."""
    return tuple(change for change in changes if not _refusal(change, filters))


def _with_what_explains(changes: Sequence[Change], passed: list[bool], filters: Filters) -> list[bool]:
    """Which of the changes are told: those that passed, and those that explain them."""
    if all(passed) or not any(passed):
        return passed
    heard = {change.field for change, passes in zip(changes, passed, strict=True) if passes}
    return [
        passes or (_explains(change, heard) and not _is_unwanted(change, filters))
        for change, passes in zip(changes, passed, strict=True)
    ]


def reason(change: Change, asked: Interest | Subscription) -> str | None:
    """Why *change* does not pass by itself, in one line; None where it does."""
    refusal = _refusal(change, asked.filters, asked)
    return refusal(change, asked.filters) if refusal else None


def refused_for(change: Change, asked: Interest | Subscription) -> Refused | None:
    """As `reason`, for counting."""
    refusal = _refusal(change, asked.filters, asked)
    return _COUNTED_AS[refusal] if refusal else None


_Words = Callable[[Change, Filters], str]

_ENDED_BY_A_STOP = frozenset(("enrollment", "primary_completion_date", "completion_date"))


def _explains(change: Change, heard: set[str]) -> bool:
    """Whether a change says why one in the fields *heard* came about."""
    if change.field == "why_stopped":
        return "overall_status" in heard and change.significance is not Significance.ADMINISTRATIVE
    if change.field == "overall_status":
        return "why_stopped" in heard or (change.kind == "status.stopped" and not heard.isdisjoint(_ENDED_BY_A_STOP))
    return False


def _refusal(change: Change, filters: Filters, asked: Interest | Subscription | None = None) -> _Words | None:
    """What puts into words why *change* does not pass; None where it does. *asked* is what has the *filters*."""
    if asked and is_about_another_watch(change, asked.watch_id):
        return _of_another_watch
    if _is_unwanted(change, filters):
        return _unwanted
    hears_of_members = asked is not None and (asked.watch_id is not None or asked.everything)
    is_member = hears_of_members and change.kind in _MEMBERSHIP
    if (filters.topics or filters.kinds) and not is_member and not _named(change, filters):
        return _not_named
    significance = change.significance
    if significance is Significance.CRITICAL:
        return None
    if significance < filters.min_significance and not _asked_for(change, filters):
        return _too_insignificant
    return _too_small(change, filters)


_MEMBERSHIP = frozenset(("trial.new", "trial.left", "trial.merged", "trial.removed"))
"""What says of a trial that it joins those that somebody follows, or is none of them any more."""


def _is_unwanted(change: Change, filters: Filters) -> bool:
    return bool(filters.without) and not filters.without.isdisjoint(_names(change.kind))


def _named(change: Change, filters: Filters) -> bool:
    return change.topic in filters.topics or not filters.kinds.isdisjoint(_names(change.kind))


@cache
def _names(kind: str) -> frozenset[str]:
    """What names a kind: `outcome`, `outcome.primary` and itself name `outcome.primary.added`."""
    parts = kind.split(".")
    return frozenset(".".join(parts[:length]) for length in range(1, len(parts) + 1))


def _asked_for(change: Change, filters: Filters) -> bool:
    """Whether an administrative change is named so plainly that its significance does not matter."""
    if change.significance is not Significance.ADMINISTRATIVE:
        return False
    return change.kind in filters.kinds or (change.topic == Topic.ADMINISTRATIVE and change.topic in filters.topics)


def _too_small(change: Change, filters: Filters) -> _Words | None:
    if filters.min_percent is not None and _moves_less(change, "enrollment.", "percent", filters.min_percent):
        return _fewer_percent
    if filters.min_days is not None and _moves_less(change, "date.", "days", filters.min_days):
        return _fewer_days
    return None


def _moves_less(change: Change, kinds: str, unit: str, least: float) -> bool:
    if not change.measure or not change.kind.startswith(kinds):
        return False
    return abs(change.measure.get(unit, least)) < least


def _of_another_watch(change: Change, _: Filters) -> str:
    return f"{change.kind} is about a watch that this subscription is not about"


def _unwanted(change: Change, filters: Filters) -> str:
    return f"kind {change.kind} is among those never to be told: {_listed(filters.without)}"


def _not_named(change: Change, filters: Filters) -> str:
    refused = []
    if filters.topics:
        refused.append(f"topic {change.topic} is not among {_listed(filters.topics)}")
    if filters.kinds:
        refused.append(f"kind {change.kind} is not among {_listed(filters.kinds)}")
    return ", and ".join(refused)


def _too_insignificant(change: Change, filters: Filters) -> str:
    return f"significance {change.significance} is below {filters.min_significance}"


def _fewer_percent(change: Change, filters: Filters) -> str:
    return f"changes by {_size(change, 'percent'):g} %, less than {filters.min_percent:g} %"


def _fewer_days(change: Change, filters: Filters) -> str:
    return f"moves by {_size(change, 'days'):g} days, fewer than {filters.min_days}"


def _size(change: Change, unit: str) -> float:
    return abs(change.measure[unit]) if change.measure else 0


_COUNTED_AS: Mapping[_Words, Refused] = {
    _of_another_watch: Refused.ANOTHER_WATCH,
    _unwanted: Refused.WITHOUT,
    _not_named: Refused.NOT_NAMED,
    _too_insignificant: Refused.SIGNIFICANCE,
    _fewer_percent: Refused.PERCENT,
    _fewer_days: Refused.DAYS,
}
_TOPICS = {str(topic): place for place, topic in enumerate(Topic)}


def _listed(names: frozenset[str]) -> str:
    """Topics in their usual order, kinds by the alphabet."""
    return ", ".join(sorted(names, key=lambda name: (_TOPICS.get(name, 0), name)))
