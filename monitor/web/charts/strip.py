"""A back-test as a strip: months from left to right, a shape for each message, rings for what is not told. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from markupsafe import Markup, escape

from monitor.model import Significance

HIGHEST = 8
"""Shapes of messages one above the other."""
MOST_RINGS = 4
"""Rings one above the other."""


@dataclass(frozen=True, slots=True)
class StripMonth:
    """What is drawn of one month."""

    words: str
    """Such as “Feb 2014”."""
    sent: Sequence[Significance]
    """The most significant change of each message."""
    untold: int
    """Changes that are not told."""


@dataclass(frozen=True, slots=True)
class Strip:
    """The drawing, and what it counts in."""

    svg: Markup
    messages_each: int
    """How many messages a shape stands for; 1 unless there are too many for that."""
    changes_each: int
    """How many changes a ring stands for."""


def strip(months: Sequence[StripMonth], *, label: str, width: int = 340) -> Strip:
    """Draw it; *label* is what it says to who does not see it."""
    messages_each = max(1, ceil(max((len(each.sent) for each in months), default=0) / HIGHEST))
    changes_each = max(1, ceil(max((each.untold for each in months), default=0) / MOST_RINGS))
    columns = [_shapes(each, messages_each, changes_each) for each in months]
    size, gap = 13.0, 3.0
    step = (width - 8) / max(len(months), 1)
    size = min(size, step - 1)
    base = round(max(_tall(each, size, gap) for each in columns or [([], 0)]) + 4, 1)
    drawn = [f'<line class="axis" x1="0" x2="{width}" y1="{base + 3}" y2="{base + 3}"/>']
    for place, (shapes, rings) in enumerate(columns):
        drawn.append(_column(4 + (place + 0.5) * step, base, shapes, rings, size, gap))
    drawn += _words(months, step, width, base)
    svg = (
        f'<svg class="chart" viewBox="0 0 {width} {base + 26}" role="img" aria-label="{escape(label)}">'
        f"{''.join(drawn)}</svg>"
    )
    return Strip(Markup(svg), messages_each, changes_each)  # noqa: S704 - its texts are escaped


def _shapes(month: StripMonth, messages_each: int, changes_each: int) -> tuple[list[Significance], int]:
    """The shapes of a month, the most significant at the bottom, and how many rings stand on them."""
    ordered = sorted(month.sent, reverse=True)
    return ordered[::messages_each], ceil(month.untold / changes_each)


def _tall(column: tuple[Sequence[Significance], int], size: float, gap: float) -> float:
    shapes, rings = column
    return len(shapes) * (size + gap) + rings * (size + gap - 2)


def _column(at: float, base: float, shapes: Sequence[Significance], rings: int, size: float, gap: float) -> str:
    drawn, y = [], base
    for each in shapes:
        drawn.append(_shape(each, at, y, size))
        y -= size + gap
    for _ in range(rings):
        drawn.append(f'<circle class="not" cx="{at:.1f}" cy="{y - size / 2:.1f}" r="{size * 0.3:.1f}"/>')
        y -= size + gap - 2
    return "".join(drawn)


def _shape(significance: Significance, at: float, foot: float, size: float) -> str:
    """A diamond, a triangle, a disc or a ring, as marks are."""
    left, middle, right = f"{at - size / 2:.1f}", f"{foot - size / 2:.1f}", f"{at + size / 2:.1f}"
    top = f"{at:.1f},{foot - size:.1f}"
    if significance is Significance.CRITICAL:
        return f'<polygon class="c-critical" points="{top} {right},{middle} {at:.1f},{foot:.1f} {left},{middle}"/>'
    if significance is Significance.MAJOR:
        return f'<polygon class="c-major" points="{top} {right},{foot:.1f} {left},{foot:.1f}"/>'
    name = "c-minor" if significance is Significance.MINOR else "c-admin"
    return f'<circle class="{name}" cx="{at:.1f}" cy="{middle}" r="{size * 0.38:.1f}"/>'


def _words(months: Sequence[StripMonth], step: float, width: int, base: float) -> list[str]:
    """The first month, the one in the middle and the last."""
    if not months:
        return []
    places = dict.fromkeys((0, len(months) // 2, len(months) - 1))
    found = []
    for place in places:
        anchor, x = "middle", 4 + (place + 0.5) * step
        if place == 0:
            anchor, x = "start", 2.0
        elif place == len(months) - 1:
            anchor, x = "end", width - 2.0
        found.append(f'<text x="{x:.1f}" y="{base + 20}" text-anchor="{anchor}">{escape(months[place].words)}</text>')
    return found
