"""How the plan of a trial moved: every value that its status, sponsor and key dates had, and when each was seen. Pure.

A plan is folded from the first record of a trial and the changes since, so that the documents between need not be read
again. It says when something was *seen*, which is not when the registry posted it.
"""

from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache

from monitor.changes.diff.dates import distance
from monitor.changes.diff.values import from_json, to_json
from monitor.changes.sentences import STOPPED
from monitor.model import Change, Json, PartialDate, Record

KEY_DATES = ("start_date", "primary_completion_date", "completion_date")
FOLLOWED = (*KEY_DATES, "overall_status", "lead_sponsor")
"""The fields that a plan follows."""
_LAST_YEAR = 9998
"""The day after a last day has to exist, too."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a field said from a moment on, as JSON; None where it said nothing."""

    seen_at: datetime
    value: Json


@dataclass(frozen=True, slots=True)
class Plan:
    """By field, its values in the order in which they were seen. A field that never said anything has none."""

    steps: Mapping[str, tuple[Step, ...]]

    def dates(self, field: str) -> list[tuple[datetime, PartialDate | None]]:
        """When each value of a key date was seen, and the value."""
        return [(step.seen_at, _date(step.value)) for step in self.steps.get(field, ())]

    def date(self, field: str) -> PartialDate | None:
        """What a key date says now."""
        steps = self.steps.get(field)
        return _date(steps[-1].value) if steps else None

    def first(self, field: str) -> PartialDate | None:
        """What a key date said when it said anything for the first time."""
        return next((found for _, found in self.dates(field) if found), None)

    def slip(self, field: str) -> int | None:
        """Days from what a key date said first to what it says now; None where one of them is no date."""
        moved = distance(self.first(field), self.date(field))
        return moved.days if moved else None

    def now(self, field: str) -> Json:
        """What a field says now; None where it says nothing."""
        steps = self.steps.get(field)
        return steps[-1].value if steps else None

    def without(self, moments: Collection[datetime]) -> "Plan":
        """The plan without what was seen at these moments; the same one where there are none."""
        if not moments:
            return self
        kept = {
            field: tuple(step for step in steps if step.seen_at not in moments) for field, steps in self.steps.items()
        }
        return Plan({field: steps for field, steps in kept.items() if steps})

    @property
    def is_stopped(self) -> bool:
        """Whether the trial was terminated, suspended or withdrawn."""
        return self.now("overall_status") in STOPPED

    @property
    def began_at(self) -> datetime | None:
        """When the trial was seen first."""
        return min((steps[0].seen_at for steps in self.steps.values()), default=None)

    def after(self, seen_at: datetime, changes: Iterable[Change]) -> "Plan":
        """The plan after these changes, which were seen together; the same one where none of them is of the plan."""
        steps = dict(self.steps)
        for change in changes:
            if change.field in FOLLOWED:
                former = steps.get(change.field, ())
                if not former and change.before is not None:
                    former = (Step(self.began_at or seen_at, change.before),)
                steps[change.field] = (*former, Step(seen_at, change.after))
        return Plan(steps)

    def agreeing(self, record: Record, seen_at: datetime) -> "Plan":
        """The plan that ends as this record says: what a change that was lost would have told was seen with it."""
        steps = dict(self.steps)
        for field in FOLLOWED:
            value = to_json(getattr(record, field))
            if field not in record.silent and value != self.now(field):
                steps[field] = (*steps.get(field, ()), Step(seen_at, value))
        return Plan(steps)

    def as_json(self) -> dict[str, Json]:
        """`{"start_date": [["2026-01-14T09:00:00+00:00", {"date": "2026-03", "type": "ESTIMATED"}], …], …}`."""
        return {
            field: [[step.seen_at.isoformat(), step.value] for step in steps] for field, steps in self.steps.items()
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Json]) -> "Plan":
        """A plan as it was stored. Raise TypeError or ValueError for what is none."""
        return cls({field: tuple(_step(*each) for each in steps) for field, steps in data.items()})


def plan_of(record: Record, seen_at: datetime) -> Plan:
    """The plan of a trial by one record of it."""
    values = {field: to_json(getattr(record, field)) for field in FOLLOWED}
    return Plan({field: (Step(seen_at, value),) for field, value in values.items() if value is not None})


def plan_through(records: Sequence[tuple[datetime, Record]]) -> Plan:
    """The plan by what was known of a trial at each of these moments, in order."""
    steps: dict[str, tuple[Step, ...]] = {}
    for seen_at, record in records:
        for field, (step,) in plan_of(record, seen_at).steps.items():
            former = steps.get(field, ())
            if not former or former[-1].value != step.value:
                steps[field] = (*former, step)
    return Plan(steps)


def last_day(written: PartialDate) -> date | None:
    """The last day that a date allows; None where it is no date, or lies behind what calendars can hold."""
    match written.parts:
        case (year, *_) if year > _LAST_YEAR:
            return None
        case (year,):
            return date(year, 12, 31)
        case (year, month):
            return date(year, month, monthrange(year, month)[1])
        case (year, month, day):
            return date(year, month, day)
    return None


def _step(seen_at: str, value: Json) -> Step:
    return Step(_moment(seen_at), value)


@lru_cache(maxsize=4096)
def _moment(written: str) -> datetime:
    """What is seen in one look is written alike for all that it saw."""
    at = datetime.fromisoformat(written)
    if at.tzinfo is None:
        raise ValueError(f"{written} has no zone")
    return at.astimezone(UTC)


def _date(value: Json) -> PartialDate | None:
    found = from_json("start_date", value) if isinstance(value, dict) and value.get("date") else None
    return found if isinstance(found, PartialDate) else None
