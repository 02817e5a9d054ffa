"""The trials of a sponsor, of a condition or of a watch: how they stand, how far they slipped, and what is due next.

Everything comes from the index, and so from what was indexed last: see `monitor.watching.indexing`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from monitor.changes.sentences import STOPPED_EARLY
from monitor.changes.watch_names import unnamed
from monitor.errors import NothingFound
from monitor.model import Event, PartialDate
from monitor.storage import changed, events, settlements, trial_lists, trial_plans, watches
from monitor.storage.changed import ChangeFilter
from monitor.storage.found import TrialFilter, few, term_of
from monitor.storage.pages import Key, Within
from monitor.storage.settlements import Settled
from monitor.storage.terms import Term
from monitor.storage.trial_index import IndexedTrial
from monitor.storage.trial_plans import Due, PlannedTrial
from monitor.storage.watches import Watch
from monitor.text import shortened
from monitor.views.finding_trials import counts_by_status

LATELY = timedelta(days=90)
AT_ONCE, MOST_CHANGES, MOST_DUE = 50, 5, 6


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
    """Some trials in figures."""

    trials: int
    """How many there are."""
    by_status: Mapping[tuple[str, str], int]
    """How many there are by the code of each status and words for it, the most frequent first."""
    dated: int
    """How many have a slip of their primary completion."""
    median_slip: int | None
    """Half of them slipped by more days; None where none has a date."""
    first: Sequence[int]
    """The numbers of the first ones, the one that slipped farthest first and those without a date last."""
    due: Sequence[Due]
    """The next key dates."""
    changes_lately: int
    """How many changes they had of LATELY that were no administrative ones."""

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
    lately: Sequence[SeenChange]
    """The newest changes of LATELY, a few."""
    due: Sequence[DueDate]
    """The next key dates, a few."""


def of_sponsor(term: Term) -> TrialFilter:
    """The trials that a sponsor leads."""
    return TrialFilter(sponsor=term.key, at_most=term.trials)


def of_condition(term: Term) -> TrialFilter:
    """The trials of a condition."""
    return TrialFilter(condition=term.key, at_most=term.trials)


def of_watch(watch: Watch) -> TrialFilter:
    """The trials that a watch holds."""
    whole = watch.looks_for.registry if watch.looks_for and watch.looks_for.search.is_everything else None
    return TrialFilter(within=Within(watches=(watch.id,), registry=whole))


def set_figures(tx: Connection, wanted: TrialFilter, *, today: date) -> SetFigures:
    """These trials, which are of one term, in figures."""
    term = _term(tx, wanted)
    counts = trial_lists.by_facet(tx, wanted) if term else {}
    slips = trial_plans.slips(tx, term) if term else trial_plans.NO_SLIPS
    late = _lately_of(wanted, today)
    counted = changed.matrix(tx, late) if term else {}
    return SetFigures(
        trials=sum(counts.values()),
        by_status=counts_by_status(counts),
        dated=slips.dated,
        median_slip=slips.median,
        first=trial_plans.first(tx, term, limit=AT_ONCE + 1) if term else (),
        due=trial_plans.due(tx, term, today.isoformat(), of_few=few(tx, wanted), limit=MOST_DUE) if term else (),
        changes_lately=sum(number for (weight, _), number in counted.items() if weight >= late.least),
    )


def set_page(tx: Connection, wanted: TrialFilter, *, after: Key) -> Sequence[PlannedTrial]:
    """The trials behind that one, one more than AT_ONCE where there are more."""
    term = _term(tx, wanted)
    return trial_plans.page(tx, term, after=after, limit=AT_ONCE + 1) if term else ()


def _term(tx: Connection, wanted: TrialFilter) -> int | None:
    """The term that they all have; None where no trial ever had it."""
    [(key,)] = wanted.terms
    return term_of(tx, key)


def _lately_of(wanted: TrialFilter, today: date) -> ChangeFilter:
    return ChangeFilter(since=today - LATELY, trials=wanted)


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
    known = trial_plans.numbered(tx, {*figures.first, *(each.trial for each in figures.due)})
    return TrialSet(
        figures=figures,
        listed=[known[number] for number in figures.first if number in known],
        lately=_lately(tx, _lately_of(wanted, now.date()), names_watches=names_watches),
        due=[
            DueDate(known[each.trial].trial, each.field, written, date.fromisoformat(each.day))
            for each in figures.due
            if each.trial in known and (written := known[each.trial].plan.date(each.field))
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


def watch_of(tx: Connection, number: str) -> Watch:
    """The watch of that number. NothingFound where there is none."""
    if not number.isdecimal() or not number.isascii() or len(number) >= watches.LONGEST_NUMBER:
        raise NothingFound(f"there is no watch “{shortened(number, 40)}”: the list of watches has those that there are")
    return watches.get(tx, int(number))
