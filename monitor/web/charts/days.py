"""Changes by day, week or month as bars, the most significant on top. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from monitor.model import Significance
from monitor.web.charts.svg import Drawing

_TALL, _BASE = 64, 44
_CLASSES = {
    Significance.ADMINISTRATIVE: "c-admin",
    Significance.MINOR: "c-minor",
    Significance.MAJOR: "c-major",
    Significance.CRITICAL: "c-critical",
}
_ROOM = 28
"""The height of the tallest bar: above it stands a number."""


@dataclass(frozen=True, slots=True)
class Bar:
    """What is drawn of one day, week or month."""

    words: str
    """Such as “4 Jan”."""
    counts: Mapping[Significance, int]


def bars(columns: Sequence[Bar], *, label: str, width: int) -> Markup:
    """Draw it; *label* is what it says to who does not see it. A number above a bar counts its critical changes."""
    drawing = Drawing()
    drawing.line("axis", 0, _BASE + 0.5, width, _BASE + 0.5)
    step = width / max(len(columns), 1)
    gap = min(6.0, step / 4)
    most = max((sum(each.counts.values()) for each in columns), default=0)
    for place, column in enumerate(columns):
        _bar(drawing, column, place * step, step - gap, _ROOM / max(most, 1))
    named = dict.fromkeys(round(place * (len(columns) - 1) / 4) for place in range(5)) if columns else {}
    shown = [*named] if width > 300 else [*named][::2]
    for place in shown:
        _word(drawing, columns[place].words, place, len(columns), step, step - gap)
    return drawing.svg(width, _TALL, label, kind="bars")


def _bar(drawing: Drawing, column: Bar, x: float, width: float, scale: float) -> None:
    foot = float(_BASE)
    for significance in sorted(_CLASSES):
        if count := column.counts.get(significance, 0):
            height = max(count * scale, 2.0)
            drawing.box(_CLASSES[significance], x, foot - height, width, max(height - 1, 1.0))
            foot -= height
    if critical := column.counts.get(Significance.CRITICAL, 0):
        drawing.text(f"{critical:,}", x + width / 2, foot - 4, "strong", anchor="middle")


def _word(drawing: Drawing, words: str, place: int, count: int, step: float, width: float) -> None:
    """The first begins with its bar, the last ends with it, and the others have it in their middle."""
    x, anchor = place * step, "middle"
    if place == 0:
        anchor = "start"
    elif place == count - 1:
        x, anchor = x + width, "end"
    else:
        x += width / 2
    drawing.text(words, x, _BASE + 16, anchor=anchor)
