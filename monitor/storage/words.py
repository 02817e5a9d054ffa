"""The words by which a search finds a trial. Pure.

Case, accents and the form of a character make no difference. Words that nearly every title has are none.
"""

import re
from collections.abc import Iterable
from unicodedata import combining, normalize

from monitor.text import fold_name

MOST_WORDS = 80
"""Of one trial: hardly any has so many."""
MOST_ASKED = 8
"""Of one search; more of them are not looked for."""
_LONGEST = 40
"""Characters of a word that are kept."""

_WORD = re.compile(r"\w+")
_IN_ALL = frozenset(
    ("an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "study", "the", "to", "trial", "with")
)


def words_in(texts: Iterable[str | None]) -> tuple[str, ...]:
    """The words of these texts, each once, in the order of their characters."""
    found: dict[str, None] = {}
    for text in texts:
        found |= dict.fromkeys(_words(text or ""))
    return tuple(sorted([*found][:MOST_WORDS]))


def asked_for(text: str) -> tuple[str, ...]:
    """The words that somebody who typed this looks for; the last may be the beginning of one."""
    return tuple(dict.fromkeys(_words(text)))[:MOST_ASKED]


def _words(text: str) -> list[str]:
    return [word[:_LONGEST] for word in _WORD.findall(_bare(text)) if word not in _IN_ALL and (len(word) > 1)]


def _bare(text: str) -> str:
    folded = fold_name(text)
    if folded.isascii():
        return folded
    return "".join(c for c in normalize("NFKD", folded) if not combining(c)).casefold()
