"""Searches in Essie, the registry's query language. Pure.

The rule to keep: a name or condition that people type is what is looked for, never a part of the language. It stands
between quotation marks, where no operator, bracket or AREA[…] has a meaning, and only a mark itself needs a backslash.
An expression is the user's own. It gets a parameter to itself, so that no bracket in it can reach our own filters.

Surprising facts of the registry, kept to here:

* Operators count in capitals only; in lower case they are words.
* A query of trial ids alone makes it ignore all filters.
* A phrase in AREA[LeadSponsorName] also finds the names around it; only COVERAGE[FullMatch] wants the whole name. It is
  documented as "not fully implemented": whoever needs the name exact looks at what came.
"""

import re
from collections.abc import Iterable
from datetime import date
from unicodedata import category

from monitor.diff.text import fold
from monitor.errors import ConfigurationInvalid
from monitor.ports import Role, Search

LONGEST_PHRASE = 500
LONGEST_EXPRESSION = 4_000
"""Characters; in percent code and UTF-8 each may take twelve bytes of the address."""
_ONLY_TRIAL_IDS = re.compile(r"(?:[\s,|]*NCT[0-9]+)+[\s,|]*", re.IGNORECASE)
_UNSPEAKABLE = ("Cc", "Cs")
"""Control characters and halves of characters: nobody types them, and not all can be sent."""


def parameters(search: Search, updated_since: date | None = None) -> dict[str, str]:
    """What to ask /studies for. Raise ConfigurationInvalid for a search that cannot be asked."""
    asked: dict[str, str] = {}
    filters: list[str] = []
    if search.condition is not None:
        asked["query.cond"] = quoted(not_only_ids(plain(search.condition, "condition"), "condition"))
    if search.expression is not None:
        asked["query.term"] = _expression(search.expression)
    if search.sponsor is not None:
        filters.append(sponsored_by(plain(search.sponsor, "sponsor"), search.role))
    if updated_since is not None:
        # A trial has this date from the day of its first posting on.
        filters.append(f"AREA[LastUpdatePostDate]RANGE[{updated_since.isoformat()},MAX]")
    if filters:
        asked["filter.advanced"] = " AND ".join(filters)
    return asked


def plain(text: str, what: str) -> str:
    """*text* on one line with single spaces. Raise ConfigurationInvalid where it is no phrase to look for."""
    _check_length(text, what, LONGEST_PHRASE)
    return _spoken(fold(text), what)


def sponsored_by(name: str, role: Role) -> str:
    """Trials of the sponsor of this whole name."""
    whole = f"COVERAGE[FullMatch]{quoted(name)}"
    if role is Role.LEAD:
        return f"AREA[LeadSponsorName]{whole}"
    return f"(AREA[LeadSponsorName]{whole} OR AREA[CollaboratorName]{whole})"


def quoted(text: str) -> str:
    """*text* as a phrase.

    A backslash in it becomes a space: it means nothing in a name, and how the registry reads two of them is not known.
    """
    escaped = text.replace("\\", " ").replace('"', r"\"")
    return f'"{escaped}"'


def all_of(words: Iterable[str]) -> str:
    """What has every one of these words."""
    return " AND ".join(map(quoted, words))


def any_of(words: Iterable[str]) -> str:
    """What has one of these words."""
    return " OR ".join(map(quoted, words))


def not_only_ids(text: str, what: str) -> str:
    """*text*, unless it consists of trial ids: then raise ConfigurationInvalid."""
    if _ONLY_TRIAL_IDS.fullmatch(text):
        raise ConfigurationInvalid(
            f"the {what} “{text[:60]}” consists of trial ids alone, which is no search: watch these trials by their ids"
        )
    return text


def _expression(text: str) -> str:
    _check_length(text, "search", LONGEST_EXPRESSION)
    return not_only_ids(_spoken(" ".join(text.split()), "search"), "search")


def _spoken(text: str, what: str) -> str:
    if not text:
        raise ConfigurationInvalid(f"the {what} is empty: say what to look for")
    if any(category(character) in _UNSPEAKABLE for character in text):
        raise ConfigurationInvalid(f"the {what} holds a character that cannot be printed: type it anew")
    return text


def _check_length(text: str, what: str, most: int) -> None:
    if len(text) > most:
        raise ConfigurationInvalid(f"the {what} has {len(text):,} characters: at most {most:,} can be looked for")
