"""What a reason mentions only to deny it, struck out before the rules read it.

"Not due to safety" names safety and says that it was not the reason. "Not only slow recruitment but also toxicity" and
"could not rule out a safety concern" deny nothing; "no benefit" and "not tolerated" are reasons themselves. The
expressions stand in denials.toml.
"""

import re
from collections.abc import Sequence
from functools import cache

from monitor.insight.stops.expressions import any_of, expanded, table, words

FILE = "denials.toml"
STRUCK = "\u00a7"
"""What stands where something was struck out: no rule and no word matches across it."""
_HELD = "\u2402{}\u2403"


def without_denials(text: str) -> str:
    """The folded *text* with a mark in the place of everything that it only denies."""
    denials, kept = _expressions()
    held = [match.group() for match in kept.finditer(text)]
    for number, each in enumerate(held):
        text = text.replace(each, _HELD.format(number), 1)
    for denial in denials:
        text = denial.sub(f" {STRUCK} ", text)
    for number, each in enumerate(held):
        text = text.replace(_HELD.format(number), each)
    return " ".join(text.split())


@cache
def _expressions() -> tuple[Sequence[re.Pattern[str]], re.Pattern[str]]:
    said = table(FILE)
    known = words(said)
    return [re.compile(expanded(each, known)) for each in said["denials"]], any_of(said["kept"], known)
