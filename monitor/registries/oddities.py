"""What is not known of a document, in a form that any database can keep and any terminal show. Pure."""

from collections.abc import Iterable

from monitor.ports import Oddity
from monitor.text import plain

MOST = 50
"""Oddities told of one document. A field that is new at a hundred places is one."""
LONGEST_PATH = 200
LONGEST_VALUE = 100


def told(found: Iterable[Oddity]) -> tuple[Oddity, ...]:
    """Each of them once, at most MOST, with names and values of any length and kind made short and plain."""
    kept: dict[Oddity, None] = {}
    for oddity in found:
        value = None if oddity.value is None else _short(oddity.value, LONGEST_VALUE) or '""'
        kept[Oddity(_short(oddity.path, LONGEST_PATH) or "(no name)", value)] = None
        if len(kept) == MOST:
            break
    return tuple(kept)


def _short(text: str, length: int) -> str:
    cut = text if len(text) <= length else text[: length - 1] + "…"
    return plain(cut).replace("\n", " ")
