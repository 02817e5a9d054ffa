"""What of a change somebody is told, in words. Pure."""

from collections.abc import Callable

from monitor.model import Filters, Significance
from monitor.text import natural_list

STOPS = frozenset({"status.stopped"})
"""The kinds of change of who hears only of trials that stop."""


def in_words(filters: Filters, _: Callable[[str], str] = str) -> str:
    """What of a change is told, to stand behind what it is about; *_* gives a text in the reader's language."""
    least = {
        Significance.CRITICAL: _("critical ones and above"),
        Significance.MAJOR: _("major ones and above"),
        Significance.MINOR: _("minor ones and above"),
        Significance.ADMINISTRATIVE: _("administrative ones and above"),
    }
    words = [least[filters.min_significance]]
    if filters.topics:
        topics = [_(each.replace("_", " ")) for each in sorted(filters.topics)]
        words.append(_("about {topics}").format(topics=natural_list(topics, 20)))
    if filters.kinds == STOPS:
        words.append(_("only when one is terminated, suspended or withdrawn"))
    elif filters.kinds:
        words.append(_("only {kinds}").format(kinds=", ".join(sorted(filters.kinds))))
    if filters.min_days is not None:
        words.append(_("dates that move by {days} days or more").format(days=f"{filters.min_days:,}"))
    if filters.min_percent is not None:
        percent = f"{filters.min_percent:g}"
        words.append(_("enrollment that changes by {percent} % or more").format(percent=percent))
    if filters.without:
        words.append(_("never {kinds}").format(kinds=", ".join(sorted(filters.without))))
    return "; ".join(words)
