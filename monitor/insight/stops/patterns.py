"""What says a reason outright: the patterns of patterns.toml, each with the class that it stands for.

What a pattern adds to the weights' score of its class, for which zero is the border, says how outright it is.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from monitor.insight.stops.classes import StopClass
from monitor.insight.stops.expressions import any_of, table, words

FILE = "patterns.toml"
_ADDS = {"hint": 0.0, "likely": 0.4, "says": 0.9, "settles": 2.0}


@dataclass(frozen=True, slots=True)
class Pattern:
    """Words that stand for a class, unless others are there that turn them round."""

    of: StopClass
    adds: float
    words: re.Pattern[str]
    unless: re.Pattern[str] | None

    @property
    def is_certain(self) -> bool:
        """Whether it is more than a hint."""
        return self.adds > 0

    def match(self, text: str) -> re.Match[str] | None:
        """Where the folded *text* says it."""
        found = self.words.search(text)
        return None if found and self.unless and self.unless.search(text) else found


@cache
def patterns() -> Sequence[Pattern]:
    """Those of the package, in the order of the file."""
    said = table(FILE)
    known = {name: f"(?:{listed})" for name, listed in words(said).items()}
    return tuple(
        Pattern(
            of=StopClass(each["class"]),
            adds=_ADDS[each["adds"]],
            words=any_of(each["any"], known),
            unless=any_of(each["unless"], known) if "unless" in each else None,
        )
        for each in said["pattern"]
    )


def found(text: str) -> Iterator[tuple[Pattern, re.Match[str]]]:
    """The patterns that the folded *text*, without what it denies, holds, with where they are."""
    for pattern in patterns():
        if match := pattern.match(text):
            yield pattern, match
