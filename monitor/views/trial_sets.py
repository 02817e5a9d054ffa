"""The trials of a sponsor, of a condition or of a watch: how they stand, how far they slipped, and what is due next.

Everything comes from the index, and so from what was indexed last: see `monitor.watching.indexing`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from sqlalchemy import Connection

from monitor.changes.plans import KEY_DATES, Plan, last_day
from monitor.errors import NothingFound
from monitor.model import Event, PartialDate
from monitor.storage import changed, events, settlements, trial_lists, trial_plans, watches
from monitor.storage.changed import ChangeFilter
from monitor.storage.found import TrialFilter
from monitor.storage.pages import Within
from monitor.storage.settlements import Settled
from monitor.storage.terms import Term
from monitor.storage.trial_index import IndexedTrial
from monitor.storage.trial_plans import PlannedTrial
from monitor.storage.watches import Watch
from monitor.text import shortened

LATELY = timedelta(days=90)
AT_ONCE, MOST_CHANGES, MOST_DUE = 50, 5, 6
STOPPED_EARLY = frozenset(("TERMINATED", "WITHDRAWN"))


@dataclass(frozen=True, slots=True)
class DueDate:
    """A key date that is still to come: *day* is the last one that it allows."""

    trial: IndexedTrial
    field: str
    written: PartialDate
    day: date


@dataclass(frozen=True, slots=True)
class SeenChange:
    """An event of late; None of it where it cannot be read."""

    id: str
    trial_id: str
    snapshot: int
    day: str
    event: Event | None
    settled: Settled | None
    """Why nobody was told of it yet; None where whoever it concerned was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialSet:
    """What there is to say of some trials."""

    trials: int
    by_status: Mapping[tuple[str, str], int]
    """By the code and the words of each status, the most frequent first."""
    slips: Sequence[int]
    """Days by which the primary completion of each moved that has one, in order."""
    listed: Sequence[PlannedTrial]
    """AT_ONCE of them, the one that slipped farthest first and those without a date last."""
    changes_lately: int
    lately: Sequence[SeenChange]
    """The newest of these, a few."""
    due: Sequence[DueDate]
    """The next key dates, a few."""

    @property
    def median_slip(self) -> int | None:
        """Half of them slipped by more days; None where none has a date."""
        return round(median(self.slips)) if self.slips else None

    @property
    def recruiting(self) -> int:
        """How many recruit."""
        return self.count("RECRUITING")

    @property
    def stopped(self) -> int:
        """How many were terminated, or withdrawn before they began."""
        return self.count(*STOPPED_EARLY)

    def count(self, *codes: str) -> int:
        """How many have one of these statuses."""
        return sum(number for (code, _), number in self.by_status.items() if code in codes)


def of_sponsor(term: Term) -> TrialFilter:
    """The trials that a sponsor leads."""
    return TrialFilter(sponsor=term.key)


def of_condition(term: Term) -> TrialFilter:
    """The trials of a condition."""
    return TrialFilter(condition=term.key)


def of_watch(watch: Watch) -> TrialFilter:
    """The trials that a watch holds."""
    whole = watch.looks_for.registry if watch.looks_for and watch.looks_for.search.is_everything else None
    return TrialFilter(within=Within(watches=(watch.id,), registry=whole))


def trial_set(tx: Connection, wanted: TrialFilter, *, now: datetime) -> TrialSet:
    """What there is to say of these trials."""
    late = ChangeFilter(since=(now - LATELY).date(), trials=wanted)
    counted = changed.matrix(tx, late)
    return TrialSet(
        trials=trial_lists.count(tx, wanted),
        by_status=trial_lists.counts_by_status(tx, wanted),
        slips=trial_plans.slips(tx, wanted),
        listed=trial_plans.page(tx, wanted, after=None, limit=AT_ONCE),
        changes_lately=sum(number for (weight, _), number in counted.items() if weight >= late.least),
        lately=_lately(tx, late),
        due=_due(tx, wanted, now.date()),
    )


def _lately(tx: Connection, late: ChangeFilter) -> list[SeenChange]:
    found = changed.page(tx, late, after=None, limit=MOST_CHANGES)
    ids = [each.event_id for each in found]
    known = events.known(tx, ids, damaged={})
    settled = settlements.known(tx, ids)
    return [
        SeenChange(
            each.event_id,
            each.trial_id,
            each.snapshot,
            each.day,
            known.get(each.event_id),
            settled.get(each.event_id),
        )
        for each in found
    ]


def _due(tx: Connection, wanted: TrialFilter, today: date) -> list[DueDate]:
    found = []
    for field in KEY_DATES:
        for each in trial_plans.dated_from(tx, wanted, field, f"{today:%Y-%m}", limit=2 * MOST_DUE):
            written = each.plan.date(field)
            day = last_day(written) if written else None
            if written and day and day >= today and not ended(each.plan):
                found.append(DueDate(each.trial, field, written, day))
    return sorted(found, key=lambda due: (due.day, due.trial.trial_id, due.field))[:MOST_DUE]


def ended(plan: Plan) -> bool:
    """Whether the trial was terminated or withdrawn, so that its dates to come are void."""
    return plan.now("overall_status") in STOPPED_EARLY


def watch_of(tx: Connection, number: str) -> Watch:
    """The watch of that number. NothingFound where there is none."""
    if not number.isdecimal() or not number.isascii() or len(number) >= watches.LONGEST_NUMBER:
        raise NothingFound(f"there is no watch “{shortened(number, 40)}”: the list of watches has those that there are")
    return watches.get(tx, int(number))
