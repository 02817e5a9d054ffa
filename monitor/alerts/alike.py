"""Whether so many trials changed alike that it is the registry's doing and not the sponsors'. Pure.

A sponsor who changes a record dates the update. So the trials in which one field changed are weighed in groups:

    updated on the same day     too many for one day, if more than MOST_ALIKE of all trials
    not updated at all          too many for one build of the data, if more than MOST_ALIKE of all trials, and
                                EACH_FURTHER more for each further build that a trial was not checked in

and a group of fewer than AT_LEAST is never too many. Where one is, those that were not updated at all go with it.

In an ordinary build a sponsor changes one trial in 500: 28 of 400 within two weeks have update dates on ten days. A
registry that renames a code changes no update dates, or sets them all to the day of its build. What was found after an
outage, or by somebody who looks once a week, is no different.

Administrative changes don't count, nor do trials that are new, nor that some left a watch, nor what follows from the
dates in a record: many trials end with a year.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from monitor.changes.kinds import KINDS
from monitor.model import Change, ChangeOrigin, Event, Significance
from monitor.model.stamps import built_at

MOST_ALIKE = 0.05
AT_LEAST = 20
EACH_FURTHER = 0.01
MOST_OVER_TIME = 0.5
"""Half of all trials are too many for any time."""
_WEEKEND = 5
_UPDATES = ("last_update_submit_date", "last_update_post_date")
"""The sponsor's own word first: a registry that was away posts two weeks of updates on one day."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An event, and how many builds of the registry's data its trial had not been checked in."""

    event: Event
    builds: int = 1


def too_many_alike(seen: Iterable[Seen], covered: int) -> Mapping[str, frozenset[str]]:
    """The fields that changed in too many of the *covered* trials; of each, the ids of those events. The most first."""
    groups: defaultdict[tuple[str, str | None], list[Seen]] = defaultdict(list)
    for each in seen:
        updated_on = update_of(each.event)
        for field in weighty_fields(each.event):
            groups[field, updated_on].append(each)
    alike: defaultdict[str, set[str]] = defaultdict(set)
    for (field, updated_on), group in groups.items():
        if _are_too_many(group, covered, dated=updated_on is not None):
            alike[field] |= {each.event.id for each in (*group, *groups.get((field, None), ()))}
    return {field: frozenset(alike[field]) for field in sorted(alike, key=lambda field: (-len(alike[field]), field))}


def _are_too_many(group: Sequence[Seen], covered: int, *, dated: bool) -> bool:
    weights: defaultdict[str, float] = defaultdict(float)
    for each in group:
        weight = 1.0 if dated else MOST_ALIKE / _share(each.builds)
        weights[each.event.trial_id] = max(weights[each.event.trial_id], weight)
    # Rounded, as 28 times a seventh of 0.25 is a little more than 1.
    return len(weights) >= AT_LEAST and round(sum(weights.values()), 6) > MOST_ALIKE * covered


def _share(builds: int) -> float:
    """The share of all trials that may change alike, undated, in so many builds."""
    return min(MOST_ALIKE + EACH_FURTHER * (max(builds, 1) - 1), MOST_OVER_TIME)


def weighty_fields(event: Event) -> set[str]:
    """The fields that count; none of a trial that is new."""
    if any(change.kind == "trial.new" for change in event.changes):
        return set()
    return {
        change.field
        for change in event.changes
        if change.significance is not Significance.ADMINISTRATIVE
        and change.kind != "trial.left"
        and not _by_date(change)
    }


def _by_date(change: Change) -> bool:
    """Whether it follows from dates that are in the record; a registry that computes a status may still be wrong."""
    return change.origin is ChangeOrigin.CALENDAR and KINDS[change.kind].origin is ChangeOrigin.EDIT


def update_of(event: Event) -> str | None:
    """The day on which the record says that it was updated for this event; None where it does not say so."""
    days = {change.field: change for change in event.changes if change.kind == "updated"}
    for field in _UPDATES:
        change = days.get(field)
        if change and change.after and str(change.after) > str(change.before or ""):
            return str(change.after)
    return None


def builds_between(
    version: str | None, latest: str | None, *, looked_at: datetime | None = None, now: datetime | None = None
) -> int:
    """How many builds of a registry's data there were from one version to another, or from one look to the next.

    One a weekday; at least one, also where nothing is known. A registry that stood still while nobody looked has
    built as often as one that did not, for all that its next build holds.
    """
    of_versions = _weekdays(_day(version), _day(latest))
    of_looks = _weekdays(looked_at and looked_at.date(), now and now.date())
    return max(of_versions, of_looks, 1)


def _day(version: str | None) -> date | None:
    built = built_at(version) if version else None
    return built.date() if built else None


@lru_cache(maxsize=64)
def _weekdays(since: date | None, until: date | None) -> int:
    """The weekdays after *since*, up to *until*; the trials of a pass share a few such spans."""
    if since is None or until is None or until <= since:
        return 0
    weeks, days = divmod((until - since).days, 7)
    return 5 * weeks + sum((since + timedelta(days=day)).weekday() < _WEEKEND for day in range(1, days + 1))
