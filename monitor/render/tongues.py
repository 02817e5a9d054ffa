"""Which language a registry's text is in, as far as a page has to say so: pages are in English, and some texts are not.

The German register has texts in German where it has no English ones, and the documents name the language of each, which
records do not keep. So it is told by the commonest words, and only where that is certain. Pure.
"""

import re
from collections.abc import Sequence

from monitor.render.worddiff import Stretch

_WORD = re.compile(r"[^\W\d_]+")
_GERMAN = frozenset(
    [
        "auf",
        "bei",
        "dem",
        "den",
        "der",
        "des",
        "die",
        "durch",
        "ein",
        "eine",
        "einer",
        "eines",
        "für",
        "ist",
        "mit",
        "nach",
        "nicht",
        "oder",
        "sowie",
        "und",
        "unter",
        "von",
        "werden",
        "wird",
        "zum",
        "zur",
        "zwischen",
        "über",
    ]
)
_ENGLISH = frozenset(
    [
        "after",
        "and",
        "are",
        "as",
        "by",
        "for",
        "from",
        "is",
        "of",
        "on",
        "or",
        "than",
        "that",
        "the",
        "to",
        "was",
        "were",
        "which",
        "who",
        "with",
    ]
)
_LEAST = 2
"""Common words that have to be there."""
_LONGEST = 4_000
"""Characters that are looked at."""


def tongue(said: str | Sequence[Stretch]) -> str:
    """`de` for a text, whole or in stretches, that is German; empty for any other: English, or it cannot be told."""
    text = said if isinstance(said, str) else "".join(words for _, words in said)
    words = _WORD.findall(text[:_LONGEST].lower())
    german = sum(word in _GERMAN for word in words)
    return "de" if german >= _LEAST and german > 2 * sum(word in _ENGLISH for word in words) else ""
