"""What the weights see of a reason: its words, pairs and parts of them, and the patterns that it holds."""

import re
from collections.abc import Iterable
from itertools import pairwise
from zlib import crc32

from monitor.insight.stops.patterns import Pattern

BUCKETS = 1 << 15
"""A feature is a number below this: the checksum of its name. Two that share one share their weights."""

_WORDS = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_PARTS = (4, 5)


def words_of(text: str) -> list[str]:
    """The words of a folded text."""
    return _WORDS.findall(text)


def features(text: str, held: Iterable[Pattern]) -> set[str]:
    """The names of all features of a folded text without its denials, which holds the patterns *held*."""
    words = words_of(text)
    bounded = ["^", *words, "$"]
    named = {*words}
    named.update(f"{one} {other}" for one, other in pairwise(bounded))
    for word in {*words}:
        marked = f"_{word}_"
        for length in _PARTS:
            named.update("~" + marked[start : start + length] for start in range(len(marked) - length + 1))
    named.update(f"={pattern.of}{'!' if pattern.is_certain else ''}" for pattern in held)
    return named


def bucket(feature: str) -> int:
    """The number of a feature."""
    return crc32(feature.encode("utf-8")) % BUCKETS
