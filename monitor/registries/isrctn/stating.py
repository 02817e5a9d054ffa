"""How a trial stands on a day. Pure.

The registry stores no status: unless somebody said how it stands, its page goes by the dates. So the status moves with
the calendar, without any edit.

| what the record says                     | status                                    |
|------------------------------------------|-------------------------------------------|
| overall or recruitment status overridden | that, such as Stopped or Suspended        |
| recruitment start overridden             | Anticipated: not yet recruiting           |
| the overall end has come                 | Completed                                 |
| recruitment starts later                 | Not yet recruiting                        |
| recruitment's end has come               | No longer recruiting                      |
| recruitment has started                  | Recruiting                                |
| none of these dates                      | unknown                                   |
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from monitor.model import Coded
from monitor.registries.isrctn.taking import day_in, text_of
from monitor.registries.taking import Node, object_at

COMPLETED = Coded("COMPLETED", "Completed")
NOT_YET = Coded("NOT_YET_RECRUITING", "Not yet recruiting")
CLOSED = Coded("ACTIVE_NOT_RECRUITING", "No longer recruiting")
RECRUITING = Coded("RECRUITING", "Recruiting")
NOT_SAID = Coded("UNKNOWN", "Unknown")

STATUSES: Mapping[str, Coded] = MappingProxyType(
    {
        "stopped": Coded("TERMINATED", "Stopped"),
        "suspended": Coded("SUSPENDED", "Suspended"),
        "anticipated": Coded("NOT_YET_RECRUITING", "Anticipated"),
        "ongoing": Coded("UNKNOWN", "Ongoing"),
        **{status.words.lower(): status for status in (COMPLETED, NOT_YET, CLOSED, RECRUITING)},
    }
)
"""By the words that override one."""
OVERRIDES = (
    ("trialDesign", "overallStatusOverride"),
    ("participants", "recruitmentStatusOverride"),
    ("participants", "recruitmentStartStatusOverride"),
)
"""The first that says something counts."""
_DATES = (
    ("trialDesign", "overallEndDate"),
    ("participants", "recruitmentStart"),
    ("participants", "recruitmentEnd"),
)


def overriding(trial: Node) -> str | None:
    """The words that override the status, of the first field that has some."""
    for section, name in OVERRIDES:
        if words := text_of(object_at(trial, section).get(name)):
            return words
    return None


def status_on(trial: Node, day: date) -> Coded:
    """How the trial stands on *day*."""
    if words := overriding(trial):
        return STATUSES.get(" ".join(words.lower().split()), Coded("UNKNOWN", words))
    ends, starts, closes = _dates(trial)
    if ends and ends <= day:
        return COMPLETED
    if starts and starts > day:
        return NOT_YET
    if closes and closes <= day:
        return CLOSED
    return RECRUITING if starts or closes else NOT_SAID


def next_move(trial: Node, after: date) -> date | None:
    """The first day after *after* on which the trial stands otherwise than then; None where it goes on for good."""
    now = status_on(trial, after)
    days = sorted(day for day in _dates(trial) if day and day > after)
    return next((day for day in days if status_on(trial, day) != now), None)


def _dates(trial: Node) -> tuple[date | None, date | None, date | None]:
    ends, starts, closes = (day_in(object_at(trial, section).get(name)) for section, name in _DATES)
    return ends, starts, closes
