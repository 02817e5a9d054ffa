"""What of a change somebody is told, in words. Pure."""

from monitor.model import Filters
from monitor.text import natural_list

STOPS = frozenset({"status.stopped"})
"""The kinds of change of who hears only of trials that stop."""


def in_words(filters: Filters) -> str:
    """What of a change is told, to stand behind what it is about."""
    words = [f"{filters.min_significance} ones and above"]
    if filters.topics:
        words.append(f"about {natural_list([each.replace('_', ' ') for each in sorted(filters.topics)], 20)}")
    if filters.kinds == STOPS:
        words.append("only when one is terminated, suspended or withdrawn")
    elif filters.kinds:
        words.append(f"only {', '.join(sorted(filters.kinds))}")
    if filters.min_days is not None:
        words.append(f"dates that move by {filters.min_days:,} days or more")
    if filters.min_percent is not None:
        words.append(f"enrollment that changes by {filters.min_percent:g} % or more")
    if filters.without:
        words.append(f"never {', '.join(sorted(filters.without))}")
    return "; ".join(words)
