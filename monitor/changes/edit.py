"""Where two texts part: the stretch of words that came and went, and the words around it. Pure."""

from collections import Counter
from typing import NamedTuple

from monitor.text import fold


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
