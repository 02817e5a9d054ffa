"""How the plan of a trial moved: its status, key dates and enrollment over the time of its snapshots, as SVG. Pure.

Across is when a snapshot was taken, upwards a date that it had: level is on schedule, a step up is a slip. The diagonal
is today, so what lies below it, in grey, is in the past. Faint lines are what was first registered. Hollow dots are
estimated, filled ones have happened.
"""

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

from monitor.model import State
from monitor.text import counted, safe_cut
from monitor.views.plan import DATES, Planned
from monitor.web.charts.plan_dates import KeyDates
from monitor.web.charts.plan_frame import Frame
from monitor.web.charts.plan_words import (
    Say,
    Series,
    count_words,
    date_words,
    enrolled,
    series_of,
    status_words,
    stretches,
)
from monitor.web.charts.svg import CHARACTER, Scale, count_ticks, month_ticks, scale, short_count

_BAND, _BAND_HEIGHT, _COUNTS_HEIGHT = 20, 22, 70
_MOST_SAID = 120
"""Columns that a pointer can ask for their figures."""
_MOST_DOTS = 40


def plan_charts(plans: Sequence[Planned], *, as_of: date, say: Say = str) -> Markup:
    """The wide and the narrow copy; empty where nothing of the plan is known.

    *plans* are the oldest first, *as_of* the day of the last look.
    """
    if not any(each.overall_status or each.enrollment or any(getattr(each, name) for name in DATES) for each in plans):
        return Markup()
    series = series_of(plans, say)
    label = _label(plans, series, say)
    return Markup().join(_drawn(Frame(plans, as_of, say, narrow=narrow), series, label) for narrow in (False, True))


def _drawn(frame: Frame, series: Sequence[Series], label: str) -> Markup:
    """Each panel below the one before; those without anything to show take no room."""
    has_counts = any(enrolled(each)[0] is not None for each in frame.plans)
    dates = KeyDates(frame, series) if series else None
    bottom: float = dates.bottom if dates else _BAND + _BAND_HEIGHT
    counts_top = bottom + (62 if dates else 40)
    bottom = counts_top + _COUNTS_HEIGHT if has_counts else bottom
    if dates:
        dates.draw_past()
    _columns(frame, bottom)
    _band(frame)
    if dates:
        dates.draw()
    if has_counts:
        _counts(frame, counts_top, bottom)
    _months(frame, bottom)
    _readouts(frame, series, bottom)
    kind = "narrow" if frame.is_narrow else "wide"
    return frame.drawing.svg(frame.width, bottom + 26, label, kind=kind)


def _columns(frame: Frame, bottom: float) -> None:
    """A line for each snapshot, and its number where there is room."""
    frame.drawing.text("№" if frame.is_narrow else frame.say("snapshot"), frame.left - 8, 12, anchor="end")
    line_at = number_at = -100.0
    for plan, place in zip(frame.plans, frame.places, strict=True):
        name = str(plan.number) if plan.number > 0 else "·"
        if place - line_at >= 3:
            frame.drawing.line("snap", place, 44, place, bottom)
            line_at = place
        if place - number_at >= 4 + CHARACTER * (len(name) + 0.5):
            frame.drawing.text(name, place, 12, anchor="middle")
            number_at = place + CHARACTER * len(name) / 2


def _months(frame: Frame, bottom: float) -> None:
    """The axis of time; a span that holds no two beginnings of a month has its two ends named."""
    frame.drawing.line("axis", frame.left, bottom, frame.right, bottom)
    ticks = month_ticks(frame.first, frame.last, at_most=4 if frame.is_narrow else 7)
    if len(ticks) < 2:
        frame.drawing.text(f"{frame.plans[0].on}", frame.left, bottom + 19)
        if frame.last > frame.plans[0].on:
            frame.drawing.text(f"{frame.last}", frame.right, bottom + 19, anchor="end")
        return
    for tick in ticks:
        place = frame.across(tick.at)
        frame.drawing.line("axis", place, bottom, place, bottom + 5)
        frame.drawing.text(tick.text, place, bottom + 19, anchor="middle")


def _band(frame: Frame) -> None:
    """A bar a status. The last one's name stands behind it where it does not fit into it."""
    said = [(status_words(each, frame.say), each.is_stopped or each.state is not State.LISTED) for each in frame.plans]
    for (words, is_over), begin, end in stretches(said):
        is_last = end == len(said)
        left = frame.places[begin]
        width = max(frame.right - left if is_last else frame.places[end] - left - 1, 1)
        if not words:
            continue
        frame.drawing.box("band-stop" if is_over else "band", left, _BAND, width, _BAND_HEIGHT, corner=3)
        if not is_over and _room(width - 16) >= len(words):
            frame.drawing.text(words, left + 8, _BAND + 15, "strong")
        elif is_last:
            frame.drawing.text(safe_cut(words, _room(frame.margin - 8)), frame.right + 8, _BAND + 15, "strong")


def _room(width: float) -> int:
    """How many strong characters there is room for."""
    return int(width / CHARACTER / 1.06)


def _counts(frame: Frame, top: float, bottom: float) -> None:
    """Enrollment: dashed while it is expected."""
    said = [enrolled(each) for each in frame.plans]
    ticks = count_ticks(max(count for count, _ in said if count is not None))
    y = scale(0, ticks[-1], bottom, top)
    for tick in ticks:
        if tick:
            frame.drawing.line("axis", frame.left, y(tick), frame.right, y(tick))
        frame.drawing.text(short_count(tick), frame.left - 8, y(tick) + 4, anchor="end")
    frame.drawing.text(frame.say("Enrollment"), frame.left, top - 24, "strong")
    parts = list(stretches(said))
    former: int | None = None
    for (count, kind), begin, end in parts:
        before, former = former, count
        if count is None:
            continue
        left, right = frame.places[begin], frame.right if end == len(said) else frame.places[end]
        is_actual = kind == "ACTUAL"
        rise = f"{y(before)}V{y(count)}" if before is not None else f"{y(count)}"
        frame.drawing.path("l l1" if is_actual else "l l1 expected", f"M{left} {rise}H{right}")
        size = 4 if len(parts) <= _MOST_DOTS else 2.5
        frame.drawing.dot(f"p {'solid ' if is_actual else ''}p1", left, y(count), size)
        if end < len(said) and right - left >= CHARACTER * len(f"{count:,}") + 12:
            frame.drawing.text(f"{count:,}", left + 8, y(count) - 8)
    _last_count(frame, y)


def _last_count(frame: Frame, y: Scale) -> None:
    """What it is now, and what it was at first; of a trial that was stopped, a mark where that was."""
    counts = [enrolled(each)[0] for each in frame.plans]
    first, last = next(count for count in counts if count is not None), counts[-1]
    if last is None:
        return
    stops = [each.is_stopped for each in frame.plans]
    if stops[-1]:
        *_, (_, begin, _) = stretches(stops)
        frame.drawing.diamond("stop", frame.places[begin], y(counts[begin] or 0))
    frame.drawing.text(count_words(frame.plans[-1], frame.say), frame.right + 8, y(last) + 4, "strong")
    if first != last and abs(y(first) - y(last)) >= 15:
        frame.drawing.text(f"{first:,} {frame.say('at first')}", frame.right + 8, y(first) + 4)


def _readouts(frame: Frame, series: Sequence[Series], bottom: float) -> None:
    """What a pointer has read out; a phone has none."""
    if frame.is_narrow or len(frame.plans) > _MOST_SAID:
        return
    ends = [*frame.places[1:], frame.right]
    for index, (plan, place, end) in enumerate(zip(frame.plans, frame.places, ends, strict=True)):
        if end - place < 1:
            continue
        named = f"{frame.say('Snapshot')} {plan.number}" if plan.number > 0 else frame.say("Before the first look")
        dates = [
            f"{each.name.lower()} {date_words(day, frame.say)}"
            for each in reversed(series)
            if (day := each.dates[index])
        ]
        told = [status_words(plan, frame.say), *dates, count_words(plan, frame.say)]
        words = f"{named}, {plan.on}: {', '.join(filter(None, told))}"
        frame.drawing.box("hit", place, _BAND, end - place, bottom - _BAND, say=words)


def _label(plans: Sequence[Planned], series: Sequence[Series], say: Say) -> str:
    """The chart in a few sentences."""
    told = [f"{say('How the plan moved')}: {counted(len(plans), 'snapshot')}, {plans[0].on} – {plans[-1].on}"]
    told.append(_move(status_words(plans[0], say), status_words(plans[-1], say)))
    told += [f"{each.name} {_move(each.first.text, date_words(each.last, say))}" for each in reversed(series)]
    counts = [words for each in plans if (words := count_words(each, say))]
    told += [f"{say('Enrollment')} {_move(counts[0], counts[-1])}"] if counts else []
    return "".join(f"{each}. " for each in told if each).strip()


def _move(first: str, last: str) -> str:
    return last if last.startswith(first) else f"{first} → {last}"
