"""What charts are made of: scales, ticks, labels that keep apart, and elements of SVG. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from markupsafe import Markup, escape

WIDE, NARROW = 728, 312
"""Units of the two copies of a chart: pixels at the widths that these are shown at."""
CHARACTER = 6.4
"""Width of a character of a chart's text, about."""

Scale = Callable[[float], float]


def scale(low: float, high: float, first: float, last: float) -> Scale:
    """What maps the values from *low* to *high* to the places from *first* to *last*, to a tenth of a unit."""
    span = (high - low) or 1
    return lambda value: round(first + (value - low) / span * (last - first), 1)


@dataclass(frozen=True, slots=True)
class Tick:
    """A place of an axis, and what stands there."""

    at: float
    text: str


def spread(places: Sequence[float], gap: float, *, within: tuple[float, float]) -> list[float]:
    """The places, pushed until they are *gap* apart, in their order and *within* these bounds as far as they fit."""
    order = sorted(range(len(places)), key=lambda index: places[index])
    pushed = list(places)
    for _ in range(40):
        for one, other in pairwise(order):
            if pushed[other] - pushed[one] < gap:
                middle = (pushed[one] + pushed[other]) / 2
                pushed[one], pushed[other] = middle - gap / 2, middle + gap / 2
    least, most = within
    for index in reversed(order):
        pushed[index] = most = min(pushed[index], most)
        most -= gap
    for index in order:
        pushed[index] = least = max(pushed[index], least)
        least += gap
    return [round(place, 1) for place in pushed]


def count_ticks(most: float, *, at_most: int = 3) -> list[int]:
    """Round numbers from 0 to *most* or a little beyond, evenly."""
    step = power = 1
    while most / step > at_most - 1:
        step, power = next(
            ((factor * power, power) for factor in (1, 2, 5) if factor * power > step), (10 * power, 10 * power)
        )
    return [step * index for index in range(max(int(-(-most // step)), 1) + 1)]


def short_count(count: int) -> str:
    """A number with room for few digits: 950, 12k, 1.5M."""
    for size, unit in ((1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k")):
        if count >= size * 10 or (count >= size and size > 1_000):
            return f"{count / size:.3g}{unit}"
    return f"{count:,}"


HALF = "Jul"
"""The middle of a year, between two that are named."""


def year_ticks(low: date, high: date, *, at_most: int) -> list[Tick]:
    """Years within a span, and their halves where it has room for no two years; by the days' ordinals."""
    years = range(low.year, high.year + 1)
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000) if len(years) / step <= at_most)
    found = [date(year, 1, 1) for year in years if year % step == 0 and low <= date(year, 1, 1) <= high]
    if len(found) > 1 or len(years) > at_most:
        return [Tick(day.toordinal(), str(day.year)) for day in found]
    halves = [date(year, month, 1) for year in years for month in (1, 7)]
    return [Tick(day.toordinal(), str(day.year) if day.month == 1 else HALF) for day in halves if low <= day <= high]


def month_ticks(low: date, high: date, *, at_most: int) -> list[Tick]:
    """Beginnings of months or of years within a span, evenly: `2014-07`, or `2014` where the steps are of years."""
    months = (high.year - low.year) * 12 + high.month - low.month + 1
    steps = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 12_000, 120_000)
    step = next(step for step in steps if months / step <= at_most)
    first = low.year * 12 + low.month - 1
    begin = -(-first // step) * step
    found = [date(month // 12, month % 12 + 1, 1) for month in range(begin, first + months, step)]
    return [
        Tick(day.toordinal(), f"{day.year}" if step >= 12 else f"{day:%Y-%m}") for day in found if low <= day <= high
    ]


class Drawing:
    """Elements of one chart, in the order in which they are painted."""

    def __init__(self) -> None:
        self._parts: list[str] = []

    def line(self, kind: str, x1: float, y1: float, x2: float, y2: float) -> None:
        """A straight line of a class."""
        self._parts.append(f'<line class="{kind}" x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}"/>')

    def path(self, kind: str, steps: str) -> None:
        """A path."""
        self._parts.append(f'<path class="{kind}" d="{steps}"/>')

    def box(
        self, kind: str, x: float, y: float, width: float, height: float, *, say: str = "", corner: int = 0
    ) -> None:
        """A rectangle; *say* is what a pointer on it has read out."""
        told = f' data-say="{escape(say)}"' if say else ""
        rounded = f' rx="{corner}"' if corner else ""
        self._parts.append(
            f'<rect class="{kind}" x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}"{rounded}{told}/>'
        )

    def diamond(self, kind: str, x: float, y: float) -> None:
        """A square on its corner."""
        self._parts.append(
            f'<rect class="{kind}" x="{_n(x - 4.5)}" y="{_n(y - 4.5)}" width="9" height="9" '
            f'transform="rotate(45 {_n(x)} {_n(y)})"/>'
        )

    def area(self, kind: str, corners: Sequence[tuple[float, float]]) -> None:
        """A filled polygon."""
        self._parts.append(f'<polygon class="{kind}" points="{" ".join(f"{_n(x)},{_n(y)}" for x, y in corners)}"/>')

    def dot(self, kind: str, x: float, y: float, size: float = 4, *, title: str = "") -> None:
        """A circle, which says its *title* where it is pointed at."""
        told = f"><title>{escape(title)}</title></circle>" if title else "/>"
        self._parts.append(f'<circle class="{kind}" cx="{_n(x)}" cy="{_n(y)}" r="{_n(size)}"{told}')

    def text(self, words: str, x: float, y: float, kind: str = "", *, anchor: str = "") -> None:
        """A line of text that begins at its place, or ends or has its middle there, as the *anchor* says."""
        named = f' class="{kind}"' if kind else ""
        where = f' text-anchor="{anchor}"' if anchor else ""
        self._parts.append(f'<text{named} x="{_n(x)}" y="{_n(y)}"{where}>{escape(words)}</text>')

    def svg(self, width: int, height: float, label: str, *, kind: str = "") -> Markup:
        """The whole, as an image that says its *label*."""
        classes = f"chart {kind}".strip()
        return Markup(  # noqa: S704 - each part is escaped where it is made
            f'<svg class="{classes}" viewBox="0 0 {width} {_n(height)}" role="img" aria-label="{escape(label)}">'
            + "".join(self._parts)
            + "</svg>"
        )


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
