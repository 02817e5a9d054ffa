"""How much a change matters, and the order of the changes of one event. Pure.

Each kind's declaration in `monitor.changes.kinds` says how much it matters. Two things about the whole event weigh on
every change in it: whether the trial stopped, and whether the registry withheld or released the record, which redacts
or reveals all fields at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields

from monitor.changes.kinds import KINDS
from monitor.changes.rules import WeighingContext
from monitor.changes.topics import Topic
from monitor.model import Change, Difference, Significance

_ORDER: Mapping[str, int] = {topic: place for place, topic in enumerate(Topic)}
_ALONE = WeighingContext()
_MEMBERS = tuple(member.name for member in fields(Difference))


def weigh_all(differences: Sequence[Difference]) -> tuple[Change, ...]:
    """Weigh the differences of one event, the most significant first, then by topic, then as they came."""
    context = WeighingContext.of(differences)
    return in_order(weigh(difference, context) for difference in differences)


def in_order(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The changes of one event, the most significant first, then by topic, then as they came."""
    return tuple(sorted(changes, key=lambda change: (-change.significance, _ORDER[change.topic])))


def weigh(difference: Difference, context: WeighingContext = _ALONE) -> Change:
    """Say how much *difference* matters in an event of this context."""
    if context.redacted and difference.topic != Topic.IDENTITY:
        significance = Significance.ADMINISTRATIVE
    else:
        declared = KINDS[difference.kind].significance
        significance = declared if isinstance(declared, Significance) else declared.weigh(difference, context)
    return Change(**{name: getattr(difference, name) for name in _MEMBERS}, significance=significance)
