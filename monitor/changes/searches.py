"""What a watch looks for, in words. Pure."""

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


def _and(one: Worded, other: Worded) -> Worded:
    return worded("{one} and {other}", one=one, other=other)
