"""The room that the chart of a plan is drawn in: where its snapshots stand from left to right. Pure."""

from collections.abc import Sequence
from datetime import date

from monitor.views.plan import Planned
from monitor.web.charts.plan_words import Say
from monitor.web.charts.svg import NARROW, WIDE, Drawing, scale, spread

_APART = 18


class Frame:
    """One copy of the chart: its plans, the oldest first, at their places across, and the drawing so far.

    *first* is the day of the first snapshot, *last* that of the last look; a little room is left at both ends.
    """

    def __init__(self, plans: Sequence[Planned], as_of: date, say: Say, *, narrow: bool) -> None:
        self.plans, self.say, self.is_narrow = plans, say, narrow
        self.width = NARROW if narrow else WIDE
        self.left, self.margin = (38, 112) if narrow else (46, 168)
        self.right = self.width - self.margin
        self.first = min(each.on for each in plans)
        self.last = max(as_of, *(each.on for each in plans))
        first, last = self.first.toordinal(), max(self.last.toordinal(), self.first.toordinal() + 1)
        room = (last - first) / 40
        self.across = scale(first - room, last + room, self.left, self.right)
        self.places = self._places()
        self.drawing = Drawing()

    def _places(self) -> list[float]:
        """Where the snapshots stand: those of one day, or of a few, beside each other, as far as there is room."""
        apart = min(_APART, (self.right - self.left) / 2 / len(self.plans))
        return spread([self.x(each.on) for each in self.plans], apart, within=(self.left, self.right))

    def x(self, day: date) -> float:
        """The place of a day, across."""
        return self.across(min(max(day, self.first), self.last).toordinal())
