"""The panel of key dates in the chart of a plan: one line a date, over what was already past. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta

from monitor.changes.diff.dates import distance
from monitor.text import one_line, safe_cut
from monitor.web.charts.plan_frame import Frame
from monitor.web.charts.plan_words import Series, date_words, earlier, later, passed_start
from monitor.web.charts.slips import days_words
from monitor.web.charts.svg import CHARACTER, HALF, scale, spread, year_ticks

TOP, HEIGHT = 70, 230
FARTHEST = timedelta(days=40 * 365)
"""A date further than this from all snapshots is drawn at the edge: it would leave no room for the others."""
_APART = 34
_MOST_DOTS = 40
"""Beyond these, dots are small and have no titles."""


class KeyDates:
    """The panel between TOP and its *bottom*, to one scale of dates from *low* to *high*."""

    def __init__(self, frame: Frame, series: Sequence[Series]) -> None:
        self.frame, self.series = frame, series
        self.bottom = TOP + HEIGHT
        self.low, self.high = _range(frame, series)
        self._scale = scale(self.low.toordinal(), self.high.toordinal(), self.bottom, TOP)
        self._shifts = _shifts(series)

    def y(self, day: date) -> float:
        """The height of a date; of one beyond the scale, its edge."""
        return self._scale(min(max(day, self.low), self.high).toordinal())

    def draw_past(self) -> None:
        """Grey below the diagonal, as far as it is within the dates that are shown."""
        frame = self.frame
        if frame.last <= self.low:
            return
        turns = [frame.first, *(day for day in (self.low, self.high) if frame.first < day < frame.last), frame.last]
        line = [(frame.x(day), self.y(day)) for day in sorted(turns)]
        frame.drawing.area("past", [(line[0][0], self.bottom), *line, (line[-1][0], self.bottom)])

    def draw(self) -> None:
        """The axis, today's diagonal, the lines, what contradicts itself, and the names at the ends."""
        frame = self.frame
        for tick in year_ticks(self.low, self.high, at_most=6):
            height = self._scale(tick.at)
            frame.drawing.line("axis", frame.left, height, frame.right, height)
            named = frame.say("Jul") if tick.text == HALF else tick.text
            frame.drawing.text(named, frame.left - 8, height + 4, anchor="end")
        frame.drawing.text(frame.say("Key dates, as registered"), frame.left, TOP - 8, "strong")
        self._draw_diagonal()
        ends = [self._draw_line(series) for series in self.series]
        self._draw_flag()
        places = spread(ends, _APART, within=(TOP + 2, self.bottom - 14))
        for place, series in zip(places, self.series, strict=True):
            self._draw_name(series, place)

    def _draw_diagonal(self) -> None:
        frame = self.frame
        begin, end = max(frame.first, self.low), min(frame.last, self.high)
        if begin >= end:
            return
        frame.drawing.line("today", frame.x(begin), self.y(begin), frame.x(end), self.y(end))
        third = begin + (end - begin) / 3
        is_taken = frame.is_narrow and passed_start(frame.plans, frame.last) is not None  # by the words of the flag
        if self.bottom - self.y(third) > 20 and not is_taken:
            frame.drawing.text(frame.say("already past"), frame.x(third) + 6, self.bottom - 6)

    def _draw_line(self, series: Series) -> float:
        """A date's steps and dots, and faintly where it began; the height at which it ends, or ended."""
        frame, shift = self.frame, self._shifts[series.place]
        first, last = series.first, series.last
        if first.earliest and first.earliest != last.earliest:
            begin, height = frame.places[series.dates.index(first)], self.y(first.earliest) + shift
            frame.drawing.line(f"l ghost l{series.place}", begin, height, frame.right, height)
        steps, before = "", None
        dots = []
        for place, day, plan in zip(frame.places, series.dates, frame.plans, strict=True):
            if day is None or day.earliest is None:
                steps += f"H{place}" if before else ""
                before = None
                continue
            height = round(self.y(day.earliest) + shift, 1)
            if before is None:
                steps += f"M{place} {height}"
            elif day.earliest != before.earliest:
                steps += f"H{place}V{height}"
            if before is None or (day.text, day.type) != (before.text, before.type):
                dots.append((place, height, day, plan.on))
            before = day
        frame.drawing.path(f"l l{series.place}", steps + (f"H{frame.right}" if before else ""))
        are_few = len(dots) <= _MOST_DOTS
        for place, at, day, on in dots:
            kind = f"p {'solid ' if day.type == 'ACTUAL' else ''}p{series.place}"
            title = f"{series.name} {date_words(day, frame.say)}, {on}" if are_few else ""
            frame.drawing.dot(kind, place, at, 4 if are_few else 2.5, title=title)
        return height

    def _draw_name(self, series: Series, place: float) -> None:
        """The name, the date as it stands, and how far it has come since it was first registered."""
        frame = self.frame
        moved = distance(series.first, series.last)
        drift = [days_words(moved.days)] if moved and 0 < abs(moved.days) < FARTHEST.days else []
        shown = drift if frame.is_narrow and drift else [safe_cut(one_line(series.last.text), 10), *drift]
        if series.dates[-1] is None:
            shown = [frame.say("no longer given")]
        name = series.short if frame.is_narrow else series.name
        frame.drawing.text(name, frame.right + 8, place - 2, f"t{series.place}")
        frame.drawing.text(" · ".join(shown), frame.right + 8, place + 13)

    def _draw_flag(self) -> None:
        """Mark where the start date passed and the trial was still not recruiting."""
        frame = self.frame
        found = passed_start(frame.plans, frame.last)
        if found is None or not self.low <= found.start <= self.high:
            return
        place = frame.x(found.on) if found.on else frame.places[found.index]
        height = self.y(found.start)
        frame.drawing.dot("flagline", place, height, 7.5)
        words = [frame.say("start date passed, not recruiting")]
        if frame.is_narrow:
            words = [frame.say("start passed,"), frame.say("not recruiting")]
        length = max(map(len, words)) * CHARACTER * 1.06
        fits = place + 6 + length <= frame.right
        at, anchor = (place + 6, "") if fits else (max(place, frame.left + length), "end")
        below = height + 24 + 14 * (len(words) - 1) < self.bottom - 2
        begin = height + 24 if below else height - 14 * len(words)
        for number, each in enumerate(words):
            frame.drawing.text(each, at, begin + 14 * number, "flag", anchor=anchor)


def _range(frame: Frame, series: Sequence[Series]) -> tuple[date, date]:
    """The dates that are drawn to scale, and some of the diagonal where that leaves room for them."""
    nearest, farthest = earlier(frame.first, FARTHEST), later(frame.last, FARTHEST)
    days = [day.earliest for each in series for day in each.dates if day and day.earliest]
    to_scale = [day for day in days if nearest <= day <= farthest] or [frame.first, frame.last]
    low, high = min(to_scale), max(to_scale)
    half = max(high - low, timedelta(days=365)) / 2
    low, high = max(min(low, frame.first), earlier(low, half)), min(max(high, frame.last), later(high, half))
    room = max(high - low, timedelta(days=365)) / 12
    return earlier(low, room), later(high, room)


def _shifts(series: Sequence[Series]) -> dict[int, float]:
    """How far a line is set off, so that two that share a date at any time both are seen; by the place of each."""
    shifts = dict.fromkeys((each.place for each in series), 0.0)
    by_place = {each.place: each for each in series}
    for upper, lower in ((2, 1), (1, 3), (2, 3)):
        if upper not in by_place or lower not in by_place:
            continue
        pairs = zip(by_place[upper].dates, by_place[lower].dates, strict=True)
        if any(one and other and one.earliest == other.earliest for one, other in pairs):
            shifts[upper] = shifts[upper] or -2.5
            shifts[lower] = shifts[lower] or 2.5
    return shifts
