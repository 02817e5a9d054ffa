"""Two records of one trial side by side, and the form in which a topic tells what differs. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from monitor.diff.values import to_json
from monitor.diff.wording import cut
from monitor.fields import KINDS, Topic
from monitor.model import Difference, PartialDate, Record, Timing

_LONGEST = 400
"""Characters of a sentence into which a registry put something monstrous; ours are half as long."""

_TIMED = {Topic.OUTCOMES, Topic.ARMS, Topic.ELIGIBILITY, Topic.ENROLLMENT, Topic.DATES}
_TOLD_TIMING = _TIMED - {Topic.DATES}

_PHRASES = {
    Timing.BEFORE_START: "before the trial's start",
    Timing.RECRUITING: "after the trial's start",
    Timing.AFTER_PRIMARY_COMPLETION: "after the primary completion date",
    Timing.AFTER_RESULTS: "after results were posted",
}
"""How a sentence says it. A trial between its start and its primary completion need not recruit any more."""


@dataclass(frozen=True)
class Comparison:
    """The records that a topic looks at, the day the change was seen, and the first record of the trial."""

    before: Record
    after: Record
    on: date
    baseline: Record | None = None

    @cached_property
    def timing(self) -> Timing | None:
        """Where in the trial's life the change came; None where the former record has no date to tell."""
        return place_in_time(self.before, self.on)

    def difference(
        self,
        field: str,
        kind: str,
        *,
        before: object,
        after: object,
        summary: str,
        measure: Mapping[str, int | float] | None = None,
    ) -> Difference:
        """A difference of *kind* in *field*; values may be the model's, and the sentence gains its place in time."""
        topic = KINDS[kind]
        timing = self.timing if topic in _TIMED else None
        summary = cut(summary, _LONGEST)
        if timing and topic in _TOLD_TIMING:
            summary = f"{summary.removesuffix('.')}, {_PHRASES[timing]}."
        return Difference(
            field=field,
            path=self.after.paths.get(field) or self.before.paths.get(field) or field,
            kind=kind,
            topic=topic,
            before=to_json(before),
            after=to_json(after),
            summary=summary,
            measure=measure,
            timing=timing,
        )


def place_in_time(before: Record, on: date) -> Timing | None:
    """Place *on* in the life of the trial, by the dates of the former record."""
    if before.has_results:
        return Timing.AFTER_RESULTS
    completion = _latest(before.primary_completion_date) if before.primary_completion_date else None
    if completion and completion < on:
        return Timing.AFTER_PRIMARY_COMPLETION
    start = before.start_date.earliest if before.start_date else None
    if start is None:
        return None
    return Timing.RECRUITING if start <= on else Timing.BEFORE_START


def _latest(partial: PartialDate) -> date | None:
    """The last day that a partial date allows."""
    earliest = partial.earliest
    if earliest is None or partial.precision == "day":
        return earliest
    if partial.precision == "year":
        return earliest.replace(month=12, day=31)
    if earliest.month == 12:
        return earliest.replace(day=31)
    return earliest.replace(month=earliest.month + 1) - timedelta(days=1)
