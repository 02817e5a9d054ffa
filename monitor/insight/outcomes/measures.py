"""What two measures of one outcome differ in: metric, threshold, instrument, composite, population … Pure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from monitor.insight.outcomes.frames import without_times
from monitor.insight.outcomes.languages import is_other_language
from monitor.insight.outcomes.wording import (
    canonical,
    field_of,
    instruments,
    is_field_of,
    letters,
    telling,
    terms,
    tokens,
    without_numbering,
)

_NEGATIONS = frozenset({"without", "no", "not", "free", "absence", "non"})
_NEGATED = frozenset({"with", "presence", "participant", "having"})
_WHO = "participants?|patients?|subjects?|women|men|children|adults|infants|population|subgroup|cohort"
_POPULATION = re.compile(
    rf"\b(?:in|among|for|of) (?:the )?(?:\w+ ){{0,2}}?(?:{_WHO})"
    r" (?:with|who|whose|aged|having|in|older|younger|without|positive|negative)\b.*"
    r"|\bin (?:the )?[\w -]+? (?:population|subgroup|cohort|set)\b.*"
)
_LISTED = re.compile(r"\s*(?:,|;|/|\+|\bor\b|\band\b|\bas well as\b|\bplus\b)\s*")
_NUMBERS = re.compile(r"\d+(?:[.,]\d+)?")
_HEADING = re.compile(r"^(?:composite (?:of|end ?point)|efficacy|safety|a composite|combined)\b[^:]*:?\s*(?:of )?")
_UNITS = {
    ("mg/dl", "mmol/l"): 18.016,
    ("%", "mmol/mol"): None,
    ("mmhg", "kpa"): 7.50062,
    ("g/dl", "g/l"): 0.1,
    ("mg", "g"): 1000.0,
    ("kg", "g"): 0.001,
    ("cm", "mm"): 0.1,
    ("l", "ml"): 0.001,
}
_SAME_VALUE = 0.03
_TYPO = 0.8


@dataclass(frozen=True, slots=True)
class MeasureChange:
    """How a measure changed: reworded or measure, an aspect, whether that matters, and the words for it."""

    kind: str
    aspect: str
    is_substantive: bool
    why: str


def compared(before: str, after: str) -> MeasureChange | None:
    """What changed from one text of a measure to the next; None where they are the same but for blanks."""
    if " ".join(before.split()) == " ".join(after.split()):
        return None
    for look in _LOOKS:
        if found := look(before, after):
            return found
    return _measure("generalised", "another wording of which it is not clear that it says the same")


def body(text: str) -> str:
    """The canonical words of a measure without the points in time that it names."""
    plain = re.sub(r"\bsvr ?\d+\b", "sustained virological response", without_numbering(letters(text)))
    return canonical(without_times(plain))


def parts(text: str) -> Sequence[str]:
    """The components of a list or a composite, as they are written in small letters; one where it is none."""
    plain = _HEADING.sub("", without_numbering(letters(text)))
    numbered = [each for each in re.split(r"(?:^|\s)\(?\d{1,2}[.)]\s+", letters(text)) if each.strip()]
    if len(numbered) > 1:
        return [each.strip(" ,;.") for each in numbered]
    shared = re.search(r"\(([^()]*)\)\s*$", plain)
    plain = plain[: shared.start()] if shared else plain
    return [each for each in (part.strip(" .:") for part in _LISTED.split(plain)) if each]


def _reworded(aspect: str, why: str) -> MeasureChange:
    return MeasureChange("reworded", aspect, is_substantive=False, why=why)


def _measure(aspect: str, why: str) -> MeasureChange:
    return MeasureChange("measure", aspect, is_substantive=True, why=why)


def _same_letters(before: str, after: str) -> MeasureChange | None:
    if " ".join(before.lower().split()) == " ".join(after.lower().split()):
        return _reworded("case", "only capital letters")
    one, other = letters(before), letters(after)
    bare = [re.sub(r"[^\w<>=%]+", "", each) for each in (one, other)]
    if bare[0] == bare[1]:
        return _reworded("punctuation", "only punctuation or signs")
    plain = [re.sub(r"[^\w<>=%]+", "", without_numbering(each)) for each in (one, other)]
    if plain[0] == plain[1]:
        artefacts = terms()["artefacts"]["texts"]
        is_artefact = any(each in one or each in other for each in artefacts)
        return _reworded("registry_artefact" if is_artefact else "numbering", "only what stood before or behind it")
    return None


def _same_words(before: str, after: str) -> MeasureChange | None:
    if body(before) != body(after) and sorted(telling(body(before))) != sorted(telling(body(after))):
        return None
    one, other = ({*re.findall(r"[a-z0-9]+", letters(each))} for each in (before, after))
    if (one != other) and not terms()["abbreviations"].keys().isdisjoint(one | other):
        return _reworded("abbreviation", "an abbreviation, or what it stands for")
    return _reworded("synonym", "other words for the same")


def _typo(before: str, after: str) -> MeasureChange | None:
    one, other = canonical(before).split(), canonical(after).split()
    if len(one) != len(other):
        return None
    changed = [(old, new) for old, new in zip(one, other, strict=True) if old != new]
    if changed and all(
        old.isalpha()
        and new.isalpha()
        and min(len(old), len(new)) > 3
        and old[:2] == new[:2]
        and SequenceMatcher(None, old, new, autojunk=False).ratio() >= _TYPO
        and abs(len(old) - len(new)) < 3
        for old, new in changed
    ):
        return _reworded("typo", f"“{changed[0][0]}” became “{changed[0][1]}”")
    return None


def _translated(before: str, after: str) -> MeasureChange | None:
    if is_other_language(before) == is_other_language(after):
        return None
    return _reworded("translation", "wording in another language: whether it says the same is for a reader to see")


def _hypothesis(before: str, after: str) -> MeasureChange | None:
    one, other = canonical(before), canonical(after)
    for word in ("superiority", "noninferiority", "equivalence"):
        if (word in one) != (word in other):
            return _measure("hypothesis", f"{word} is {'no longer' if word in one else 'now'} what is tested")
    return None


def _complement(before: str, after: str) -> MeasureChange | None:
    one, other = {*canonical(before).split()}, {*canonical(after).split()}
    if (one & _NEGATIONS) == (other & _NEGATIONS):
        return None
    if one - _NEGATIONS - _NEGATED - {"from", "of"} == other - _NEGATIONS - _NEGATED - {"from", "of"}:
        return _reworded("complement", "the same seen from the other side")
    return None


def _threshold(before: str, after: str) -> MeasureChange | None:
    one, other = without_times(letters(before)), without_times(letters(after))
    numbers = _NUMBERS.findall(one), _NUMBERS.findall(other)
    if not numbers[0] or not numbers[1] or numbers[0] == numbers[1]:
        return None
    bare = [
        re.sub(r"[^a-z]+", " ", re.sub(r"(?:mg/dl|mmol/l|mmol/mol|mmhg|kpa|g/dl|g/l|kg|mg|ml|cm|mm)\b", " ", each))
        for each in (one, other)
    ]
    if {*bare[0].split()} != {*bare[1].split()}:
        return None
    if _same_value(one, other, numbers):
        return _reworded("unit_equivalent", "the same value in another unit")
    return _measure("threshold", f"{', '.join(numbers[0])} became {', '.join(numbers[1])}")


def _same_value(one: str, other: str, numbers: tuple[Sequence[str], Sequence[str]]) -> bool:
    if len(numbers[0]) != len(numbers[1]):
        return False
    for (first, second), factor in _UNITS.items():
        for left, right, times in ((first, second, factor), (second, first, 1 / factor if factor else None)):
            if left not in one or right not in other or left in other:
                continue
            pairs = [(float(a.replace(",", ".")), float(b.replace(",", "."))) for a, b in zip(*numbers, strict=True)]
            if times and all(abs(a - b * times) <= _SAME_VALUE * max(a, b * times) for a, b in pairs):
                return True
            if factor is None and all(_as_glycated(a, b) for a, b in pairs):
                return True
    return False


def _as_glycated(one: float, other: float) -> bool:
    percent, other = min(one, other), max(one, other)
    return abs((percent - 2.15) * 10.929 - other) < 1.5


def _metric(before: str, after: str) -> MeasureChange | None:
    one, other = metric(before), metric(after)
    if one == other or one is None or other is None:
        return None
    return _measure("metric", f"{one.replace('_', ' ')} became {other.replace('_', ' ')}")


def metric(text: str) -> str | None:
    """What is computed of the variable; None where the text does not say."""
    plain = f" {canonical(text)} "
    if "area under the curve" in plain or "maximum concentration" in plain:
        return None
    return next((name for name, words in terms()["metrics"].items() if any(each in plain for each in words)), None)


def _instrument(before: str, after: str) -> MeasureChange | None:
    one, other = instruments(before), instruments(after)
    if one and other and one != other:
        return _measure("instrument", f"{', '.join(sorted(one))} became {', '.join(sorted(other))}")
    if one and not other and {field_of(each) for each in one} & {canonical(after), *canonical(after).split()}:
        return _measure("generalised", f"{', '.join(sorted(one))} is no longer named")
    if is_field_of(body(before), body(after)):
        return _measure("specified", "the field was named before, and now what in it is measured")
    if is_field_of(body(after), body(before)):
        return _measure("generalised", "only the field is named now")
    if other and not one:
        return _measure("specified", f"{', '.join(sorted(other))} is now named")
    for word in ("central", "independent", "investigator", "blinded", "local", "self reported"):
        if (word in canonical(before)) != (word in canonical(after)):
            return _measure("method", f"“{word}” is {'no longer' if word in canonical(before) else 'now'} said")
    return None


def _population(before: str, after: str) -> MeasureChange | None:
    one, other = _POPULATION.search(letters(before)), _POPULATION.search(letters(after))
    if (one and one.group()) == (other and other.group()) or not (one or other):
        return None
    rest = [tokens(_POPULATION.sub(" ", letters(each))) for each in (before, after)]
    if rest[0] and rest[1] and len(rest[0] & rest[1]) >= 0.6 * min(map(len, rest)):
        return _measure("population", f"now {other.group() if other else 'in all'}")
    return None


def _composite(before: str, after: str) -> MeasureChange | None:
    one, other = [tokens(each) for each in parts(before)], [tokens(each) for each in parts(after)]
    if max(len(one), len(other)) < 2:
        return None
    gone = [each for each in one if each not in other]
    come = [each for each in other if each not in one]
    kept = [each for each in one if each in other]
    if kept and (gone or come) and len(kept) >= max(len(gone), len(come)):
        words = [" ".join(sorted(each)) for each in (*gone, *come)]
        return _measure("composite", f"{'without' if gone else 'with'} {', '.join(words)}")
    return None


def _specified(before: str, after: str) -> MeasureChange | None:
    one, other = tokens(before), tokens(after)
    if one and one < other:
        return _measure("specified", f"now says {', '.join(sorted(other - one))}")
    if other and other < one:
        return _measure("generalised", f"no longer says {', '.join(sorted(one - other))}")
    return None


_LOOKS: Sequence[Callable[[str, str], MeasureChange | None]] = (
    *(_same_letters, _same_words, _complement, _typo, _translated, _hypothesis, _threshold, _population),
    *(_metric, _instrument, _composite, _specified),
)
