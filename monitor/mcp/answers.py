"""How long an answer may be, and how what does not fit is left out with a word on how to get it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from monitor.text import abridged

MOST = 60_000
"""Characters of JSON in an answer: some 20,000 tokens, where agents begin to cut at 25,000."""
ROOM_FOR_THE_REST = 4_000
"""Of these, for all that is not the list or the record itself."""
MOST_OF_A_VALUE = 6_000
"""Characters of one text in a list of changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a tool gives."""

    said: str
    """A sentence of ours on what follows; never a word of a registry's."""
    content: Mapping[str, Any]
    """JSON, as the tool's schema says."""


def length(value: Any) -> int:
    """How many bytes a value takes as JSON."""
    return len(orjson.dumps(value))


def fitting(items: Iterable[Any], room: int = MOST) -> int:
    """How many of the items, from the first on, fit into so many bytes together."""
    count = 0
    for item in items:
        room -= length(item) + 1
        if room < 0:
            break
        count += 1
    return count


def shorter(value: Any, most: int = MOST_OF_A_VALUE) -> Any:
    """The same JSON, its long texts and lists cut, each with a word on how long it is."""
    match value:
        case str():
            return abridged(value, most, at=" ")
        case dict():
            return {key: shorter(each, most) for key, each in value.items()}
        case list() | tuple():
            return _shorter_list(value, most)
        case _:
            return value


def within(value: Any, most: int) -> Any:
    """The same JSON in so many bytes at most: its texts and lists cut, or its size alone where that is not enough."""
    if length(value) <= most:
        return value
    cuts = (shorter(value, max(most // share, 10)) for share in (1, 2, 4, 16, 64))
    return next((each for each in cuts if length(each) <= most), f"… ({length(value):,} bytes in all)")


def _shorter_list(items: Sequence[Any], most: int) -> list[Any]:
    kept = [shorter(each, most) for each in items[: fitting(items, most) or 1]]
    return kept if len(kept) == len(items) else [*kept, f"… ({len(items):,} items in all)"]
