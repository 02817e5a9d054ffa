"""What the values of an address mean: the names of sponsors, conditions and registries, words, days.

Pages, feeds, the API and agents name the same things by the same words. ConfigurationInvalid names the parameter that
makes no sense, NothingFound what is not there.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import Connection

from monitor.errors import ConfigurationInvalid, NothingFound
from monitor.ports import Registry
from monitor.storage import terms
from monitor.storage.terms import Term
from monitor.storage.trial_index import SPONSOR
from monitor.storage.words import asked_for
from monitor.text import fold_name, fold_organisation, shortened

_MOST_TEXT = 200

Query = Mapping[str, Sequence[str]]
"""The values of each parameter."""

BESIDE = frozenset({"after", "before", "lang"})
"""What an address may say besides filters: where a page begins, and its language."""
_OF_OTHERS = ("utm_", "fbclid", "gclid", "mc_")
"""How parameters begin that mail programs and networks hang on links that pass through them."""


def check_names(query: Query, names: Collection[str]) -> None:
    """ConfigurationInvalid for a parameter that is none of these filters: it would be taken for one that works."""
    for name in query:
        if name in names or name in BESIDE or name.startswith(_OF_OTHERS):
            continue
        shown = shortened(name, 40)
        if not names:
            raise ConfigurationInvalid(f"“{shown}” is not a filter of this address, which has none: leave it out")
        raise ConfigurationInvalid(f"“{shown}” is not a filter of this address: it takes {', '.join(sorted(names))}")


def text_asked(text: str) -> str:
    """What was typed, with at least one word to search for."""
    text = " ".join(text.split())
    if len(text) > _MOST_TEXT:
        raise ConfigurationInvalid(f"q is longer than {_MOST_TEXT} characters: search for fewer words")
    words_asked(text)
    return text


def words_asked(text: str | None) -> tuple[str, ...]:
    """The words to search for; none without a text. ConfigurationInvalid where there is no word in it."""
    words = asked_for(text or "")
    if text and not words:
        shown = shortened(text, 40)
        raise ConfigurationInvalid(f"“{shown}” is in nearly every title, or no word: search for another word")
    return words


def key_asked(tx: Connection, kind: str, text: str | None) -> str | None:
    """The key of the term of that address or that name; where no trial has it, one by which nothing is found."""
    if text is None:
        return None
    if not (folded := _folded(kind, text)):
        raise ConfigurationInvalid(f"{kind} takes a name, and this is a blank one")
    found = _known(tx, kind, text, folded)
    return found.key if found else folded


def _known(tx: Connection, kind: str, text: str, folded: str) -> Term | None:
    return terms.by_slug(tx, kind, text) or terms.by_key(tx, kind, folded)


def _folded(kind: str, text: str) -> str:
    return (fold_organisation if kind == SPONSOR else fold_name)(text)


def term_asked(tx: Connection, kind: str, text: str) -> Term | None:
    """The sponsor or condition of that address or that name.

    NothingFound where no trial has it.
    """
    if not text:
        return None
    found = _known(tx, kind, text, _folded(kind, text))
    if found is None:
        raise NothingFound(f"no trial here has the {kind} “{shortened(text, 80)}”: search for a part of its name")
    return found


def registry_asked(registries: Sequence[Registry], text: str) -> Registry | None:
    """The registry of that key or name."""
    if not text:
        return None
    for registry in registries:
        if text.casefold() in (registry.key, registry.name.casefold()):
            return registry
    raise ConfigurationInvalid(f"“{shortened(text, 40)}” is not a registry known here: one is {registries[0].key}")


def value_of(query: Query, name: str) -> str:
    """The value of a parameter; empty where there is none. ConfigurationInvalid where there are several."""
    values = {each.strip() for each in query.get(name, ()) if each.strip()}
    if len(values) > 1:
        raise ConfigurationInvalid(f"{name} is given twice, with different values: give it once")
    return values.pop() if values else ""


def values_of(query: Query, name: str) -> list[str]:
    """The values of a parameter that may be given several times, or with commas between them."""
    return [each.strip() for value in query.get(name, ()) for each in value.split(",") if each.strip()]


def day_asked(name: str, text: str) -> date | None:
    """The day of that parameter; None where there is no text."""
    if not text:
        return None
    try:
        return date.fromisoformat(text) if len(text) == len("2026-11-20") else _no_day(name, text)
    except ValueError:
        return _no_day(name, text)


def _no_day(name: str, text: str) -> date:
    raise ConfigurationInvalid(f"{name} takes a day, such as 2026-11-20, and not “{shortened(text, 40)}”")
