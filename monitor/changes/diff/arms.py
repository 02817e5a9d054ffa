"""Arms by label, interventions by type and name. Pure.

Arms and interventions refer to each other by sets of names. A renamed arm with the same description stays the same arm.
Two interventions are the same only if they share a name: another drug given in the same way is another intervention.
"""

from collections.abc import Callable, Hashable, Iterator
from typing import TypeVar

from monitor.changes.diff.comparison import Comparison
from monitor.changes.diff.pairing import Likeness, WordSets, by_key, by_likeness, cancel
from monitor.changes.diff.wording import code_words, edit_phrase
from monitor.changes.spelling import fold_spelling, respelled, says_the_same
from monitor.model import Arm, Difference, Intervention
from monitor.text import fold, fold_name, natural_list, plural_of, quote

T = TypeVar("T", Arm, Intervention)


_NAME = 60
"""Characters of a new name that can be shown whole."""
_ARM_LIKE = 0.8
"""Likeness from which two arms are the same: the same description, or most of the label and the same treatment."""
_INTERVENTION_LIKE = 0.5
"""Likeness from which two interventions are the same: half of the name."""


def differences(pair: Comparison) -> Iterator[Difference]:
    """Tell what changed, went and came among the arms, then among the interventions."""
    yield from _arms(pair)
    yield from _interventions(pair)


def _arms(pair: Comparison) -> Iterator[Difference]:
    if pair.before.arms == pair.after.arms:
        return
    pairs, gone, come = _matched(
        pair.before.arms, pair.after.arms, content=_arm_content, key=_arm_key, likeness=_arm_likeness(), least=_ARM_LIKE
    )
    for before, after in pairs:
        kind, told = _kind_and_summary("arm", _arm_parts(before, after))
        summary = f"Arm {quote(before.label, 50)}: {told}."
        yield pair.difference("arms", kind, before=before, after=after, summary=summary)
    for arm in gone:
        yield pair.difference("arms", "arm.removed", before=arm, after=None, summary=f"Arm removed: {_arm_shown(arm)}.")
    for arm in come:
        yield pair.difference("arms", "arm.added", before=None, after=arm, summary=f"Arm added: {_arm_shown(arm)}.")


def _interventions(pair: Comparison) -> Iterator[Difference]:
    if pair.before.interventions == pair.after.interventions:
        return
    pairs, gone, come = _matched(
        pair.before.interventions,
        pair.after.interventions,
        content=_intervention_content,
        key=_intervention_key,
        likeness=_intervention_likeness(),
        least=_INTERVENTION_LIKE,
    )
    field = "interventions"
    for before, after in pairs:
        kind, told = _kind_and_summary("intervention", _intervention_parts(before, after))
        summary = f"Intervention {quote(before.name, 50)}: {told}."
        yield pair.difference(field, kind, before=before, after=after, summary=summary)
    for item in gone:
        summary = f"Intervention removed: {_intervention_shown(item)}."
        yield pair.difference(field, "intervention.removed", before=item, after=None, summary=summary)
    for item in come:
        summary = f"Intervention added: {_intervention_shown(item)}."
        yield pair.difference(field, "intervention.added", before=None, after=item, summary=summary)


def _matched(
    before: tuple[T, ...],
    after: tuple[T, ...],
    *,
    content: Callable[[T], Hashable],
    key: Callable[[T], Hashable],
    likeness: Likeness[T],
    least: float,
) -> tuple[list[tuple[T, T]], list[T], list[T]]:
    """Pairs that belong together and differ, what is gone, and what came."""
    gone, come = cancel(before, after, content)
    same = by_key(gone, come, key, likeness=likeness)
    alike = by_likeness(same.gone, same.come, likeness, least=least)
    return same.pairs + alike.pairs, alike.gone, alike.come


def _names(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(fold_name, names))


def _arm_content(arm: Arm) -> Hashable:
    return fold_name(arm.label), arm.type, fold(arm.description), _names(arm.interventions)


def _arm_key(arm: Arm) -> Hashable:
    return fold_name(fold_spelling(arm.label))


def _arm_likeness() -> Likeness[Arm]:
    words = WordSets()

    def likeness(before: Arm, after: Arm) -> float:
        return (
            max(words.overlap(before.label, after.label), float(respelled(before.label, after.label)))
            + words.overlap(before.description, after.description)
            + 0.2 * (before.type == after.type)
            + 0.3 * (bool(before.interventions) and _names(before.interventions) == _names(after.interventions))
        )

    return likeness


def _intervention_content(item: Intervention) -> Hashable:
    return item.type, fold_name(item.name), fold(item.description), _names(item.other_names), _names(item.arms)


def _intervention_key(item: Intervention) -> Hashable:
    return item.type, fold_name(fold_spelling(item.name))


def _intervention_likeness() -> Likeness[Intervention]:
    words = WordSets()

    def likeness(before: Intervention, after: Intervention) -> float:
        alias = fold_name(before.name) in _names(after.other_names) or fold_name(after.name) in _names(
            before.other_names
        )
        return (
            max(words.overlap(before.name, after.name), float(alias or respelled(before.name, after.name)))
            + 0.1 * words.overlap(before.description, after.description)
            + 0.05 * (before.type == after.type)
        )

    return likeness


_Part = tuple[str, str]
"""What changed in an item: a word for it, and what happened to it."""


def _arm_parts(before: Arm, after: Arm) -> Iterator[_Part]:
    if fold_name(before.label) != fold_name(after.label) and not respelled(before.label, after.label):
        yield "label", _renamed(before.label, after.label)
    yield from _type_part(before.type, after.type)
    yield from _text_part(before.description, after.description)
    yield from _names_part("interventions", "intervention", before.interventions, after.interventions)


def _intervention_parts(before: Intervention, after: Intervention) -> Iterator[_Part]:
    if fold_name(before.name) != fold_name(after.name) and not respelled(before.name, after.name):
        yield "name", _renamed(before.name, after.name)
    yield from _type_part(before.type, after.type)
    yield from _text_part(before.description, after.description)
    yield from _names_part("other names", "other name", before.other_names, after.other_names)
    yield from _names_part("arms", "arm", before.arms, after.arms)


def _renamed(before: str, after: str) -> str:
    """The new name, unless it is so long that cutting it would hide what is new."""
    return f"renamed ({edit_phrase(before, after)})" if len(after) > _NAME else f"renamed {quote(after, _NAME)}"


def _type_part(before: str | None, after: str | None) -> Iterator[_Part]:
    if before != after:
        yield "type", f"type changed from {code_words(before)} to {code_words(after)}"


def _text_part(before: str | None, after: str | None) -> Iterator[_Part]:
    old, new = fold(before), fold(after)
    if says_the_same(old, new):
        return
    if old and new:
        yield "description", f"description changed ({edit_phrase(old, new)})"
    else:
        yield "description", f"description {'added' if new else 'removed'}: {quote(new or old)}"


def _names_part(label: str, noun: str, before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[_Part]:
    old, new = {fold_name(name): name for name in before}, {fold_name(name): name for name in after}
    gone, come = ([names[key] for key in names if key not in others] for names, others in ((old, new), (new, old)))
    _, gone, come = by_likeness(gone, come, _same_spelling, least=1.0)
    if len(gone) == len(come) == 1 and "“" in (told_one := edit_phrase(gone[0], come[0])):
        yield label, f"{label} changed ({told_one})"
        return
    told = [
        f"{word} the {noun if len(names) == 1 else plural_of(noun)} {natural_list(names, 2)}"
        for word, names in (("gained", _quoted(come)), ("lost", _quoted(gone)))
        if names
    ]
    if told:
        yield label, " and ".join(told)


def _quoted(names: list[str]) -> list[str]:
    return [quote(name, 40) for name in names]


def _same_spelling(before: str, after: str) -> float:
    return float(respelled(before, after))


def _kind_and_summary(what: str, parts: Iterator[_Part]) -> tuple[str, str]:
    """The kind of what happened to an arm or intervention, and what that was."""
    changed = list(parts)
    return (f"{what}.changed", _summary(changed)) if changed else (f"{what}.respelled", "only spelled otherwise")


def _summary(parts: list[_Part]) -> str:
    """The one thing that changed in full; of several, a rename in full and the names of the rest."""
    (word, told), *others = parts
    if not others:
        return told
    named = [word for word, _ in others]
    if word in ("label", "name"):
        return f"{told}; {natural_list(named, 5)} changed too"
    return f"{natural_list([word, *named], 5)} changed"


def _arm_shown(arm: Arm) -> str:
    return quote(arm.label) + (f" ({code_words(arm.type)})" if arm.type else "")


def _intervention_shown(item: Intervention) -> str:
    return quote(item.name) + (f" ({code_words(item.type)})" if item.type else "")
