"""What a watch looks for, in words. Pure."""

import re
from collections.abc import Callable
from functools import reduce

from monitor.language.worded import Worded, worded
from monitor.model import Role, Search
from monitor.text import shortened

_LONGEST = 200
"""Characters of what somebody typed, in a sentence."""


def search_words(search: Search) -> Worded:
    """What is looked for, as a sentence says it: "trials that Pfizer leads", "all trials"."""
    parts = []
    if search.sponsor is not None:
        sponsor = shortened(search.sponsor, _LONGEST)
        is_lead = search.role is Role.LEAD
        leads = worded("that {sponsor} leads", sponsor=sponsor)
        parts.append(leads if is_lead else worded("that {sponsor} leads or supports", sponsor=sponsor))
    if search.condition is not None:
        parts.append(worded("on {condition}", condition=shortened(search.condition, _LONGEST)))
    if search.expression is not None:
        parts.append(worded("found by “{expression}”", expression=shortened(search.expression, _LONGEST)))
    if not parts:
        return worded("all trials")
    return worded("trials {parts}", parts=reduce(_and, parts))


def said_again(words: str) -> Worded | str:
    """What `search_words` said, which changes hold as a text; as it is where it cannot be told what it was made of."""
    if words == "all trials":
        return worded("all trials")
    found = [_part(each) for each in words.removeprefix("trials ").split(" and ")]
    parts = [each for each in found if each is not None]
    if len(parts) < len(found) or not words.startswith("trials "):
        return words
    return worded("trials {parts}", parts=reduce(_and, parts))


def _part(words: str) -> Worded | None:
    for form, made in _PARTS:
        if found := form.fullmatch(words):
            return made(found[1])
    return None


_PARTS: tuple[tuple[re.Pattern[str], Callable[[str], Worded]], ...] = (
    (re.compile("that (.+) leads"), lambda name: worded("that {sponsor} leads", sponsor=name)),
    (re.compile("that (.+) leads or supports"), lambda name: worded("that {sponsor} leads or supports", sponsor=name)),
    (re.compile("on (.+)"), lambda name: worded("on {condition}", condition=name)),
    (re.compile("found by “(.+)”"), lambda name: worded("found by “{expression}”", expression=name)),
)
"""Each part of a search in words, and how it is worded."""


def _and(one: Worded, other: Worded) -> Worded:
    return worded("{one} and {other}", one=one, other=other)
