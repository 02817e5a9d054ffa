"""Filters as people write them, on the command line and in the configuration. Pure."""

from collections.abc import Collection, Sequence
from difflib import get_close_matches
from math import inf

from monitor.changes.kinds import KINDS
from monitor.changes.topics import Topic
from monitor.errors import ConfigurationInvalid
from monitor.model import Filters, Significance

_BEGINNINGS = frozenset(".".join(kind.split(".")[:length]) for kind in KINDS for length in (1, 2, 3))


def checked_filters(
    *,
    topics: Sequence[str],
    kinds: Sequence[str],
    without: Sequence[str] = (),
    min_significance: str,
    min_percent: float | None = None,
    min_days: int | None = None,
) -> Filters:
    """Filters from what a person wrote. ConfigurationInvalid names what there is, and the nearest of it."""
    significances = [str(each) for each in reversed(Significance)]
    heads = sorted({kind.split(".")[0] for kind in KINDS})
    for option, least in (("--min-percent", min_percent), ("--min-days", min_days)):
        if least is not None and not 0 <= least < inf:
            raise ConfigurationInvalid(f"{option} cannot be {least}: write 0 or more")
    return Filters(
        topics=frozenset(known("topic", text, [str(topic) for topic in Topic]) for text in topics),
        kinds=frozenset(known("kind", text, _BEGINNINGS, shown=heads) for text in kinds),
        without=frozenset(known("kind", text, _BEGINNINGS, shown=heads) for text in without),
        min_significance=Significance[known("significance", min_significance, significances).upper()],
        min_percent=min_percent,
        min_days=min_days,
    )


def changed_filters(
    before: Filters,
    *,
    topics: Sequence[str] | None = None,
    kinds: Sequence[str] | None = None,
    without: Sequence[str] | None = None,
    min_significance: str | None = None,
    min_percent: float | None = None,
    min_days: int | None = None,
) -> Filters:
    """Other filters from what a person wrote; what is None or empty stays as it was *before*."""
    checked = checked_filters(
        topics=topics or (),
        kinds=kinds or (),
        without=without or (),
        min_significance=min_significance or str(before.min_significance),
        min_percent=min_percent,
        min_days=min_days,
    )
    return Filters(
        topics=checked.topics or before.topics,
        kinds=checked.kinds or before.kinds,
        without=checked.without or before.without,
        min_significance=checked.min_significance,
        min_percent=before.min_percent if min_percent is None else min_percent,
        min_days=before.min_days if min_days is None else min_days,
    )


def known(what: str, text: str, names: Collection[str], *, shown: Sequence[str] | None = None) -> str:
    """*text*, which is one of *names*. ConfigurationInvalid lists those *shown*, where they are not all."""
    if text in names:
        return text
    near = get_close_matches(text.lower(), names, n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    listed = ", ".join(shown or names)
    every = f"each {what} begins with one of: {listed}" if shown else f"known: {listed}"
    raise ConfigurationInvalid(f"“{text[:40]}” is not a known {what}; {hint}{every}")
