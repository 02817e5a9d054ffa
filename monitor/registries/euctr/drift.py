"""What a document holds that is not known here: statuses, countries, lines. Pure, and bounded."""

import re
from collections.abc import Sequence

import orjson

from monitor.ports import Oddity
from monitor.registries.euctr.agreed import code_of
from monitor.registries.euctr.codes import COUNTRIES, STATUSES
from monitor.text import fold_wording, one_line

MOST = 50
_LONGEST = 100
_KNOWN = re.compile(r"A\.[1-8]|B\.[1-5]|D\.[1-8]|E\.[1-8]|F\.[1-5]|G\.[1-5]|H\.[1-4]|[NP]$")
_UNCODED = ("Trial Status", "Clinical Trial Type")
_STATUS = ("Trial Status", "P. End of Trial Status")


def unknown(content: bytes) -> Sequence[Oddity]:
    """What is unknown in the content of a LISTED document, each thing once, at most MOST."""
    found: dict[Oddity, None] = {}
    for country, record in orjson.loads(content)["countries"].items():
        if country not in COUNTRIES:
            found[Oddity("countries", country)] = None
        for key, value in record["lines"].items():
            if oddity := _oddity(key, value):
                found[oddity] = None
    return tuple(found)[:MOST]


def _oddity(key: str, value: object) -> Oddity | None:
    if key in _STATUS:
        words = one_line(value if isinstance(value, str) else str(value))[:_LONGEST]
        return Oddity(key, words) if words and fold_wording(words) not in STATUSES else None
    known = key in _UNCODED or key.startswith("Date on which") or _KNOWN.match(code_of(key))
    return None if known else Oddity(one_line(key)[:_LONGEST] or "(no name)")
