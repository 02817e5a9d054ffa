"""What of a change somebody is told, in words. Pure."""

from monitor.changes.topics import Topic
from monitor.language.texts import IN_ENGLISH, Texts
from monitor.language.worded import worded
from monitor.model import Filters, Significance

MOST_TOPICS = 20
_TOPICS = {
    Topic.STATUS: worded("status"),
    Topic.ENROLLMENT: worded("enrollment"),
    Topic.DATES: worded("dates"),
    Topic.SPONSOR: worded("sponsor"),
    Topic.OUTCOMES: worded("outcomes"),
    Topic.DESIGN: worded("design"),
    Topic.ARMS: worded("arms"),
    Topic.ELIGIBILITY: worded("eligibility"),
    Topic.SITES: worded("sites"),
    Topic.RESULTS: worded("results"),
    Topic.DOCUMENTS: worded("documents"),
    Topic.CONDITIONS: worded("conditions"),
    Topic.DESCRIPTION: worded("description"),
    Topic.EXPANDED_ACCESS: worded("expanded access"),
    Topic.OVERSIGHT: worded("oversight"),
    Topic.SHARING: worded("sharing"),
    Topic.REFERENCES: worded("references"),
    Topic.IDENTITY: worded("identity"),
    Topic.TITLE: worded("title"),
    Topic.ADMINISTRATIVE: worded("administrative"),
    Topic.OTHER: worded("other"),
}
STOPS = frozenset({"status.stopped"})
"""The kinds of change of who hears only of trials that stop."""


def topic_words(topic: str) -> str:
    """A topic as it stands in a sentence; one of another version of this program as it is."""
    return _TOPICS[Topic(topic)] if topic in _TOPICS else topic.replace("_", " ")


def in_words(filters: Filters, texts: Texts = IN_ENGLISH) -> str:
    """What of a change is told, to stand behind what it is about."""
    _ = texts.gettext
    least = {
        Significance.CRITICAL: _("critical ones alone"),
        Significance.MAJOR: _("major ones and above"),
        Significance.MINOR: _("minor ones and above"),
        Significance.ADMINISTRATIVE: _("all, administrative ones too"),
    }
    words = [least[filters.min_significance]]
    if filters.topics:
        topics = [texts.said(topic_words(each)) for each in sorted(filters.topics)]
        words.append(_("about {topics}").format(topics=texts.listed(topics, MOST_TOPICS)))
    if filters.kinds == STOPS:
        words.append(_("only when one is terminated, suspended or withdrawn"))
    elif filters.kinds:
        words.append(_("only {kinds}").format(kinds=", ".join(sorted(filters.kinds))))
    if filters.min_days is not None:
        days = texts.ngettext(
            "dates that move by {days} day or more", "dates that move by {days} days or more", filters.min_days
        )
        words.append(days.format(days=texts.number(filters.min_days)))
    if filters.min_percent is not None:
        percent = f"{filters.min_percent:g}"
        words.append(_("enrollment that changes by {percent} % or more").format(percent=percent))
    if filters.without:
        words.append(_("never {kinds}").format(kinds=", ".join(sorted(filters.without))))
    return "; ".join(words)
