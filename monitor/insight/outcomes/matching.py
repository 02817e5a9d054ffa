"""Which outcome of the former record became which of the present one: kept, moved, split or merged. Pure."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from monitor.insight.outcomes.frames import compared as frames_compared
from monitor.insight.outcomes.frames import frame
from monitor.insight.outcomes.languages import is_other_language
from monitor.insight.outcomes.measures import body, metric, parts
from monitor.insight.outcomes.wording import field_of, instruments, is_field_of, letters, telling, tokens
from monitor.model.record import Outcome

ROLES = ("primary", "secondary", "other")
_LIKE, _LIKE_ELSEWHERE = 0.55, 0.75
_PART = 0.75
_PANEL = frozenset({"panel", "profile", "battery", "parameter", "marker", "biomarker"})
_HEADS = (
    *("maximum concentration", "area under the curve", "half life", "clearance", "systolic", "diastolic"),
    *("overall survival", "progression free", "disease free", "event free", "relapse free", "complete response"),
)
"""What makes two outcomes different ones, however much else they share."""
_NUMBER = re.compile(r"\d+(?:\.\d+)?%?|[<>]=?")
_UNITS = frozenset(["mg", "dl", "mmol", "mol", "l", "kg", "g", "mm", "cm", "ml", "mmhg", "kpa", "ng", "ug", "pg", "iu"])
_LETTERS, _SHORT = 0.88, 300


@dataclass(frozen=True, slots=True)
class Listed:
    """An outcome with its role and its place in the list."""

    role: str
    place: int
    outcome: Outcome

    @property
    def ref(self) -> str:
        """`p0` for the first primary outcome."""
        return f"{self.role[0]}{self.place}"

    @property
    def rank(self) -> int:
        """0 for a primary outcome; the higher the lighter."""
        return ROLES.index(self.role)


@dataclass(slots=True)
class Matched:
    """What became of the outcomes of both sides."""

    pairs: list[tuple[Listed, Listed]] = field(default_factory=list)
    splits: list[tuple[Listed, Sequence[Listed], Sequence[str]]] = field(default_factory=list)
    """One outcome, those that it became, and the components that none of them has."""
    merges: list[tuple[Sequence[Listed], Listed]] = field(default_factory=list)
    gone: list[Listed] = field(default_factory=list)
    come: list[Listed] = field(default_factory=list)
    again: list[tuple[Listed, Listed]] = field(default_factory=list)
    """Those that the present record has twice: the one that was kept, and the other."""


def matched(before: Sequence[Listed], after: Sequence[Listed]) -> Matched:
    """Pair them: the same text in its role, the same measure, in its role and elsewhere; parts; and what is alike."""
    found = Matched(gone=[*before], come=[*after])
    _take(found, lambda old, new: old.role == new.role and _whole(old) == _whole(new))
    kept = {_whole(new): new for _, new in found.pairs}
    _take(found, lambda old, new: old.role == new.role and _named(old) == _named(new))
    _take(found, lambda old, new: _named(old) == _named(new))
    found.again = [(kept[_whole(new)], new) for new in found.come if _whole(new) in kept]
    found.come = [new for new in found.come if _whole(new) not in kept]
    _take_splits(found)
    _take_merges(found)
    _take_alike(found)
    return found


def _whole(one: Listed) -> tuple[str, str]:
    return letters(one.outcome.measure), letters(one.outcome.time_frame)


def _named(one: Listed) -> tuple[str, ...]:
    return tuple(sorted(telling(body(one.outcome.measure))))


def _take(found: Matched, is_same: Callable[[Listed, Listed], bool]) -> None:
    for old in [*found.gone]:
        new = next((each for each in found.come if is_same(old, each)), None)
        if new is not None:
            found.pairs.append((old, new))
            found.gone.remove(old)
            found.come.remove(new)


def _take_splits(found: Matched) -> None:
    for old in [*found.gone]:
        components = parts(old.outcome.measure)
        if len(components) < 2:
            continue
        places = [(component, _part_in(component, found.come)) for component in components]
        into = [*dict.fromkeys(place for _, place in places if place)]
        if len(into) < 2:
            continue
        found.splits.append((old, into, [component for component, place in places if place is None]))
        found.gone.remove(old)
        found.come = [each for each in found.come if each not in into]


def _part_in(component: str, among: Sequence[Listed]) -> Listed | None:
    words = tokens(component)
    best = max(among, key=lambda each: _overlap(words, tokens(each.outcome.measure)), default=None)
    return best if best and _overlap(words, tokens(best.outcome.measure)) >= _PART else None


def _overlap(words: frozenset[str], of: frozenset[str]) -> float:
    return len(words & of) / len(words) if words else 0.0


def _take_merges(found: Matched) -> None:
    for new in [*found.come]:
        components = [tokens(each) for each in parts(new.outcome.measure)]
        is_panel = not _PANEL.isdisjoint(tokens(new.outcome.measure))
        merged = [old for old in found.gone if _is_part_of(old, new, components, is_panel=is_panel)]
        whole = [old for old in found.gone if tokens(new.outcome.measure) < tokens(old.outcome.measure)]
        merged = merged if len(merged) > 1 and (is_panel or len(components) > 1) else whole
        if len(merged) > 1:
            found.merges.append((merged, new))
            found.come.remove(new)
            found.gone = [each for each in found.gone if each not in merged]


def _is_part_of(old: Listed, new: Listed, components: Sequence[frozenset[str]], *, is_panel: bool) -> bool:
    words = tokens(old.outcome.measure)
    if any(
        _overlap(each, words) >= _PART and _overlap(words, tokens(new.outcome.measure)) >= 0.5 for each in components
    ):
        return True
    return is_panel and bool(words & tokens(new.outcome.measure))


def _take_alike(found: Matched) -> None:
    scored = sorted(_scored(found), key=lambda each: -each[0])
    for _, old, new in scored:
        if old in found.gone and new in found.come:
            found.pairs.append((old, new))
            found.gone.remove(old)
            found.come.remove(new)


def _scored(found: Matched) -> Iterator[tuple[float, Listed, Listed]]:
    for old in found.gone:
        for new in found.come:
            is_only = _is_only(old, found.gone) and _is_only(new, found.come)
            score = likeness(old.outcome, new.outcome, is_only=is_only and old.role == new.role)
            if score >= (_LIKE if old.role == new.role else _LIKE_ELSEWHERE):
                yield score + (0.2 if old.role == new.role else 0.0), old, new


def _is_only(one: Listed, among: Sequence[Listed]) -> bool:
    return sum(each.role == one.role for each in among) == 1


def likeness(before: Outcome, after: Outcome, *, is_only: bool = False) -> float:
    """From 0 to 1: whether two outcomes are one that changed; *is_only*: nothing else of the role went or came."""
    one, other = _bare(before.measure), _bare(after.measure)
    is_translated = is_only and _translated(before, after)
    if not one or not other or (not is_translated and _heads(before.measure) != _heads(after.measure)):
        return 0.0
    shared = len(one & other)
    alike = max(shared / len(one | other), 0.9 * shared / min(len(one), len(other)) if shared > 1 or is_only else 0.0)
    if _about_the_same(before.measure, after.measure) or is_translated:
        alike = max(alike, 0.7 if is_only else 0.6)
    if is_only and _nearly_the_same_letters(before.measure, after.measure):
        alike = max(alike, 0.8)
    if is_only and _begin_alike(before.measure, after.measure):
        alike = max(alike, 0.6)
    if is_only and shared and metric(before.measure) != metric(after.measure):
        alike = max(alike, 0.6)
    same_time = bool(before.time_frame) and frames_compared(frame(before.time_frame), frame(after.time_frame)) is None
    return min(1.0, alike + (0.05 if same_time else 0.0))


def _bare(text: str) -> frozenset[str]:
    """The telling words without numbers and units: ACR20 and ACR50 are one."""
    words = (_NUMBER.sub("", each) for each in telling(body(text)))
    return frozenset(each for each in words if each and each not in _UNITS)


def _begin_alike(before: str, after: str) -> bool:
    one, other = telling(body(before)), telling(body(after))
    return bool(one) and bool(other) and one[0] == other[0] and not _NUMBER.fullmatch(one[0])


def _nearly_the_same_letters(before: str, after: str) -> bool:
    one, other = body(before), body(after)
    if max(len(one), len(other)) > _SHORT or _NUMBER.findall(one) != _NUMBER.findall(other):
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= _LETTERS


def _heads(text: str) -> frozenset[str]:
    return frozenset(each for each in _HEADS if each in body(text))


def _translated(before: Outcome, after: Outcome) -> bool:
    return is_other_language(before.measure) != is_other_language(after.measure)


def _about_the_same(before: str, after: str) -> bool:
    """Whether both name instruments of one field, or one the field itself."""
    if is_field_of(body(before), body(after)) or is_field_of(body(after), body(before)):
        return True
    one, other = instruments(before), instruments(after)
    fields, others = {field_of(each) for each in one}, {field_of(each) for each in other}
    if one and other:
        return bool(fields & others)
    return any(each in body(after) for each in fields) or any(each in body(before) for each in others)
