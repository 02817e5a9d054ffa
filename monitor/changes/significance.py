"""How much a change matters. Pure.

The table `_RULES` is the one in docs/changes.md, kind by kind; what depends on more than the kind is a
function below it. Two circumstances of the whole event weigh on every change in it: whether the trial stopped, and
whether the registry withheld or released the record, which redacts or reveals all fields at once.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields

from monitor.changes.fields import KINDS, Topic
from monitor.changes.spelling import respelled
from monitor.model import Change, Difference, Enrollment, Significance, Timing
from monitor.text import fold_name

_ADMINISTRATIVE, _MINOR, _MAJOR, _CRITICAL = Significance

_LONG = 90
"""Days from which a moved date matters."""

_LARGE = 20
"""Percent from which another enrollment target matters."""

_MANY_WORDS = 8
"""Words that came and went from which other eligibility criteria are not just other wording."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What else is in the event."""

    stopped: bool = False
    redacted: bool = False
    """The registry withheld the record, or released one that it had withheld."""

    @classmethod
    def of(cls, differences: Iterable[Difference]) -> "Circumstances":
        """The circumstances in an event of these differences."""
        moves = [difference for difference in differences if difference.field == "overall_status"]
        return cls(
            stopped=any(move.kind == "status.stopped" for move in moves),
            redacted=any(move.kind in ("trial.withheld", "trial.restored") for move in moves),
        )


def weigh_all(differences: Sequence[Difference]) -> tuple[Change, ...]:
    """Weigh the differences of one event, the most significant first, then by topic, then as they came."""
    circumstances = Circumstances.of(differences)
    return in_order(weigh(difference, circumstances) for difference in differences)


def in_order(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The changes of one event, the most significant first, then by topic, then as they came."""
    return tuple(sorted(changes, key=lambda change: (-change.significance, _ORDER[Topic(change.topic)])))


def weigh(difference: Difference, circumstances: Circumstances = Circumstances()) -> Change:
    """Say how much *difference* matters in an event of these circumstances."""
    if circumstances.redacted and difference.topic != Topic.IDENTITY:
        significance = _ADMINISTRATIVE
    else:
        rule = _RULES[difference.kind]
        significance = rule if isinstance(rule, Significance) else rule(difference, circumstances)
    return Change(
        **{member.name: getattr(difference, member.name) for member in fields(difference)}, significance=significance
    )


def _status_changed(difference: Difference, _: Circumstances) -> Significance:
    """A last known status that moves by itself is the registry's bookkeeping behind an unknown one."""
    return _MINOR if difference.field == "last_known_status" else _MAJOR


def _why_stopped(_: Difference, circumstances: Circumstances) -> Significance:
    return _CRITICAL if circumstances.stopped else _MAJOR


def _target(difference: Difference, _: Circumstances) -> Significance:
    if _emptied(difference):
        return _CRITICAL
    if difference.measure:
        return _MAJOR if abs(difference.measure["percent"]) >= _LARGE else _MINOR
    before, after = difference.before, difference.after
    from_zero = before and before.get("count") == 0
    to_no_number = before and after and Enrollment(after.get("count")).known is None
    return _MAJOR if from_zero or to_no_number else _MINOR


def _actual(difference: Difference, _: Circumstances) -> Significance:
    return _CRITICAL if _emptied(difference) else _MAJOR


def _emptied(difference: Difference) -> bool:
    return bool(difference.after) and difference.after.get("count") == 0


def _moved(difference: Difference, _: Circumstances) -> Significance:
    return _MAJOR if difference.measure and abs(difference.measure["days"]) >= _LONG else _MINOR


def _criteria(difference: Difference, _: Circumstances) -> Significance:
    """A few words without a number, a comparison or a negation among them are wording; anything else, who may come."""
    measure = difference.measure or {}
    words = measure.get("words_added", 0) + measure.get("words_removed", 0)
    return _MAJOR if measure.get("decisive_words") or words >= _MANY_WORDS else _MINOR


def _lead_sponsor(difference: Difference, _: Circumstances) -> Significance:
    """The registry's class of a sponsor that stays the same is a detail."""
    before, after = difference.before, difference.after
    if not before or not after:
        return _CRITICAL
    same = fold_name(before["name"]) == fold_name(after["name"]) or respelled(before["name"], after["name"])
    return _MINOR if same else _CRITICAL


def _primary_outcome(usual: Significance) -> Callable[[Difference, Circumstances], Significance]:
    """Whatever changes in a primary outcome once the data may be known is critical."""

    def rule(difference: Difference, _: Circumstances) -> Significance:
        late = difference.timing in (Timing.AFTER_PRIMARY_COMPLETION, Timing.AFTER_RESULTS)
        return _CRITICAL if late else usual

    return rule


def _role_changed(difference: Difference, _: Circumstances) -> Significance:
    return _CRITICAL if difference.field == "primary_outcomes" else _MINOR


def _sites(difference: Difference, _: Circumstances) -> Significance:
    return _MAJOR if difference.measure and difference.measure.get("countries") else _MINOR


_Rule = Significance | Callable[[Difference, Circumstances], Significance]

_RULES: dict[str, _Rule] = {
    **dict.fromkeys(KINDS, _MINOR),
    "status.stopped": _CRITICAL,
    "status.reopened": _CRITICAL,
    **dict.fromkeys(("status.completed", "status.recruiting", "status.closed", "status.unknown"), _MAJOR),
    "status.changed": _status_changed,
    **dict.fromkeys(("why_stopped.added", "why_stopped.changed", "why_stopped.removed"), _why_stopped),
    "enrollment.target": _target,
    "enrollment.actual": _actual,
    "enrollment.corrected": _actual,
    "date.slipped": _moved,
    "date.advanced": _moved,
    "date.precision": _ADMINISTRATIVE,
    "date.unreadable": _MAJOR,  # how far it moved is not known
    "date.actual": _moved,  # what happens as it was planned is no news
    "sponsor.lead": _lead_sponsor,
    "outcome.primary.added": _CRITICAL,
    "outcome.primary.removed": _CRITICAL,
    "outcome.primary.measure": _CRITICAL,
    "outcome.primary.time_frame": _primary_outcome(_MAJOR),
    "outcome.primary.description": _primary_outcome(_MINOR),
    "outcome.promoted": _role_changed,
    "outcome.demoted": _role_changed,
    **{f"outcome.{role}.reworded": _ADMINISTRATIVE for role in ("primary", "secondary", "other")},
    **dict.fromkeys(("phase", "design.allocation", "design.masking"), _MAJOR),
    **dict.fromkeys(("arm.added", "arm.removed", "intervention.added", "intervention.removed"), _MAJOR),
    **dict.fromkeys(("eligibility.age", "eligibility.sex", "eligibility.healthy_volunteers"), _MAJOR),
    "eligibility.criteria": _criteria,
    "site.added": _sites,
    "site.removed": _sites,
    "site.followed": _ADMINISTRATIVE,
    "results.posted": _CRITICAL,
    "results.removed": _CRITICAL,
    "results.submitted": _MAJOR,
    "results.returned": _MAJOR,
    "trial.new": _MAJOR,
    "trial.left": _MAJOR,
    **dict.fromkeys(("trial.merged", "trial.removed", "trial.restored", "trial.withheld"), _CRITICAL),
    **dict.fromkeys(("verified", "updated", "registered", "contacts", "results.dates"), _ADMINISTRATIVE),
    "oversight.violation": _CRITICAL,
    **dict.fromkeys(("expanded_access", "results.delayed", "results.waived"), _MAJOR),
    **dict.fromkeys((kind for kind in KINDS if kind.endswith(".respelled")), _ADMINISTRATIVE),
}
"""By kind. A punctuation-only change of a primary outcome stays administrative at any time: it says the same."""

_ORDER = {topic: place for place, topic in enumerate(Topic)}
