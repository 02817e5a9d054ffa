"""Searches in Essie, the registry's query language. Pure.

The rule to keep: a name or condition that people type is searched for, and never read as a part of the language. It is
put between quotation marks, where no operator, bracket or AREA[…] has a meaning, and only a mark needs a backslash. An
expression is the user's own. It gets a parameter to itself, so that no bracket in it can affect our own filters.

Surprising facts of the registry, known only here:

* Operators count in capitals only; in lower case they are words.
* A query of trial ids alone makes it ignore all filters.
* A phrase in AREA[LeadSponsorName] also finds the names around it. COVERAGE[FullMatch] would want the whole name, and
  silently misses trials: so a sponsor is searched for by a phrase, and the caller compares the names that come.
* A query of more than about twelve words is "too complicated". A stretch of a name finds all that the whole name does.
* How a quotation mark within a phrase is to be written is not documented: a name is taken apart at one.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from unicodedata import category

from monitor.errors import ConfigurationInvalid
from monitor.model import Role, Search
from monitor.text import fold

LONGEST_PHRASE = 500
LONGEST_EXPRESSION = 4_000
"""Characters; in percent code and UTF-8 each may take twelve bytes of the address."""
MOST_WORDS = 10
"""Of a name that are looked for."""
_ONLY_TRIAL_IDS = re.compile(r"(?:[\s,|]*NCT[0-9]+)+[\s,|]*", re.IGNORECASE)
_UNSPEAKABLE = ("Cc", "Cs")
"""Control characters and halves of characters: nobody types them, and not all can be sent."""


def parameters(
    search: Search, updated_since: date | None = None, *, stopped: bool = False, most_words: int = MOST_WORDS
) -> dict[str, str]:
    """What to ask /studies for: of a sponsor's trials at least all, so the names that come have to be compared.

    Raise ConfigurationInvalid for a search that cannot be asked.
    """
    asked: dict[str, str] = {}
    filters: list[str] = []
    if search.condition is not None:
        asked["query.cond"] = quoted(not_only_ids(plain(search.condition, "condition"), "condition"))
    if search.expression is not None:
        asked["query.term"] = _expression(search.expression)
    if search.sponsor is not None:
        filters.append(sponsored_by(plain(search.sponsor, "sponsor"), search.role, most_words=most_words))
    if updated_since is not None:
        # A trial has this date from the day of its first posting on.
        filters.append(f"AREA[LastUpdatePostDate]RANGE[{updated_since.isoformat()},MAX]")
    if stopped:
        asked["filter.overallStatus"] = "TERMINATED|SUSPENDED|WITHDRAWN"
    if filters:
        asked["filter.advanced"] = " AND ".join(filters)
    return asked


def plain(text: str, what: str) -> str:
    """*text* on one line with single spaces. Raise ConfigurationInvalid where it is no phrase to look for."""
    _check_length(text, what, LONGEST_PHRASE)
    return _spoken(fold(text), what)


def sponsored_by(name: str, role: Role, *, most_words: int = MOST_WORDS) -> str:
    """Trials of the sponsors whose names hold so many words of this one."""
    phrases = stretches(name, most_words)
    if not phrases:
        raise ConfigurationInvalid(f"the sponsor “{name[:60]}” has no word in its name: give its name in letters")
    lead = " AND ".join(f"AREA[LeadSponsorName]{quoted(phrase)}" for phrase in phrases)
    if role is Role.LEAD:
        return lead
    collaborator = " AND ".join(f"AREA[CollaboratorName]{quoted(phrase)}" for phrase in phrases)
    return f"(({lead}) OR ({collaborator}))" if len(phrases) > 1 else f"({lead} OR {collaborator})"


def sponsored_by_any(searches: Iterable[Search]) -> list[str]:
    """Questions for the trials of several sponsors each, with no more words than that for one long name."""
    questions: list[list[str]] = []
    room = 0
    for search in searches:
        words = sum(len(stretch.split()) for stretch in stretches(search.sponsor or "", MOST_WORDS))
        if words > room:
            questions.append([])
            room = MOST_WORDS
        questions[-1].append(f"({sponsored_by(search.sponsor or '', search.role)})")
        room -= words
    return [" OR ".join(parts) for parts in questions]


def stretches(name: str, most_words: int) -> list[str]:
    """The longest stretches of *name* between quotation marks and backslashes, of so many words in all."""
    runs = [run.split() for run in re.split(r'["\\]', name) if any(map(str.isalnum, run))]
    found: list[str] = []
    for run in sorted(runs, key=_length, reverse=True):
        if most_words > 0:
            found.append(" ".join(_longest_stretch(run, most_words)))
            most_words -= len(run)
    return found


def _longest_stretch(words: Sequence[str], most: int) -> Sequence[str]:
    starts = range(max(len(words) - most, 0) + 1)
    return max((words[start : start + most] for start in starts), key=_length)


def _length(words: Sequence[str]) -> int:
    return sum(map(len, words))


def distinctive(words: Sequence[str], most: int) -> list[str]:
    """The longest of these words, each once, in their order."""
    unique = list(dict.fromkeys(words))
    longest = set(sorted(unique, key=len, reverse=True)[:most])
    return [word for word in unique if word in longest]


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
            f"the {what} “{text[:60]}” consists of trial ids alone: watch these trials by their ids"
        )
    return text


def _expression(text: str) -> str:
    _check_length(text, "search", LONGEST_EXPRESSION)
    return not_only_ids(_spoken(" ".join(text.split()), "search"), "search")


def _spoken(text: str, what: str) -> str:
    if not text:
        raise ConfigurationInvalid(f"the {what} is empty: say what to look for")
    if any(category(character) in _UNSPEAKABLE for character in text):
        raise ConfigurationInvalid(f"the {what} holds a character that cannot be printed: type it again")
    return text


def _check_length(text: str, what: str, most: int) -> None:
    if len(text) > most:
        raise ConfigurationInvalid(f"the {what} has {len(text):,} characters: at most {most:,} can be looked for")
