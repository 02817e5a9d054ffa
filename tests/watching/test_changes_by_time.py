"""Changes of one day, found by the index in the order of their moments, and by a part of the day."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from monitor.errors import ConfigurationInvalid
from monitor.model import Settlement, Significance
from monitor.storage import changed, settlements
from monitor.storage.changed import ChangeFilter, FoundEvent, Place, of_span
from monitor.storage.found import TrialFilter
from monitor.storage.pages import Span, Within
from tests.program import WITHDRAWN_LATER, Trying
from tests.studies import titled, together, verified_a_year_later

EVERYTHING = ChangeFilter(least=Significance.ADMINISTRATIVE)


def a_busy_day(program: Trying) -> tuple[list[str], datetime]:
    """A withdrawal, then four new titles, a minute after each other; when the withdrawal was seen."""
    ids = [each for each in sorted(program.sandbox.trial_ids()) if each != WITHDRAWN_LATER][:4]
    program.watch(WITHDRAWN_LATER, *ids)
    program.check()
    program.clock.advance(days=1)
    program.sandbox.next_state(WITHDRAWN_LATER)
    program.check()
    withdrawn_at = program.clock()
    for number, trial_id in enumerate(ids):
        program.sandbox.edit(trial_id, together(titled(f"Title {number}"), verified_a_year_later))
        program.clock.advance(minutes=1)
        program.check()
    return [*reversed(ids), WITHDRAWN_LATER], withdrawn_at


def place_of(found: FoundEvent) -> Place:
    return Place(found.day, (int(found.significance), found.registry, found.trial_id, found.snapshot))


def test_the_newest_of_a_day_come_first_whatever_weighs_more(program: Trying) -> None:
    ids, _ = a_busy_day(program)
    one_by_one: list[str] = []
    with program.store.read() as tx:
        found = changed.page(tx, EVERYTHING, after=None, limit=100, by_time=True)
        by_weight = changed.page(tx, EVERYTHING, after=None, limit=100)
        after = None
        while part := changed.page(tx, EVERYTHING, after=after, limit=1, by_time=True):
            one_by_one.append(part[0].trial_id)
            after = place_of(part[0])

    assert [each.trial_id for each in found] == one_by_one == ids
    assert by_weight[0].trial_id == WITHDRAWN_LATER


def test_a_part_of_a_day_is_chosen_before_a_page_is_filled(program: Trying) -> None:
    ids, withdrawn_at = a_busy_day(program)
    later = Span(withdrawn_at + timedelta(seconds=30))
    earlier = Span(withdrawn_at - timedelta(hours=30), withdrawn_at + timedelta(seconds=30))
    of_trials = replace(EVERYTHING, trials=TrialFilter(within=Within(trials=(("clinicaltrials.gov", ids[0]),))))

    def of(span: Span, wanted: ChangeFilter = EVERYTHING, *, limit: int = 100) -> set[str]:
        with program.store.read() as tx:
            return {each.trial_id for each in changed.page(tx, of_span(wanted, span), after=None, limit=limit)}

    assert of(later) == set(ids) - {WITHDRAWN_LATER}
    assert of(earlier) == {WITHDRAWN_LATER}
    assert of(earlier, limit=1) == {WITHDRAWN_LATER}
    assert of(later, limit=1) <= set(ids[:-1])
    assert of(later, of_trials) == {ids[0]}
    assert of(earlier, of_trials) == set()


def test_a_place_behind_a_trial_that_is_not_there_is_refused(program: Trying) -> None:
    a_busy_day(program)
    nowhere = Place("2026-11-22", (1, "clinicaltrials.gov", "NCT00000000", 2))
    with program.store.read() as tx, pytest.raises(ConfigurationInvalid, match="NCT00000000"):
        changed.page(tx, EVERYTHING, after=nowhere, limit=1, by_time=True)


def test_what_came_after_an_event_is_counted_by_what_is_asked_for_once_it_is_told(program: Trying) -> None:
    """As an open page hears it; and a feed has the same."""
    ids, _ = a_busy_day(program)
    told = replace(EVERYTHING, told=True)
    titles = replace(told, topics=("title",))
    withdrawal, held, *_ = (f"clinicaltrials.gov/{each}/2" for each in reversed(ids))
    with program.store.begin() as tx:
        settlements.forget(tx, [f"clinicaltrials.gov/{each}/2" for each in ids])
        settlements.pend(tx, "clinicaltrials.gov", {held: 1})
        settlements.record(tx, [held], Settlement.HELD, at=None)
    with program.store.read() as tx:
        everything = changed.newer(tx, titles, than=None, most=100)
        later = changed.newer(tx, titles, than=withdrawal, most=100)
        of_two = changed.newer(tx, titles, than=withdrawal, most=2)
        nothing = changed.newer(tx, replace(told, topics=("status",)), than=withdrawal, most=100)
        feed = [each.event_id for each in changed.page(tx, told, after=None, limit=100, by_time=True)]
        moments = settlements.unsettled_moments(tx, [("clinicaltrials.gov", each) for each in ids])

    assert (everything, later, of_two, nothing) == (3, 3, 2, 0)
    assert feed == [f"clinicaltrials.gov/{each}/2" for each in ids if held.split("/")[1] != each]
    assert list(moments) == [("clinicaltrials.gov", held.split("/")[1])]
