"""Watches begin and end, and searches are resolved, without a terminal: values in, values out."""

import pytest

from monitor.errors import NothingFound, SponsorUnknown
from monitor.model import Search
from monitor.watching.watches import add_search, add_trials, remove_trial, remove_watch, resolve_search
from tests.program import WITHDRAWN_LATER, Trying


def test_a_sponsor_of_another_name_is_refused_with_those_that_are_like_it(program: Trying) -> None:
    with pytest.raises(SponsorUnknown, match="knows no sponsor named exactly “Alzahra”") as refused:
        resolve_search(Search(sponsor="Alzahra"), program.registry)

    assert refused.value.candidates == (("Alzahra Hospital", 1),)


def test_a_search_is_settled_in_the_registrys_spelling_and_then_watched_once(program: Trying) -> None:
    resolved = resolve_search(Search(sponsor="ALZAHRA  hospital"), program.registry)
    added = [add_search(resolved, store=program.store, name=None, now=program.clock()) for _ in range(2)]

    assert (resolved.search.sponsor, resolved.finds) == ("Alzahra Hospital", 1)
    assert [each.is_new for each in added] == [True, False]


def test_what_is_removed_is_told_by_its_watch_and_a_second_time_is_none(program: Trying) -> None:
    key = program.registry.key
    other = program.sandbox.trial_ids()[1]
    [added] = add_trials({key: [WITHDRAWN_LATER, other]}, store=program.store, name="one", now=program.clock())

    assert remove_trial(key, WITHDRAWN_LATER, store=program.store) == []
    with pytest.raises(NothingFound, match="is not in any watch"):
        remove_trial(key, WITHDRAWN_LATER, store=program.store)
    assert remove_watch("one", store=program.store).watch.id == added.watch.id
