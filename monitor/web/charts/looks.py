"""The last looks at a registry: tall where its data were new, short where a part was not seen. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from markupsafe import Markup

from monitor.web.charts.svg import NARROW, Drawing, scale

PLACES = 24
WHOLE, MIDDLE = 1090, 640
"""Units of the copies for wide screens and for tablets: they stand in the whole width of a page."""
_FOOT = 28
_HEIGHT = 52


class LookKind(StrEnum):
    """What a look came to."""

    NEW = "new"
    """The registry's data were newer than at the look before."""
    SAME = "same"
    PART = "part"
    """Some trials could not be seen."""
    FAILED = "failed"
    """The registry could not be read."""


@dataclass(frozen=True, slots=True)
class LookMark:
    """A look as it is drawn; *words* say what it came to."""

    at: datetime
    kind: LookKind
    words: str
    why: str = ""
    """Why it did not see everything, where that is said; `words` has it too."""


_SHAPES = {
    LookKind.NEW: ("ok", 22),
    LookKind.SAME: ("ok pale", 14),
    LookKind.PART: ("c-major", 7),
    LookKind.FAILED: ("c-critical", 4),
}
"""Class and height."""


def looks_chart(looks: Sequence[LookMark], label: str) -> Markup:
    """Up to PLACES looks, the oldest first, in three copies by width; *label* is what they say as an image."""
    shown = looks[-PLACES:]
    copies = ((WHOLE, "wide whole"), (MIDDLE, "middle"), (NARROW, "narrow"))
    return Markup().join(_drawn(shown, label, width, kind) for width, kind in copies)


def _drawn(looks: Sequence[LookMark], label: str, width: int, kind: str) -> Markup:
    drawing = Drawing()
    x = scale(0, PLACES, 0, width)
    each = width / PLACES - 3
    first = PLACES - len(looks)
    for place, look in enumerate(looks, first):
        shape, height = _SHAPES[look.kind]
        drawing.box(shape, x(place), _FOOT - height, each, height, say=look.words, corner=2)
    for place in _named(len(looks), is_narrow=kind == "narrow"):
        is_last = place == PLACES - 1
        at = x(place) + (each if is_last else 0)
        drawing.text(f"{looks[place - first].at:%H:%M}", at, 46, anchor="end" if is_last else "start")
    return drawing.svg(width, _HEIGHT, label, kind=kind)


def _named(count: int, *, is_narrow: bool) -> list[int]:
    """The places that have their time beneath: the first, the last, and some between that are far enough away."""
    first, last, step = PLACES - count, PLACES - 1, 12 if is_narrow else 6
    if count == 0:
        return []
    return [*range(first, last - step // 2, step), last]
