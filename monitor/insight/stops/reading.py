"""Why a trial stopped, read from the sentence that its sponsor gave: classes, groups, and the words that decided."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from monitor.insight.stops.classes import GROUPS, StopClass, StopGroup
from monitor.insight.stops.denials import STRUCK, without_denials
from monitor.insight.stops.features import features, words_of
from monitor.insight.stops.folding import folded
from monitor.insight.stops.languages import in_another_language, is_small, phrases
from monitor.insight.stops.patterns import Pattern, found
from monitor.insight.stops.weights import CLASSES, Weights, shipped

READ = 2000
"""Characters of a reason that are read; ClinicalTrials.gov takes 250."""
ALSO = -0.1
"""A second class is given where its score is above this. Below it, most of them are wrong."""
ALSO_SAID = -0.6
"""The same where a pattern of one of LOOSE says it."""
LOOSE = frozenset(
    {StopClass.REGULATORY, StopClass.ANOTHER_STUDY, StopClass.INVALID, StopClass.NEGATIVE, StopClass.ENDPOINT_MET}
)
"""Classes whose patterns also match what is no reason. A pattern of the others is enough for a further class: the
weights have learnt from texts with one label each, whatever else they say."""
UNSURE = -0.25
"""A reason whose best score is below this says nothing that was learnt well enough."""
_NEEDS_WORDS: Mapping[StopClass, float] = {
    StopClass.COVID: float("inf"),
    StopClass.SUCCESS: float("inf"),
    StopClass.ETHICAL: 0.5,
    StopClass.SAFETY: 0.3,
    StopClass.STAFF: 0.2,
}
"""The scores from which a class is believed though no pattern says it: wrong ones do harm, or too few were learnt."""
_RULED_OUT = -1.0


@dataclass(frozen=True, slots=True)
class StopReason:
    """What a reason says: the likeliest class first, its groups, the words that decided, and whether that is sure."""

    classes: Sequence[StopClass]
    groups: Sequence[StopGroup]
    words: Sequence[str]
    is_sure: bool


@lru_cache(maxsize=4096)
def read_reason(text: str) -> StopReason:
    """What *text* gives as the reason; one without words gives none, and says so."""
    return reason(text, shipped())


def reason(text: str, weights: Weights) -> StopReason:
    """As `read_reason`, by other weights."""
    plain = folded(text[:READ])
    if not words_of(plain):
        return _said([StopClass.INVALID], [], is_sure=True)
    if known := phrases(plain):
        return _said([which for which, _ in known], [words for _, words in known], is_sure=True)
    kept = without_denials(plain)
    held = [(pattern, match.group().strip(" ,;:.-")) for pattern, match in found(kept)]
    scores = _weighed(kept, [pattern for pattern, _ in held], weights)
    said = {pattern.of for pattern, _ in held if pattern.is_certain}
    first, *others = sorted(scores, key=scores.__getitem__, reverse=True)
    classes = [first, *(each for each in others if _is_given(each, scores[each], is_said=each in said))]
    deciding = [*dict.fromkeys(_deciding(each, kept, held, weights) for each in classes)]
    is_sure = scores[first] >= UNSURE and not in_another_language(plain)
    return _said(classes, [each for each in deciding if each], is_sure=is_sure)


def _is_given(which: StopClass, score: float, *, is_said: bool) -> bool:
    if not is_said:
        return score > ALSO
    return which not in LOOSE or score > ALSO_SAID


def _said(classes: Sequence[StopClass], words: Sequence[str], *, is_sure: bool) -> StopReason:
    groups = [*dict.fromkeys(GROUPS[each] for each in classes)]
    return StopReason(tuple(classes), tuple(groups), tuple(words), is_sure)


def _weighed(kept: str, held: Sequence[Pattern], weights: Weights) -> dict[StopClass, float]:
    scores = dict(zip(CLASSES, weights.scores(features(kept, held)), strict=True))
    said: dict[StopClass, float] = {}
    for pattern in held:
        said[pattern.of] = max(said.get(pattern.of, 0.0), pattern.adds)
    said = {which: adds for which, adds in said.items() if adds}
    for which, needed in _NEEDS_WORDS.items():
        if which not in said and scores[which] < needed:
            scores[which] = min(scores[which], _RULED_OUT)
    for which, adds in said.items():
        scores[which] += adds
    if not said.keys().isdisjoint({StopClass.SUCCESS, StopClass.ENDPOINT_MET}) and StopClass.NEGATIVE not in said:
        scores[StopClass.NEGATIVE] = min(scores[StopClass.NEGATIVE], _RULED_OUT)
    if StopClass.INVALID in said:
        scores[StopClass.ENROLLMENT] = min(scores[StopClass.ENROLLMENT], _RULED_OUT)
    return scores


def _deciding(which: StopClass, kept: str, held: Sequence[tuple[Pattern, str]], weights: Weights) -> str:
    """The words that a pattern of the class holds, or the pair or the word that says most for it."""
    for pattern, words in held:
        if pattern.of is which and pattern.is_certain:
            return _without_mark(words)
    single = [each for each in words_of(kept) if not is_small(each)]
    pairs = [pair for one, other in pairwise(single) if (pair := f"{one} {other}") in kept]
    best = max([*pairs, *single], key=lambda each: _said_for(each, which, weights), default="")
    return best if _said_for(best, which, weights) > 0 else ""


def _said_for(words: str, which: StopClass, weights: Weights) -> int:
    return sum(weights.of(each, which) for each in {words, *words.split()})


def _without_mark(words: str) -> str:
    return re.sub(r"\s+", " ", words.replace(STRUCK, " ")).strip()
