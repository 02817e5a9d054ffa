"""Why a subscription does not tell a change, looked at by itself; most changes of most subscriptions it does. Pure.

    what           topics and kinds together: a change passes that either names. Most people would hear nothing at all
                   if a change had to be of a named topic and of a named kind. Who subscribed to a watch, a group of
                   watches or everything hears of trials that are new in it and that leave it or the registry, whatever
                   topics they named; what they want to go *without* is never told.
    significance   at least the least that was asked for. Administrative changes are silent unless they are named: by
                   the topic `administrative` or by their exact kind. The beginning of a kind, or another topic that
                   happens to hold some, asks for none.
    size           an enrollment or a date that moves by less than was asked for. Only changes that have that measure
                   are weighed by it, and critical ones never are: an enrollment that goes to 0 stops the trial,
                   however few it was planned for.

A reason is put into words only when somebody asks, because almost nobody does.
"""

from collections.abc import Callable, Mapping
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


Words = Callable[[Change, Filters], str]
"""What says why a change is not told."""


def reason(change: Change, asked: Interest | Subscription) -> str | None:
    """Why *change* does not pass by itself, in one line; None where it does."""
    refusal = refusal_of(change, asked.filters, asked)
    return refusal(change, asked.filters) if refusal else None


def refused_for(change: Change, asked: Interest | Subscription) -> Refused | None:
    """As `reason`, for counting."""
    refusal = refusal_of(change, asked.filters, asked)
    return _COUNTED_AS[refusal] if refusal else None


def refusal_of(change: Change, filters: Filters, asked: Interest | Subscription | None = None) -> Words | None:
    """What puts into words why *change* does not pass; None where it does. *asked* is what has the *filters*."""
    if asked and change.kind == "trial.left" and (refusal := _refusal_of_leaving(change, asked.watches)):
        return refusal
    if is_unwanted(change, filters):
        return _unwanted
    hears_of_members = asked is not None and (asked.everything or bool(asked.watches))
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


def is_unwanted(change: Change, filters: Filters) -> bool:
    """Whether a change is of a kind that is never to be told."""
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


def _too_small(change: Change, filters: Filters) -> Words | None:
    if filters.min_percent is not None and _moves_less(change, "enrollment.", "percent", filters.min_percent):
        return _fewer_percent
    if filters.min_days is not None and _moves_less(change, "date.", "days", filters.min_days):
        return _fewer_days
    return None


def _moves_less(change: Change, kinds: str, unit: str, least: float) -> bool:
    if not change.measure or not change.kind.startswith(kinds):
        return False
    return abs(change.measure.get(unit, least)) < least


def _refusal_of_leaving(change: Change, watches: frozenset[int]) -> Words | None:
    if not is_about_another_watch(change, watches):
        return None
    is_of_these = (change.before or {}).get("watch_id") in watches
    return _still_in_the_group if is_of_these else _of_another_watch


def _still_in_the_group(_: Change, __: Filters) -> str:
    return "it left one watch of the group, and another one holds it still"


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


_COUNTED_AS: Mapping[Words, Refused] = {
    _of_another_watch: Refused.ANOTHER_WATCH,
    _still_in_the_group: Refused.ANOTHER_WATCH,
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


WEIGHED = frozenset((_too_insignificant, _fewer_percent, _fewer_days))
"""What refuses a change for how much it is, and not for what it is."""
