"""The trials of a sponsor, of a condition or of a watch: how they stand, how far they slipped, and what is due next.

Everything comes from the index, and so from what was indexed last: see `monitor.watching.indexing`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from heapq import nsmallest
from statistics import median

from sqlalchemy import Connection

from monitor.changes.plans import KEY_DATES
from monitor.changes.sentences import STOPPED_EARLY
from monitor.changes.watch_names import unnamed
from monitor.errors import NothingFound
from monitor.model import Event, PartialDate
from monitor.render.words import code_label
from monitor.storage import changed, events, settlements, trial_plans, watches
from monitor.storage.changed import ChangeFilter
from monitor.storage.found import TrialFilter
from monitor.storage.pages import Within
from monitor.storage.settlements import Settled
from monitor.storage.terms import Term
from monitor.storage.trial_index import IndexedTrial
from monitor.storage.trial_plans import PlannedTrial, Standing
from monitor.storage.watches import Watch
from monitor.text import shortened

LATELY = timedelta(days=90)
AT_ONCE, MOST_CHANGES, MOST_DUE = 50, 5, 6
MOST_COUNTED = 20_000
"""Trials: of a watch of a whole registry, only what changed is shown, and the trials a page at a time."""


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
class SetFigures:
    """Some trials in figures, which takes as long as to look at each of them; of too many, nothing is counted."""

    trials: int
    """How many there are, MOST_COUNTED at most."""
    is_whole: bool
    """Whether these are all."""
    by_status: Mapping[tuple[str, str], int]
    """How many there are by the code of each status and words for it, the most frequent first."""
    dated: int
    """How many have a slip of their primary completion."""
    median_slip: int | None
    """Half of them slipped by more days; None where none has a date."""
    first: Sequence[int]
    """The numbers of the first ones, the one that slipped farthest first and those without a date last."""
    due: Sequence[tuple[str, int, str]]
    """The next key dates: the last day that each allows, whose, and which it is."""

    @property
    def recruiting(self) -> int:
        """How many recruit."""
        return self._with("RECRUITING")

    @property
    def stopped(self) -> int:
        """How many were terminated, or withdrawn before they began."""
        return self._with(*STOPPED_EARLY)

    def _with(self, *codes: str) -> int:
        return sum(number for (code, _), number in self.by_status.items() if code in codes)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialSet:
    """What there is to say of some trials."""

    figures: SetFigures
    listed: Sequence[PlannedTrial]
    """The first of them, one more than AT_ONCE where there are more."""
    changes_lately: int
    lately: Sequence[SeenChange]
    """The newest of these, a few."""
    due: Sequence[DueDate]
    """The next key dates, a few."""


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


def set_figures(tx: Connection, wanted: TrialFilter, *, today: date) -> SetFigures:
    """These trials in figures."""
    found = trial_plans.standings(tx, wanted, limit=MOST_COUNTED + 1)
    if len(found) > MOST_COUNTED:
        return SetFigures(
            trials=MOST_COUNTED, is_whole=False, by_status={}, dated=0, median_slip=None, first=(), due=()
        )
    slips = [each.slip for each in found if each.slip is not None]
    first = nsmallest(AT_ONCE + 1, ((each.slip is None, -(each.slip or 0), each.number) for each in found))
    return SetFigures(
        trials=len(found),
        is_whole=True,
        by_status=_by_status(found),
        dated=len(slips),
        median_slip=round(median(slips)) if slips else None,
        first=[number for _, _, number in first],
        due=_due(found, today),
    )


def _by_status(found: Sequence[Standing]) -> dict[tuple[str, str], int]:
    words = {each.status: each.words or code_label(each.status) for each in found if each.status}
    counted = Counter(each.status for each in found if each.status)
    return {(code, words[code]): number for code, number in counted.most_common()}


def trial_set(
    tx: Connection,
    wanted: TrialFilter,
    *,
    now: datetime,
    names_watches: bool = True,
    figures: SetFigures | None = None,
) -> TrialSet:
    """What there is to say of these trials; without *names_watches*, as anybody may read it.

    Their *figures* may be some a short while ago; without any they are counted.
    """
    figures = figures or set_figures(tx, wanted, today=now.date())
    known = trial_plans.numbered(tx, {*figures.first, *(number for _, number, _ in figures.due)})
    late = ChangeFilter(since=(now - LATELY).date(), trials=wanted)
    counted = changed.matrix(tx, late)
    return TrialSet(
        figures=figures,
        listed=[known[number] for number in figures.first if number in known]
        if figures.is_whole
        else trial_plans.page(tx, wanted, after=None, limit=AT_ONCE + 1),
        changes_lately=sum(number for (weight, _), number in counted.items() if weight >= late.least),
        lately=_lately(tx, late, names_watches=names_watches),
        due=[
            DueDate(known[number].trial, field, written, date.fromisoformat(day))
            for day, number, field in figures.due
            if number in known and (written := known[number].plan.date(field))
        ],
    )


def _lately(tx: Connection, late: ChangeFilter, *, names_watches: bool) -> list[SeenChange]:
    found = changed.page(tx, late, after=None, limit=MOST_CHANGES)
    ids = [each.event_id for each in found]
    known = events.known(tx, ids, damaged={})
    if not names_watches:
        known = {key: replace(event, changes=unnamed(event.changes)) for key, event in known.items()}
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


def _due(found: Sequence[Standing], today: date) -> list[tuple[str, int, str]]:
    """The next key dates: the last day that each allows, whose, and which it is."""
    from_now = today.isoformat()
    coming = (
        (day, each.number, field)
        for each in found
        for field, day in zip(KEY_DATES, each.due, strict=True)
        if day and day >= from_now
    )
    return nsmallest(MOST_DUE, coming)


def watch_of(tx: Connection, number: str) -> Watch:
    """The watch of that number. NothingFound where there is none."""
    if not number.isdecimal() or not number.isascii() or len(number) >= watches.LONGEST_NUMBER:
        raise NothingFound(f"there is no watch “{shortened(number, 40)}”: the list of watches has those that there are")
    return watches.get(tx, int(number))
