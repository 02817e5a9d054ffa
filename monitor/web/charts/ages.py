"""How long ago trials were read in full: a bar a day, of how many. Pure."""

from collections.abc import Sequence

from markupsafe import Markup

from monitor.web.charts.svg import NARROW, Drawing, scale, short_count

WIDE_PANEL = 500
"""Units of the wide copy: it stands in half the width of a page."""
_FOOT = 92
_TOP = 14


def ages_chart(counts: Sequence[tuple[str, int, bool]], label: str) -> Markup:
    """A bar for each name and count; one that *is late* in another color. In a wide and a narrow copy."""
    return _drawn(counts, label, WIDE_PANEL, "wide half") + _drawn(counts, label, NARROW, "narrow")


def _drawn(counts: Sequence[tuple[str, int, bool]], label: str, width: int, kind: str) -> Markup:
    drawing = Drawing()
    x = scale(0, len(counts) or 1, 0, width)
    each = width / (len(counts) or 1) - 8
    y = scale(0, max((count for _, count, _ in counts), default=1) or 1, _FOOT, _TOP)
    drawing.line("axis", 0, _FOOT + 0.5, width, _FOOT + 0.5)
    for place, (name, count, is_late) in enumerate(counts):
        middle = x(place) + each / 2
        if count:
            drawing.box("c-major" if is_late else "ok soft", x(place), y(count), each, _FOOT - y(count), corner=2)
        drawing.text(short_count(count), middle, y(count) - 4, "strong", anchor="middle")
        drawing.text(name, middle, _FOOT + 16, anchor="middle")
    return drawing.svg(width, _FOOT + 20, label, kind=kind)
