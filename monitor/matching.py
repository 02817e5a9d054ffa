"""Which changes of an event a subscriber wants to hear, and for the others why not. Pure.

    what           topics and kinds together: a change passes that either names. Most people would hear nothing at all
                   if a change had to be of a named topic and of a named kind.
    significance   at least the least that was asked for. Administrative changes are silent unless they are named: by
                   the topic `administrative` or by their exact kind. The beginning of a kind, or another topic that
                   happens to hold some, asks for none.
    size           an enrollment or a date that moves by less than was asked for. Only changes that have that measure
                   are weighed by it, and critical ones never are: an enrollment that goes to 0 stops the trial,
                   however few it was planned for.

Nothing is filtered without a trace: every change that does not pass has its reason, which `monitor why` shows. A
reason is put into words only when somebody asks, because almost nobody does, and matching runs for every subscription
that covers a changed trial: ten subscriptions and twenty changes take 0.1 ms.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from monitor.fields import Topic
from monitor.model import Change, Filters, Significance


@dataclass(frozen=True, slots=True)
class Match:
    """What filters make of the changes of an event."""

    changes: tuple[Change, ...]
    """Those that pass, in their order."""
    filtered: tuple[Change, ...]
    """The others, in their order."""
    filters: Filters

    @property
    def passes(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.changes)

    @property
    def reasons(self) -> tuple[tuple[Change, str], ...]:
        """Why each of the others does not pass, in one line."""
        return tuple((change, reason(change, self.filters) or "") for change in self.filtered)


def matching(changes: Sequence[Change], filters: Filters) -> Match:
    """Sort *changes* into those that pass *filters* and those that do not."""
    passing: list[Change] = []
    filtered: list[Change] = []
    for change in changes:
        (filtered if _refusal(change, filters) else passing).append(change)
    return Match(tuple(passing), tuple(filtered), filters)


def reason(change: Change, filters: Filters) -> str | None:
    """Why *change* does not pass, in one line; None where it does."""
    refusal = _refusal(change, filters)
    return refusal(change, filters) if refusal else None


_Words = Callable[[Change, Filters], str]


def _refusal(change: Change, filters: Filters) -> _Words | None:
    """What puts into words why *change* does not pass; None where it does."""
    if (filters.topics or filters.kinds) and not _named(change, filters):
        return _not_named
    significance = change.significance
    if significance is Significance.CRITICAL:
        return None
    if significance < filters.min_significance and not _asked_for(change, filters):
        return _too_insignificant
    return _too_small(change, filters)


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


_TOPICS = {str(topic): place for place, topic in enumerate(Topic)}


def _listed(names: frozenset[str]) -> str:
    """Topics in their usual order, kinds by the alphabet."""
    return ", ".join(sorted(names, key=lambda name: (_TOPICS.get(name, 0), name)))
