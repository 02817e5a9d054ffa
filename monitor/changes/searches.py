"""What a watch looks for, in words. Pure."""

from monitor.model import Role, Search
from monitor.text import shortened

_LONGEST = 200
"""Characters of what somebody typed, in a sentence."""


def search_words(search: Search) -> str:
    """What is looked for, as a sentence says it: "trials that Pfizer leads", "all trials"."""
    parts = []
    if search.sponsor is not None:
        leads = "leads" if search.role is Role.LEAD else "leads or supports"
        parts.append(f"that {shortened(search.sponsor, _LONGEST)} {leads}")
    if search.condition is not None:
        parts.append(f"on {shortened(search.condition, _LONGEST)}")
    if search.expression is not None:
        parts.append(f"found by “{shortened(search.expression, _LONGEST)}”")
    return f"trials {' and '.join(parts)}" if parts else "all trials"
