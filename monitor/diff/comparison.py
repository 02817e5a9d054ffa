"""Two records of one trial side by side, and the form in which a topic tells what differs. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from monitor.diff.values import ITEMS, to_json
from monitor.diff.wording import cut, quote
from monitor.fields import FIELDS, KINDS, Topic
from monitor.model import Coded, Difference, Enrollment, Json, PartialDate, Record, Timing

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
        if unread := self._unread(field, before, after):
            kind, summary = _STILL_THERE.get(kind, kind), unread
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

    def _unread(self, field: str, before: object, after: object) -> str | None:
        """A sentence for a value that is there on one side only in a form that nobody can read; None for others.

        What a parser could not read stays in the rest of the record, at the field's path.
        """
        if field in ITEMS and field != "phases":
            return None
        label = FIELDS[field].label
        if _is_nothing(after) and not _is_nothing(before) and (given := unread(self.after, field)):
            return f"{label} can no longer be read: it was {_shown(before)}, and the registry now gives {given}."
        if _is_nothing(before) and not _is_nothing(after) and (given := unread(self.before, field)):
            return f"{label} can be read again: it is {_shown(after)}, where the registry gave {given}."
        return None


_STILL_THERE = {
    "date.removed": "date.unreadable",
    "date.added": "date.unreadable",
    "why_stopped.removed": "why_stopped.changed",
    "why_stopped.added": "why_stopped.changed",
}
"""What a kind is called where the value did not go or come."""


def _is_nothing(value: object) -> bool:
    return value in (None, (), "") or (isinstance(value, Enrollment) and value.count is None)


def _shown(value: object) -> str:
    match value:
        case Enrollment():
            return f"{value.count:,}"
        case PartialDate():
            return value.text
        case tuple():
            return "/".join(map(str, value))
        case bool():
            return "yes" if value else "no"
        case Coded():
            return value.words
        case _:
            return quote(str(value))


def unread(record: Record, field: str) -> str | None:
    """What no parser could read stands in a record where *field* should be, quoted; None where nothing does."""
    node: Json = record.rest
    for step in record.paths.get(field, "").split("."):
        node = node.get(step) if isinstance(node, dict) else None
    if isinstance(node, dict):  # its type can be read, and was
        node = node.get("date", node.get("count", node))
    if node in (None, "", [], {}):
        return None
    return quote(str(node), 60)


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
