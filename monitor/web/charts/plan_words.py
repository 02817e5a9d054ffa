"""What the chart of a plan is made of before anything is drawn: key dates as series, stretches of time, words. Pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import TypeVar

from monitor.model import PartialDate, State
from monitor.render.words import code_label
from monitor.text import one_line, safe_cut
from monitor.views.plan import Planned

T = TypeVar("T")
Say = Callable[[str], str]
"""Gives a text in the reader's language."""


@dataclass(frozen=True, slots=True)
class Series:
    """A key date over time: its *name*, its place among the classes of lines, and what it was in each snapshot."""

    name: str
    short: str
    place: int
    dates: Sequence[PartialDate | None]

    @property
    def first(self) -> PartialDate:
        """The first date that can be read."""
        return next(day for day in self.dates if day and day.earliest)

    @property
    def last(self) -> PartialDate:
        """The last date that can be read."""
        return next(day for day in reversed(self.dates) if day and day.earliest)


def series_of(plans: Sequence[Planned], say: Say = str) -> list[Series]:
    """Completion, primary completion and start, those that any of the plans has.

    Where none has a primary completion date, the end of recruitment stands in its place.
    """
    middle = [each.primary_completion_date for each in plans]
    names = say("Primary completion"), say("Primary comp.")
    if not any(middle):
        middle, names = [each.recruitment_end_date for each in plans], (say("Recruitment end"), say("Recruit. end"))
    found = (
        Series(say("Completion"), say("Completion"), 2, [each.completion_date for each in plans]),
        Series(*names, 1, middle),
        Series(say("Start"), say("Start"), 3, [each.start_date for each in plans]),
    )
    return [each for each in found if any(day and day.earliest for day in each.dates)]


def stretches(values: Sequence[T]) -> Iterator[tuple[T, int, int]]:
    """Runs of equal values: the value, the index of its first, and that behind its last."""
    begins = [0, *(index for index, (one, other) in enumerate(pairwise(values), 1) if one != other), len(values)]
    for begin, end in pairwise(begins):
        yield values[begin], begin, end


@dataclass(frozen=True, slots=True)
class PassedStart:
    """A start date that passed while the trial did not recruit yet."""

    start: date
    index: int
    """Of the first snapshot that had it."""
    on: date | None
    """When it passed; None where it had already, in that snapshot."""


def passed_start(plans: Sequence[Planned], until: date) -> PassedStart | None:
    """The start date that passed while the trial did not recruit yet; None where none did.

    Of several the last. A month or a year has passed when its last day has.
    """
    ends = [*(each.on for each in plans[1:]), until]
    for index in range(len(plans) - 1, -1, -1):
        start = _awaited(plans[index])
        if start is None or start.earliest is None:
            continue
        allowed = {"day": 0, "month": 31, "year": 366}[start.precision or "day"]
        if later(start.earliest, timedelta(days=allowed)) >= ends[index]:
            continue
        begin = index
        while begin and _awaited(plans[begin - 1]) == start:
            begin -= 1
        return PassedStart(start.earliest, begin, start.earliest if start.earliest > plans[begin].on else None)
    return None


def _awaited(plan: Planned) -> PartialDate | None:
    """The start of a trial that does not recruit yet."""
    status = plan.overall_status
    is_awaited = plan.state is State.LISTED and status is not None and status.code == "NOT_YET_RECRUITING"
    return plan.start_date if is_awaited else None


def status_words(plan: Planned, say: Say) -> str:
    """The registry's words for how the trial stands, or that it is no longer there."""
    if plan.state is not State.LISTED:
        return say("Removed") if plan.state is State.REMOVED else say("Merged")
    status = plan.overall_status
    return one_line(status.words or code_label(status.code)) if status else ""


def enrolled(plan: Planned) -> tuple[int | None, str | None]:
    """How many participants, where the registry has a number that can be one, and of which type it is."""
    return (plan.enrollment.known, plan.enrollment.type) if plan.enrollment else (None, None)


def count_words(plan: Planned, say: Say) -> str:
    """Such as “30 expected”; empty where there is no number."""
    count, kind = enrolled(plan)
    if count is None:
        return ""
    words = {"ACTUAL": say("actual"), "ESTIMATED": say("expected")}.get(kind or "", "")
    return f"{count:,} {words}".strip()


def date_words(day: PartialDate, say: Say) -> str:
    """Such as “2017-05 estimated”."""
    words = {"ACTUAL": say("actual"), "ESTIMATED": say("estimated")}.get(day.type or "", "")
    return f"{safe_cut(one_line(day.text), 20)} {words}".strip()


def earlier(day: date, span: timedelta) -> date:
    """So much earlier, as far as days go."""
    return date.min if day - date.min < span else day - span


def later(day: date, span: timedelta) -> date:
    """So much later, as far as days go."""
    return date.max if date.max - day < span else day + span
