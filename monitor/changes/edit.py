"""Where two texts part: the stretch of words that came and went, and the text around it. Pure."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property, lru_cache

from monitor.text import fold


@dataclass(frozen=True)
class Edit:
    """The stretch of words in which two texts part, and the text around it that they share."""

    lead: str
    removed: tuple[str, ...]
    added: tuple[str, ...]
    trail: str

    @cached_property
    def moved(self) -> dict[str, int]:
        """By word, how many more of it there are after than before, of the words of which that is not none."""
        removed, added = Counter(self.removed), Counter(self.added)
        return {word: added[word] - removed[word] for word in {word for word, _ in removed.items() ^ added.items()}}

    @property
    def measure(self) -> dict[str, int | float]:
        """How many words came and went, wherever in the stretch they stand."""
        added = sum(number for number in self.moved.values() if number > 0)
        return {"words_added": added, "words_removed": added - sum(self.moved.values())}


def edit(before: str | None, after: str | None) -> Edit:
    """Find the stretch of words between what both texts begin with and what both end with."""
    return _edit(fold(before), fold(after))


@lru_cache(maxsize=8)  # a text that changed is told, measured and held against its other spellings
def _edit(old: str, new: str) -> Edit:
    lead, removed, added, trail = parted(old, new)
    return Edit(lead, tuple(removed.split()), tuple(added.split()), trail)


def parted(old: str, new: str) -> tuple[str, str, str, str]:
    """The words that both texts begin with, what the one and the other have in their stead, and the words at the end.

    A word ends at a space.
    """
    start = _shared(f"{old} ", f"{new} ")
    lead, old, new = old[:start], old[start:], new[start:]
    end = _shared(f"{old[::-1]} ", f"{new[::-1]} ")
    old_end, new_end = max(len(old) - end, 0), max(len(new) - end, 0)
    return lead, old[:old_end], new[:new_end], old[old_end:]


def _shared(before: str, after: str) -> int:
    """How many characters the words have that both texts begin with; each word ends in a space."""
    low, high = 0, min(len(before), len(after))
    while low < high:
        middle = (low + high + 1) // 2
        if before[low:middle] == after[low:middle]:
            low = middle
        else:
            high = middle - 1
    return before.rfind(" ", 0, low) + 1
