"""A page that is rendered once for many readers, and what is each reader's own in its place. Pure.

Rendering a mail's page and writing its styles into it takes 2 ms, and only its foot differs. So it is rendered with a
mark in place of each value, and cut where the marks stand. Filled, it is to the letter what rendering it anew would be,
as `tests/channels/email/test_shared_mail.py` holds it to; a page in which a mark is not found once is not shared.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

SLOTS = ("why", "note", "leave", "manage", "sequence")
"""What is a reader's own: all of it text in the page but the ADDRESSES, which stand in attributes."""

ADDRESSES = frozenset(("leave", "manage"))

_MARKS = {name: chr(0xE000 + number) for number, name in enumerate(SLOTS)}
"""Characters for private use. A title that has one makes a mail dearer, and nothing else."""


def slots(names: Iterable[str]) -> dict[str, str]:
    """What is to be rendered in place of these values."""
    return {name: _MARKS[name] for name in names}


@dataclass(frozen=True, slots=True)
class Slotted:
    """A page cut at its marks: what stands between them, and which values go there, in their order."""

    pieces: tuple[str, ...]
    names: tuple[str, ...]

    @classmethod
    def of(cls, page: str, names: Iterable[str]) -> Self | None:
        """None where not each of these marks, and no other, stands in the page once."""
        by_mark = {mark: name for name, mark in _MARKS.items()}
        pieces = re.split(f"([{''.join(by_mark)}])", page)
        found = tuple(by_mark[mark] for mark in pieces[1::2])
        return cls(tuple(pieces[::2]), found) if sorted(found) == sorted(names) else None

    def filled(self, values: Mapping[str, str]) -> str:
        """The page with these values."""
        filled = [self.pieces[0]]
        for name, piece in zip(self.names, self.pieces[1:], strict=True):
            filled += (_as_serialised(values[name], in_attribute=name in ADDRESSES), piece)
        return "".join(filled)


def _as_serialised(text: str, *, in_attribute: bool) -> str:
    """As an HTML serialiser writes it, https://html.spec.whatwg.org/#escapingString."""
    escaped = text.replace("&", "&amp;").replace("\N{NO-BREAK SPACE}", "&nbsp;")
    if in_attribute:
        return escaped.replace('"', "&quot;")
    return escaped.replace("<", "&lt;").replace(">", "&gt;")
