"""What a trial measures: primary, secondary and other outcomes. Pure.

An outcome is matched by its measure, first in its own list, then in the other two, and only then by likeness. Each part
that changed is a difference of its own, which starts from the result of the one before it: applied in order, they lead
from the former item to the present one.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations

from monitor.changes.diff.comparison import Comparison
from monitor.changes.diff.pairing import Likeness, WordSets, by_key, by_likeness, cancel
from monitor.changes.diff.values import to_json
from monitor.changes.diff.wording import edit_phrase, text_change_sentence
from monitor.changes.spelling import fold_spelling, respelled, says_the_same
from monitor.model import Difference, Json, Outcome
from monitor.text import fold, fold_wording, quote

ROLES = {"primary": "primary_outcomes", "secondary": "secondary_outcomes", "other": "other_outcomes"}
"""The role of an outcome and the field that lists it, the weightiest first."""

_NAME = 60
"""Characters of a measure that only says which outcome is meant."""
_BOTH = 110
"""Characters of two measures together, up to which both are quoted whole."""
_LIKE = 0.7
"""Likeness from which two outcomes of one role are the same: half the words and the time frame, say."""
_LIKE_ELSEWHERE = 0.95
"""The same for outcomes of different roles: nearly every word."""

_Lists = dict[str, list[Outcome]]


def differences(pair: Comparison) -> Iterator[Difference]:
    """Tell what changed role, then role by role what changed, went and came."""
    gone, come, kept = _matched_within(pair)
    if not any(gone.values()) and not any(come.values()) and not any(kept.values()):
        return
    likeness = _likeness()
    moved = _moved(gone, come, likeness, least=None)
    for role in ROLES:
        alike = by_likeness(gone[role], come[role], likeness, least=_LIKE)
        kept[role] += alike.pairs
        gone[role], come[role] = alike.gone, alike.come
    moved += _moved(gone, come, likeness, least=_LIKE_ELSEWHERE)
    for former, present, before, after in moved:
        yield _move(pair, former, present, before=before, after=after)
    for role, field in ROLES.items():
        for before, after in kept[role]:
            yield from _edits(pair, role, before, after)
        for outcome in gone[role]:
            summary = f"{role.capitalize()} outcome removed: {_shown(outcome)}."
            yield pair.difference(field, f"outcome.{role}.removed", before=outcome, after=None, summary=summary)
        for outcome in come[role]:
            summary = f"{role.capitalize()} outcome added: {_shown(outcome)}."
            yield pair.difference(field, f"outcome.{role}.added", before=None, after=outcome, summary=summary)


def _matched_within(pair: Comparison) -> tuple[_Lists, _Lists, dict[str, list[tuple[Outcome, Outcome]]]]:
    """What is gone and come in each role, and the pairs that have the same measure but differ."""
    gone: _Lists = {}
    come: _Lists = {}
    kept: dict[str, list[tuple[Outcome, Outcome]]] = {}
    for role, field in ROLES.items():
        before, after = getattr(pair.before, field), getattr(pair.after, field)
        if before == after:
            kept[role], gone[role], come[role] = [], [], []
            continue
        old, new = cancel(before, after, _content)
        same = by_key(old, new, _measure, likeness=_likeness())
        kept[role], gone[role], come[role] = same.pairs, same.gone, same.come
    return gone, come, kept


def _content(outcome: Outcome) -> tuple[str, str, str]:
    return fold(outcome.measure), fold(outcome.time_frame), fold(outcome.description)


def _measure(outcome: Outcome) -> str:
    return fold_wording(fold_spelling(outcome.measure))


def _likeness() -> Likeness[Outcome]:
    words = WordSets()

    def likeness(before: Outcome, after: Outcome) -> float:
        same_time = bool(before.time_frame) and words[before.time_frame] == words[after.time_frame]
        return (
            max(words.overlap(before.measure, after.measure), float(respelled(before.measure, after.measure)))
            + 0.5 * words.overlap(before.description, after.description)
            + 0.2 * same_time
        )

    return likeness


def _moved(
    gone: _Lists, come: _Lists, likeness: Likeness[Outcome], *, least: float | None
) -> list[tuple[str, str, Outcome, Outcome]]:
    """Take outcomes that left one role and entered another out of both lists; by measure where *least* is None."""
    moved = []
    for former, present in permutations(ROLES, 2):
        if not gone[former] or not come[present]:
            continue
        if least is None:
            names = {_measure(outcome) for outcome in gone[former]} & {_measure(outcome) for outcome in come[present]}
            found = by_key(gone[former], come[present], _measure, likeness=likeness) if names else None
        else:
            found = by_likeness(gone[former], come[present], likeness, least=least)
        if found:
            moved += [(former, present, before, after) for before, after in found.pairs]
            gone[former], come[present] = found.gone, found.come
    return moved


def _move(pair: Comparison, former: str, present: str, *, before: Outcome, after: Outcome) -> Difference:
    """A promotion or demotion, in the weightier one of the two fields; both items carry their role."""
    roles = list(ROLES)
    promoted = roles.index(present) < roles.index(former)
    renamed = f", now as {quote(after.measure)}" if _measure(before) != _measure(after) else ""
    changed = _parts(before, after)
    also = f"; its {' and '.join(changed)} changed too" if changed else ""
    return pair.difference(
        ROLES[present if promoted else former],
        "outcome.promoted" if promoted else "outcome.demoted",
        before=_with_role(former, before),
        after=_with_role(present, after),
        summary=f"{former.capitalize()} outcome {quote(before.measure)} became {_a(present)} outcome{renamed}{also}.",
    )


def _a(role: str) -> str:
    return f"an {role}" if role == "other" else f"a {role}"


def _parts(before: Outcome, after: Outcome) -> list[str]:
    parts = ("time frame", before.time_frame, after.time_frame), ("description", before.description, after.description)
    return [name for name, old, new in parts if not says_the_same(old, new)]


def _with_role(role: str, outcome: Outcome) -> Json:
    return {"role": role, **to_json(outcome)}


def _edits(pair: Comparison, role: str, before: Outcome, after: Outcome) -> Iterator[Difference]:
    """Tell what changed in one outcome, a difference a member."""
    step = before
    for member in ("measure", "time_frame", "description"):
        old, new = getattr(before, member), getattr(after, member)
        if old == new:
            continue
        former, step = step, replace(step, **{member: new})
        if fold(old) == fold(new):
            continue
        reworded = says_the_same(old, new)
        yield pair.difference(
            ROLES[role],
            f"outcome.{role}.{'reworded' if reworded else member}",
            before=former,
            after=step,
            summary=_summary(role, member, former, step, reworded=reworded),
        )


def _summary(role: str, member: str, before: Outcome, after: Outcome, *, reworded: bool) -> str:
    name = f"{role} outcome {quote(after.measure, _NAME)}"
    if reworded:
        what = (
            "Only the spelling"
            if respelled(getattr(before, member), getattr(after, member))
            else "Only punctuation or case"
        )
        return f"{what} changed in the {member.replace('_', ' ')} of {name}."
    if member == "measure":
        return _renamed(role.capitalize(), before.measure, after.measure)
    label = f"{member.replace('_', ' ').capitalize()} of {name}"
    return text_change_sentence(label, getattr(before, member), getattr(after, member))


def _renamed(role: str, before: str, after: str) -> str:
    told = edit_phrase(before, after)
    if len(fold(before)) + len(fold(after)) <= _BOTH or "“" not in told:
        return f"{role} outcome changed from {quote(before)} to {quote(after)}."
    return f"{role} outcome {quote(before, _NAME)} changed its measure: {told}."


def _shown(outcome: Outcome) -> str:
    return quote(outcome.measure) + (f" (time frame: {quote(outcome.time_frame, 50)})" if outcome.time_frame else "")
