"""Two records of one trial side by side, which every topic turns into differences. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from monitor.changes.diff.values import ITEMS, own_words, to_json
from monitor.changes.fields import FIELDS
from monitor.changes.kinds import KINDS
from monitor.changes.topics import TIMED
from monitor.model import Coded, Difference, Enrollment, Json, PartialDate, Record, Timing
from monitor.text import cut, fold, quote

_LONGEST = 400
"""Characters of a sentence into which a registry put something monstrous; ours are half as long."""

_BY_COMPLETION = (Timing.ENROLLING, Timing.AFTER_PRIMARY_COMPLETION)

_OVER = {"TERMINATED", "SUSPENDED", "COMPLETED"}

_NOT_STARTED = {"NOT_YET_RECRUITING", "WITHDRAWN"}
"""Overall statuses that say that nobody has taken part, whatever the planned dates say."""


def no_baseline() -> None:
    """Stand for a first record that is not known."""


@dataclass(frozen=True)
class Comparison:
    """The two records, the day the change was seen, and what gives the first record of the trial."""

    before: Record
    after: Record
    on: date
    read_baseline: Callable[[], Record | None] = no_baseline

    @cached_property
    def baseline(self) -> Record | None:
        """The first record of the trial; None where it is not known."""
        return self.read_baseline()

    @cached_property
    def timing(self) -> Timing | None:
        """Where in the trial's life the change was posted; None where the former record has no date to tell."""
        return place_in_time(self.before, self.after, self.on)

    @cached_property
    def _when(self) -> str:
        """The timing as a sentence ends; empty where it is not known.

        A primary completion date that is moved across the day of posting is named: the reader sees the new one.
        """
        if self.timing is None:
            return ""
        if self.before.has_results:
            return ", after results were posted"
        former, present = (each.primary_completion_date for each in (self.before, self.after))
        if self.timing in _BY_COMPLETION and former and former.parts:
            order = "before" if self.timing is Timing.ENROLLING else "after"
            if order != _order(posted_on(self.before, self.after, self.on), present):
                return f", posted {order} the former primary completion date, {cut(former.text, 40)}"
        if self.timing is Timing.ENROLLING and (not former or _is_over(self.after)):
            return f", {'before the primary completion date' if former else 'after the start date'}"
        return f", {self.timing.words}"

    def difference(
        self,
        field: str,
        kind: str | None = None,
        *,
        before: object,
        after: object,
        summary: str,
        measure: Mapping[str, int | float] | None = None,
    ) -> Difference:
        """A difference in *field*, of *kind* or else the field's only one.

        Values may be the model's, and the sentence gains its place in time.
        """
        kind = kind or FIELDS[field].kind or ""
        if unread := self._unread(field, before, after):
            kind, summary = _STILL_THERE.get(kind, kind), unread
        topic = KINDS[kind].topic
        summary = cut(summary, _LONGEST)
        if topic in TIMED and self._when:
            summary = f"{summary.removesuffix('.')}{self._when}."
        return Difference(
            field=field,
            path=self.after.paths.get(field) or self.before.paths.get(field) or field,
            kind=kind,
            topic=topic,
            before=to_json(before),
            after=to_json(after),
            summary=summary,
            measure=measure,
            timing=self.timing,
            origin=KINDS[kind].origin,
            words=own_words(before, after),
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
    """What a record has in place of *field* that no parser could read, quoted; None if there is nothing."""
    node: Json = record.rest
    for step in record.paths.get(field, "").split("."):
        node = node.get(step) if isinstance(node, dict) else None
    if isinstance(node, dict):  # its type can be read, and was
        node = node.get("date", node.get("count", node))
    if node in (None, "", [], {}):
        return None
    return quote(str(node), 60)


def _order(posted: date, completion: PartialDate | None) -> str:
    latest = _latest(completion) if completion else None
    return "after" if latest and latest < posted else "before"


def _is_over(record: Record) -> bool:
    return record.overall_status is not None and record.overall_status.code in _OVER


def place_in_time(before: Record, after: Record, seen_on: date) -> Timing | None:
    """Place the day on which the registry posted *after* in the life of the trial, by the dates of *before*.

    Results that come with the change count, and so does a registry that says that nobody has taken part: planned dates
    pass by themselves. None where *before* has no date to tell.
    """
    if _has_submitted_results(before) or _has_submitted_results(after):
        return Timing.AFTER_RESULTS
    if after.overall_status and after.overall_status.code in _NOT_STARTED:
        return Timing.BEFORE_START
    posted = posted_on(before, after, seen_on)
    completion = _latest(before.primary_completion_date) if before.primary_completion_date else None
    if completion and completion < posted:
        return Timing.AFTER_PRIMARY_COMPLETION
    start = before.start_date.earliest if before.start_date else None
    if start is None:
        return None
    return Timing.ENROLLING if start <= posted else Timing.BEFORE_START


def _has_submitted_results(record: Record) -> bool:
    given = record.has_results or record.results_first_submit_date
    return bool(given) or any(step.type == "RELEASE" for step in record.submissions)


def posted_on(before: Record, after: Record, seen_on: date) -> date:
    """The day on which the registry posted *after*, or else the sponsor submitted it; *seen_on* where it gives none.

    What the registry changes by itself moves neither day: it was posted when it was seen, as far as anybody knows. No
    record was posted after it was seen.
    """
    for name in ("last_update_post_date", "last_update_submit_date"):
        former, present = fold(getattr(before, name)), fold(getattr(after, name))
        if present and present != former and (day := PartialDate(present)).precision == "day" and day.earliest:
            return min(day.earliest, seen_on)
    return seen_on


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
