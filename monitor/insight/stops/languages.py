"""Reasons in other languages: what is said most often in each, and the words by which a language is told.

Both stand in languages.toml.
"""

import re
from collections.abc import Sequence
from functools import cache

from monitor.insight.stops.classes import StopClass
from monitor.insight.stops.expressions import any_of, table

FILE = "languages.toml"
_LAST_LATIN = "\u024f"
_WORDS = re.compile(r"[^\W\d_]+")


def phrases(text: str) -> Sequence[tuple[StopClass, str]]:
    """The classes that common phrases of other languages say in the folded *text*, with these; empty in English."""
    if not in_another_language(text):
        return []
    return [(which, match.group()) for which, words in _phrases() if (match := words.search(text))]


def in_another_language(text: str) -> bool:
    """Whether the folded *text* is not English, as far as its small words and its letters tell."""
    _, english, foreign = _small_words()
    letters = [each for each in text if each.isalpha()]
    if sum(each > _LAST_LATIN for each in letters) * 2 > len(letters):
        return True
    words = _WORDS.findall(text)
    others = sum(each in foreign for each in words) + sum(not each.isascii() for each in words)
    return others > sum(each in english for each in words)


def is_small(word: str) -> bool:
    """Whether an English *word* says nothing by itself, as "of" and "due" do."""
    return word in _small_words()[0]


@cache
def _phrases() -> Sequence[tuple[StopClass, re.Pattern[str]]]:
    said = table(FILE)["phrases"]
    return [(StopClass(each["class"]), any_of(each["any"], {}, before=r"\b")) for each in said]


@cache
def _small_words() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    said = table(FILE)
    small, english, foreign = (frozenset(said[name].split()) for name in ("small", "english", "foreign"))
    return small, small | english, foreign
