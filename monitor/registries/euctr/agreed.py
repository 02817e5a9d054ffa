"""What most countries say of a trial, and what one says otherwise. Pure.

Each country has a record of its own, with mostly the same lines. A trial's title is the one that most of them give;
with as many for another, that of the country first in the alphabet. So a country that joins and says the same changes
nothing but that it joined, and nothing is lost: what differs stays with its country.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from monitor.model import Json
from monitor.text import fold

OWN = frozenset(("A.1", "F.4.1", "E.8.3", "E.8.4", "E.8.4.1", "E.8.9.1"))
"""Codes of lines that are about one country."""


class Agreed:
    """The lines of all countries. What is taken is no longer among what is left."""

    def __init__(self, countries: Mapping[str, Mapping[str, Any]]) -> None:
        self._lines: dict[str, dict[str, Json]] = {}
        """By key, by country."""
        for country in sorted(countries):
            for key, value in countries[country]["lines"].items():
                self._lines.setdefault(key, {})[country] = value
        self._taken: set[str] = set()
        self._keys: dict[str, list[str]] = {}
        for key in sorted(self._lines):
            self._keys.setdefault(code_of(key), []).append(key)

    def text(self, code: str, label: str = "") -> str | None:
        """What most say on the line of this code, the label of which ends in *label*; it stays."""
        key = self._key(code, label)
        value = _most(self._lines[key].values()) if key else None
        return value if isinstance(value, str) else None

    def take(self, code: str, label: str = "") -> str | None:
        """`text`, taken from all that say it."""
        text = self.text(code, label)
        if text is not None and (key := self._key(code, label)):
            said = _folded(text)
            self._taken.add(key)
            self._lines[key] = {each: value for each, value in self._lines[key].items() if _folded(value) != said}
        return text

    def take_truth(self, code: str) -> bool | None:
        """A line of Yes or No, taken; None, and not taken, where it is neither."""
        said = {"yes": True, "no": False}.get((self.text(code) or "").casefold())
        if said is not None:
            self.take(code)
        return said

    def take_each(self, code: str, label: str = "") -> dict[str, str]:
        """By country, what each says on a line, taken."""
        key = self._key(code, label)
        if key is None:
            return {}
        said = {country: value for country, value in self._lines[key].items() if isinstance(value, str)}
        self._lines[key] = {each: value for each, value in self._lines[key].items() if each not in said}
        return said

    def left(self) -> tuple[dict[str, Json], dict[str, dict[str, Json]]]:
        """What nobody took: what most say, and by country what one says otherwise, or for itself."""
        shared: dict[str, Json] = {}
        own: dict[str, dict[str, Json]] = {}
        for key, said in self._lines.items():
            most = None if code_of(key) in OWN or key in self._taken else _most(said.values())
            if most is not None:
                shared[key] = most
            for country, value in said.items():
                if most is None or _folded(value) != _folded(most):
                    own.setdefault(country, {})[key] = value
        return shared, own

    def _key(self, code: str, label: str) -> str | None:
        return next((key for key in self._keys.get(code, ()) if key.endswith(label)), None)


def code_of(key: str) -> str:
    """The code with which a key begins; N and P stand for a whole section, and what has none is its own."""
    first = key.split(" ", 1)[0]
    return first.rstrip(".") if "." in first else key


def _most(values: Iterable[Json]) -> Json:
    """The value that comes most often; of several, the first."""
    counts: dict[str, int] = {}
    first: dict[str, Json] = {}
    for value in values:
        key = _folded(value)
        counts[key] = counts.get(key, 0) + 1
        first.setdefault(key, value)
    return first[max(counts, key=lambda key: counts[key])] if counts else None


def _folded(value: Json) -> str:
    return fold(value) if isinstance(value, str) else orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
