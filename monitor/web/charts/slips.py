"""Days that the primary completion of trials moved since they were first seen: small charts of one scale. Pure.

Every chart of a page has the same two axes, so that they compare at a glance: `Scale.of` all of them. A step up is a
slip; half a year or more is in the accent. No chart has a style or a script of its own: classes carry the colours.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from markupsafe import Markup, escape

from monitor.changes.diff.dates import distance
from monitor.changes.plans import Plan

FIELD = "primary_completion_date"
LONG = 182
"""Days from which a slip stands out."""

_WIDTH, _HEIGHT = 256, 104
_SPANS = (36, 60, 120, 240)
"""Months that the axis may show: the fewest that hold every move."""
_HIGHEST, _LOWEST = 1826, -730
"""Days beyond which a line is cut: its label says how many they were."""
_LEAST_HIGH, _LEAST_LOW = 400, -60
_MINUS = "\u2212"
_DAYS_IN_MONTH = 30.44
_LABEL_ROOM = 52
_YEARS = ((182, "½ year"), (365, "1 year"), (730, "2 years"), (1461, "4 years"))
_LINE_GAP = 16
"""Units that lines of the scale lie apart, at least."""


class Point(NamedTuple):
    """*days* later than at first, from so many *months* after the trial was first seen."""

    months: float
    days: int


@dataclass(frozen=True, slots=True)
class Slips:
    """How the date of one trial moved: *points* are its moves, *months* is how long it has been watched."""

    points: tuple[Point, ...]
    months: float

    @property
    def days(self) -> int:
        """How far it moved in all."""
        return self.points[-1].days if self.points else 0

    @property
    def moves(self) -> int:
        """How often it moved."""
        return len(self.points)

    @property
    def only_slipped(self) -> bool:
        """Whether each move was a slip."""
        return all(before < after for before, after in pairwise([0, *(point.days for point in self.points)]))


def slips_of(plan: Plan, *, now: datetime) -> Slips | None:
    """The moves of a plan; None where it never had a date that can be read."""
    seen = [(at, written) for at, written in plan.dates(FIELD) if written and written.parts]
    if not seen:
        return None
    began, first = seen[0]
    points: list[Point] = []
    for at, written in seen[1:]:
        moved = distance(first, written)
        if moved and moved.days != (points[-1].days if points else 0):
            points.append(Point(_months(at, began), moved.days))
    return Slips(tuple(points), max(_months(now, began), points[-1].months if points else 0))


def _months(at: datetime, began: datetime) -> float:
    return max((at - began).days, 0) / _DAYS_IN_MONTH


@dataclass(frozen=True, slots=True)
class Scale:
    """The axes that all charts of a page share: months from 0 on, and days."""

    months: int
    low: int
    high: int

    @classmethod
    def of(cls, charts: Iterable[Slips]) -> "Scale":
        """The smallest scale that shows them all, within what is worth showing."""
        points = [point for chart in charts for point in chart.points]
        days, last = [point.days for point in points], max((point.months for point in points), default=0)
        return cls(
            months=next((span for span in _SPANS if span >= last), _SPANS[-1]),
            low=max(_LOWEST, min(_LEAST_LOW, *days)) if days else _LEAST_LOW,
            high=min(_HIGHEST, max(_LEAST_HIGH, *(round(each * 1.14) for each in days))) if days else _LEAST_HIGH,
        )

    def x(self, months: float) -> float:
        """Where so many months stand."""
        return round(2 + min(months, self.months) / self.months * (_WIDTH - 4), 1)

    def y(self, days: float) -> float:
        """Where so many days stand."""
        kept = min(max(days, self.low), self.high)
        return round(_HEIGHT - 4 - (kept - self.low) / (self.high - self.low) * (_HEIGHT - 10), 1)

    @property
    def lines(self) -> Sequence[tuple[float, str]]:
        """The lines of the scale above zero that have room, and what stands at each."""
        found: list[tuple[float, str]] = []
        for days, words in _YEARS:
            y = self.y(days)
            if days < self.high and abs(y - (found[-1][0] if found else self.y(0))) >= _LINE_GAP:
                found.append((y, words))
        return found


def chart(slips: Slips, scale: Scale, label: str, *, is_labelled: bool) -> Markup:
    """The chart as SVG. *label* is the same in words; the scale is written where it *is_labelled*."""
    is_long = slips.days >= LONG
    level, zero = "1" if is_long else "2", scale.y(0)
    parts = [f'<line class="axis" x1="0" x2="{_WIDTH}" y1="{zero}" y2="{zero}"/>']
    for y, words in scale.lines:
        parts.append(f'<line class="snap" x1="0" x2="{_WIDTH}" y1="{y}" y2="{y}"/>')
        if is_labelled:
            parts.append(_scale_words(words, y, is_right=bool(slips.points) and scale.x(slips.months) < _WIDTH / 2))
    places = [(scale.x(point.months), scale.y(point.days)) for point in slips.points]
    path = f"M{scale.x(0)} {zero}" + "".join(f"H{x}V{y}" for x, y in places) + f"H{scale.x(slips.months)}"
    parts.append(f'<path class="l l{level}" d="{path}"/>')
    parts += [f'<circle class="p p{level}" cx="{x}" cy="{y}" r="3"/>' for x, y in places]
    if places:
        parts.append(_total(slips, scale, places))
    begins = f'<svg class="chart" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(label)}">'
    return Markup(f"{begins}{''.join(parts)}</svg>")  # noqa: S704 - numbers, our own words, and a label that is escaped


def _scale_words(words: str, y: float, *, is_right: bool) -> str:
    """What stands at a line of the scale: at its other end, where the line of the trial ends near the first."""
    place = f'x="{_WIDTH - 2}" text-anchor="end"' if is_right else 'x="2"'
    return f'<text {place} y="{round(y - 4, 1)}">{words}</text>'


def _total(slips: Slips, scale: Scale, places: Sequence[tuple[float, float]]) -> str:
    """How far it moved in all, behind the line, or above it where there is no room."""
    end, y = scale.x(slips.months), places[-1][1]
    if end + _LABEL_ROOM <= _WIDTH:
        return f'<text class="strong" x="{round(end + 6, 1)}" y="{round(y + 4, 1)}">{days_words(slips.days)}</text>'
    above = y - 8 if y >= _LINE_GAP + 4 else y + 15
    return f'<text class="strong" x="{end}" y="{round(above, 1)}" text-anchor="end">{days_words(slips.days)}</text>'


def days_words(days: int) -> str:
    """A move with its sign, as the charts write it: +412 d."""
    sign = "+" if days > 0 else _MINUS if days < 0 else ""
    return f"{sign}{abs(days):,} d"
