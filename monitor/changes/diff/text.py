"""When two texts say the same, and where they part. Pure.

Texts are compared folded and shown as the registry has them. White space runs, line endings, Unicode form and
invisible characters come and go with the registry's tools, so they never make a difference.
"""

import re
from collections import Counter
from typing import NamedTuple
from unicodedata import normalize

_INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad]")

_IDLE_PUNCTUATION = re.compile(
    r"[.,:/\-\u2010-\u2015\u2212](?!\d)|['\"`\u00b4\u2018-\u201f()\[\]{};!?*_\u2026\u2022\u00b7#&@\\|]"
)
"""Signs without which a phrase means the same. A sign before a digit stays, for 1.5 is not 15 and day -1 is not day 1;
so do % and the signs of comparison."""

_SIGNS = str.maketrans(
    dict.fromkeys("\u00b4\u02bc\u2018\u2019\u201b\u2032", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
)


def fold(text: str | None) -> str:
    """What *text* says, whatever its spacing and Unicode form; nothing said is an empty text."""
    if not text:
        return ""
    if not text.isascii():
        text = normalize("NFC", _INVISIBLE.sub("", text))
    return " ".join(text.split())


def fold_name(text: str | None) -> str:
    """`fold` for names, in which case makes no difference either."""
    return fold(text).casefold()


def fold_organisation(text: str | None) -> str:
    """`fold_name` for names of organisations.

    Forms of a letter, of a quotation mark and of a dash, and a full stop or comma at the end make no difference either.
    """
    name = fold_name(text)
    if not name.isascii():
        name = " ".join(normalize("NFKC", name).translate(_SIGNS).casefold().split())
    return name.rstrip(" .,;:") or name


def fold_wording(text: str | None) -> str:
    """`fold` for phrases, of which case and idle punctuation are not the substance."""
    return " ".join(_IDLE_PUNCTUATION.sub(" ", fold_name(text)).split())


class Edit(NamedTuple):
    """The stretch of words in which two texts part, and the words around it that they share."""

    lead: list[str]
    removed: list[str]
    added: list[str]
    trail: list[str]

    @property
    def measure(self) -> dict[str, int | float]:
        """How many words came and went, wherever in the stretch they stand."""
        removed, added = Counter(self.removed), Counter(self.added)
        return {"words_added": (added - removed).total(), "words_removed": (removed - added).total()}


def edit(before: str | None, after: str | None) -> Edit:
    """Find the stretch of words between what both texts begin with and what both end with."""
    old, new = fold(before).split(), fold(after).split()
    shortest = min(len(old), len(new))
    start = 0
    while start < shortest and old[start] == new[start]:
        start += 1
    end = 0
    while end < shortest - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return Edit(old[:start], old[start : len(old) - end], new[start : len(new) - end], old[len(old) - end :])
