"""What the registry documents of a study: the path of every field, and the codes of those that have some.

`fields.txt` and `codes.txt` beside this hold it, as outlines in alphabetical order. One that is documented later gets a
line there. They are read once, with the first record.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A documented field: where it is, and what may be there."""

    path: str
    members: "dict[str, Known]"
    """The fields of the object there; none where a plain value is."""
    codes: frozenset[str] | None = None
    """The values that are documented; None where any will do."""
    unread: bool = False
    """Whether anything at all may be there."""


@cache
def documented_study() -> Known:
    """A study, with all that is known to be in it."""
    return _study(_codes_by_kind())


@cache
def documented_codes() -> frozenset[str]:
    """Every documented code, of whatever kind."""
    return frozenset[str]().union(*_codes_by_kind().values())


@cache
def _codes_by_kind() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    kind = ""
    for depth, word in _lines("codes.txt"):
        if depth:
            found[kind].add(word)
        else:
            kind = word
            found[kind] = set()
    return {name: frozenset(words) for name, words in found.items()}


def _study(codes_by_kind: Mapping[str, frozenset[str]]) -> Known:
    above = [Known("", {})]
    for depth, line in _lines("fields.txt"):
        name, _, kind = line.partition(" = ")
        del above[depth + 1 :]
        path = f"{above[-1].path}.{name}" if above[-1].path else name
        of_kind = codes_by_kind[kind] if kind.isalpha() else None
        field = Known(path, {}, of_kind, unread=kind == "*")
        above[-1].members[name] = field
        above.append(field)
    return above[0]


def _lines(file: str) -> Iterator[tuple[int, str]]:
    """Of each line of an outline but comments: how far in it stands, and what stands there."""
    text = Path(__file__).with_name(file).read_text(encoding="utf-8")
    for line in text.splitlines():
        words = line.lstrip(" ")
        if words and not words.startswith("#"):
            yield (len(line) - len(words)) // 2, words
