"""What a document holds that is not known here: statuses, countries, lines. Pure."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from monitor.ports import Oddity
from monitor.registries.euctr.agreed import code_of
from monitor.registries.euctr.codes import COUNTRIES, STATUSES
from monitor.registries.oddities import told
from monitor.text import fold_wording, one_line

_KNOWN = re.compile(r"A\.[1-8]|B\.[1-5]|D\.[1-8]|E\.[1-8]|F\.[1-5]|G\.[1-5]|H\.[1-4]|[NP]$")
_UNCODED = ("Trial Status", "Clinical Trial Type")
_STATUS = ("Trial Status", "P. End of Trial Status")


def unknown(content: bytes) -> Sequence[Oddity]:
    """What is unknown in the content of a LISTED document."""
    return told(_in(orjson.loads(content)["countries"]))


def _in(countries: dict[str, Any]) -> Iterator[Oddity]:
    for country, record in countries.items():
        if country not in COUNTRIES:
            yield Oddity("countries", country)
        for key, value in record["lines"].items():
            if oddity := _oddity(key, value):
                yield oddity


def _oddity(key: str, value: object) -> Oddity | None:
    if key in _STATUS:
        words = one_line(value if isinstance(value, str) else str(value))
        return Oddity(key, words) if words and fold_wording(words) not in STATUSES else None
    known = key in _UNCODED or key.startswith("Date on which") or _KNOWN.match(code_of(key))
    return None if known else Oddity(key)
