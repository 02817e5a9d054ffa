"""When an outcome changed, by the dates of the former record on the day of the edit. Pure."""

from datetime import date
from enum import StrEnum

from monitor.insight.obligations.dates import last_day
from monitor.model.record import PartialDate


class Placed(StrEnum):
    """Where in a trial's life an edit falls."""

    BEFORE_START = "before_start"
    RECRUITING = "recruiting"
    AFTER_PRIMARY_COMPLETION = "after_primary_completion"
    AFTER_RESULTS = "after_results"


def placed(
    on: date, *, start: PartialDate | None, primary_completion: PartialDate | None, results: PartialDate | None
) -> Placed | None:
    """The place of an edit of that day; None where the record has no date of the start.

    A month has begun on its first day and has passed with its last one.
    """
    sent = results.earliest if results else None
    if sent and sent <= on:
        return Placed.AFTER_RESULTS
    completed = last_day(primary_completion)
    if completed and on > completed:
        return Placed.AFTER_PRIMARY_COMPLETION
    started = start.earliest if start else None
    if started is None:
        return None
    return Placed.BEFORE_START if on < started else Placed.RECRUITING
