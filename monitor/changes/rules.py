"""How much a change matters where its kind alone does not say: each rule with its words for docs/changes.md. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from monitor.changes.sentences import STOPPED
from monitor.changes.spelling import respelled
from monitor.model import Difference, Enrollment, Significance, Timing
from monitor.text import fold_name

ADMINISTRATIVE, MINOR, MAJOR, CRITICAL = Significance

_LONG = 90
"""Days from which a moved date matters."""

_LARGE = 20
"""Percent from which another enrollment target matters."""

_MANY_WORDS = 8
"""Words that came and went from which other eligibility criteria are not just other wording."""

_LATE = (Timing.AFTER_PRIMARY_COMPLETION, Timing.AFTER_RESULTS)


@dataclass(frozen=True, slots=True)
class WeighingContext:
    """What else is in the event that a difference is a part of."""

    stopped: bool = False
    redacted: bool = False
    """The registry withheld the record, or released one that it had withheld."""

    @classmethod
    def of(cls, differences: Iterable[Difference]) -> "WeighingContext":
        """The context in an event of these differences."""
        moves = [difference for difference in differences if difference.field == "overall_status"]
        return cls(
            stopped=any(move.kind == "status.stopped" for move in moves),
            redacted=any(move.kind in ("trial.withheld", "trial.restored") for move in moves),
        )


_Weigh = Callable[[Difference, WeighingContext], Significance]


@dataclass(frozen=True, slots=True)
class Rule:
    """A function of the difference and its event, and in *words* what it does, as the table of kinds has it."""

    words: str
    weigh: _Weigh

    def __str__(self) -> str:
        return self.words


def rule(words: str) -> Callable[[_Weigh], Rule]:
    """Make a rule of a function."""
    return lambda weigh: Rule(words, weigh)


@rule("major; the last known status alone, or no more than the registry's words for it: minor")
def by_status_field(difference: Difference, _: WeighingContext) -> Significance:
    """A last known status that moves by itself is the registry's bookkeeping behind an unknown one.

    So is a move between two of its own words for one shared code.
    """
    is_same_code = difference.before is not None and difference.before == difference.after
    return MINOR if difference.field == "last_known_status" or is_same_code else MAJOR


@rule("with a stop critical, else major")
def by_stop(_: Difference, event: WeighingContext) -> Significance:
    """A reason weighs as much as what it explains."""
    return CRITICAL if event.stopped else MAJOR


@rule(f"to 0 critical; from {_LARGE} % major; else minor")
def by_target(difference: Difference, _: WeighingContext) -> Significance:
    """By the share that came or went; from or to no number at all is large."""
    if _is_emptied(difference):
        return CRITICAL
    if difference.measure:
        return MAJOR if abs(difference.measure["percent"]) >= _LARGE else MINOR
    before, after = difference.before, difference.after
    from_zero = before and before.get("count") == 0
    to_no_number = before and after and Enrollment(after.get("count")).known is None
    return MAJOR if from_zero or to_no_number else MINOR


@rule("0 critical; else major")
def by_actual_count(difference: Difference, _: WeighingContext) -> Significance:
    """Whether anybody came."""
    return CRITICAL if _is_emptied(difference) else MAJOR


def _is_emptied(difference: Difference) -> bool:
    return bool(difference.after) and difference.after.get("count") == 0


def _by_days(difference: Difference, _: WeighingContext) -> Significance:
    return MAJOR if difference.measure and abs(difference.measure["days"]) >= _LONG else MINOR


by_days = Rule(f"from {_LONG} days major; else minor", _by_days)
by_days_from_estimate = Rule(f"from {_LONG} days away from the estimate major; else minor", _by_days)


@rule(
    f"major where a number, a comparison, a negation or a condition changed, or from {_MANY_WORDS} words; else minor",
)
def by_criteria_words(difference: Difference, _: WeighingContext) -> Significance:
    """A few words without a number, a comparison or a negation among them are wording; anything else, who may come."""
    measure = difference.measure or {}
    words = measure.get("words_added", 0) + measure.get("words_removed", 0)
    return MAJOR if measure.get("decisive_words") or words >= _MANY_WORDS else MINOR


@rule("critical; the class alone minor")
def by_sponsor_name(difference: Difference, _: WeighingContext) -> Significance:
    """The registry's class of a sponsor that stays the same is a detail."""
    before, after = difference.before, difference.after
    if not before or not after:
        return CRITICAL
    same = fold_name(before["name"]) == fold_name(after["name"]) or respelled(before["name"], after["name"])
    return MINOR if same else CRITICAL


def critical_when_late(usual: Significance) -> Rule:
    """Whatever changes in a primary outcome once the data may be known is critical."""
    words = f"after the primary completion date critical; else {usual}"
    return Rule(words, lambda difference, _: CRITICAL if difference.timing in _LATE else usual)


@rule("a primary one critical; else minor")
def by_role(difference: Difference, _: WeighingContext) -> Significance:
    """Whether a primary outcome came or went."""
    return CRITICAL if difference.field == "primary_outcomes" else MINOR


@rule("to a stopped status major; else minor")
def by_country_status(difference: Difference, _: WeighingContext) -> Significance:
    """Whether the trial stops somewhere; as a whole it may go on."""
    before = {item["status"] for item in difference.before or ()}
    stops = any(item["status"] in STOPPED - before for item in difference.after or ())
    return MAJOR if stops else MINOR


@rule("a first or last site in a country major; else minor")
def by_countries(difference: Difference, _: WeighingContext) -> Significance:
    """Whether the trial reaches or leaves a country."""
    return MAJOR if difference.measure and difference.measure.get("countries") else MINOR
