"""What the registry documents of a record: the path of every field, and the codes of those that have some.

`fields.txt` beside this holds it, as an outline in alphabetical order. It is read once, with the first record.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A documented field: where it is, and what may be there."""

    path: str
    members: "dict[str, Known]"
    """The fields of the object there; none where a plain value is."""
    codes: frozenset[str] = frozenset()
    """The values that are documented; none where any will do."""


@cache
def documented_record() -> Known:
    """A record, with all that is known to be in it."""
    above = [Known("", {})]
    for line in Path(__file__).with_name("fields.txt").read_text(encoding="utf-8").splitlines():
        words = line.lstrip(" ")
        if words and not words.startswith("#"):
            depth = (len(line) - len(words)) // 2
            del above[depth + 1 :]
            name, _, codes = words.partition(" = ")
            field = Known(f"{above[-1].path}.{name}".lstrip("."), {}, frozenset(codes.split()))
            above[-1].members[name] = field
            above.append(field)
    return above[0]
