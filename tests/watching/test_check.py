"""One pass over real trials of a registry on loopback: what is told, what is kept, and what is asked."""

from collections.abc import Callable
from typing import Any

import pytest

from monitor.model import Result, Significance
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage import quarantine
from monitor.storage.store import Store
from tests.nodes import named
from tests.program import BUILD_DAY, WITHDRAWN_LATER, Trying

Study = dict[str, Any]


def status(study: Study) -> Study:
    module: Study = study["protocolSection"]["statusModule"]
    return module


def others(program: Trying) -> list[str]:
    return [trial_id for trial_id in program.sandbox.trial_ids() if trial_id != WITHDRAWN_LATER]


# What is told


def test_the_first_look_at_a_trial_is_a_silent_baseline(program: Trying) -> None:
    checked = program.check(WITHDRAWN_LATER)[WITHDRAWN_LATER]

    assert (checked.result, checked.snapshot, checked.changes) == (Result.BASELINE, 1, ())
    assert program.events(WITHDRAWN_LATER) == []


def test_a_withdrawal_is_found_explained_and_kept(program: Trying) -> None:
    program.check(WITHDRAWN_LATER)
    program.sandbox.next_state(WITHDRAWN_LATER)

    checked = program.check(WITHDRAWN_LATER)[WITHDRAWN_LATER]

    assert (checked.result, checked.snapshot) == (Result.CHANGED, 2)
    told = checked.changes[0]
    assert (told.kind, told.before, told.after) == ("status.stopped", "NOT_YET_RECRUITING", "WITHDRAWN")
    assert told.significance is Significance.CRITICAL
    assert "Because economic problems" in told.summary
    [event] = program.events(WITHDRAWN_LATER)
    assert (event.id, event.changes) == ("clinicaltrials.gov/NCT02116634/2", checked.changes)


def test_a_change_is_told_once(program: Trying) -> None:
    program.check(WITHDRAWN_LATER)
    program.sandbox.next_state(WITHDRAWN_LATER)
    program.check(WITHDRAWN_LATER)

    again = program.check(WITHDRAWN_LATER)[WITHDRAWN_LATER]

    assert (again.result, again.changes) == (Result.UNCHANGED, ())
    assert len(program.events(WITHDRAWN_LATER)) == 1


def test_a_refresh_of_the_registry_alone_changes_nothing(quick: Trying) -> None:
    """The registry stamps every record with its build date: a monitor that hashes records alerts on all of them."""
    everything = quick.sandbox.trial_ids()
    quick.check(*everything)
    quick.sandbox.refresh()
    quick.clock.advance(days=30)

    assert set(quick.results(*everything).values()) == {Result.UNCHANGED}
    assert quick.snapshot_numbers(WITHDRAWN_LATER) == [1]


def test_every_trial_asked_for_is_answered_for_once(quick: Trying) -> None:
    everything = quick.sandbox.trial_ids()
    quick.check(*everything[:5])
    quick.sandbox.next_state(WITHDRAWN_LATER)

    told = quick.told(*everything, "NCT99999999")

    assert sorted(checked.trial_id for checked in told) == sorted([*everything, "NCT99999999"])


# What is asked


def test_nothing_refreshed_costs_one_request(quick: Trying) -> None:
    everything = quick.sandbox.trial_ids()
    quick.check(*everything)
    quick.requests()

    assert set(quick.results(*everything).values()) == {Result.UNCHANGED}
    assert quick.requests() == ["/api/v2/version"]


def test_only_trials_that_moved_are_read_in_full(quick: Trying) -> None:
    everything = quick.sandbox.trial_ids()
    quick.check(*everything)
    quick.sandbox.next_state(WITHDRAWN_LATER)
    quick.requests()

    quick.check(*everything)

    version, probe, document, version_again = quick.requests()
    assert version == version_again == "/api/v2/version"
    assert "filter.ids=" in probe
    assert "fields=" in probe
    assert document.startswith(f"/api/v2/studies/{WITHDRAWN_LATER}")


def test_a_change_that_no_probe_shows_is_found_by_the_full_check(quick: Trying) -> None:
    """A re-worded criterion without a new update date leaves no trace in what a probe asks for."""

    def reworded(study: Study) -> Study:
        study["protocolSection"]["eligibilityModule"]["eligibilityCriteria"] += "\n* Can read this sentence"
        return study

    quick.check(WITHDRAWN_LATER)
    quick.sandbox.edit(WITHDRAWN_LATER, reworded)
    quick.clock.advance(days=7)

    assert quick.results(WITHDRAWN_LATER) == {WITHDRAWN_LATER: Result.CHANGED}
    assert quick.kinds(WITHDRAWN_LATER) == [["eligibility.criteria"]]


def test_a_refresh_in_the_middle_of_a_pass_is_noticed_and_its_changes_are_told(quick: Trying) -> None:
    """Between our first question and our last the registry published a withdrawal."""
    everything = quick.sandbox.trial_ids()
    quick.check(*everything)
    quick.sandbox.refresh()
    fetch_again: Callable[..., Any] = quick.registry.probe

    def probe_then_refresh(ids: Any) -> Any:
        yield from fetch_again(ids)
        if status(quick.sandbox.study(WITHDRAWN_LATER))["overallStatus"] != "WITHDRAWN":
            quick.sandbox.next_state(WITHDRAWN_LATER)

    quick.registry.probe = probe_then_refresh  # type: ignore[method-assign]

    assert quick.check(*everything)[WITHDRAWN_LATER].result is Result.CHANGED


# What is not believed


@pytest.mark.parametrize("kind", ["html", "truncated", "500", "503", "429", "reset", "empty", "wrong_id"])
def test_an_error_is_never_a_snapshot(quick: Trying, kind: str) -> None:
    quick.check(WITHDRAWN_LATER)
    quick.sandbox.next_state(WITHDRAWN_LATER)
    quick.sandbox.misbehave(kind, path="/studies")

    checked = quick.check(WITHDRAWN_LATER)[WITHDRAWN_LATER]

    assert checked.result is Result.FAILED
    assert checked.error
    assert quick.snapshot_numbers(WITHDRAWN_LATER) == [1]
    quick.sandbox.behave()
    assert quick.results(WITHDRAWN_LATER) == {WITHDRAWN_LATER: Result.CHANGED}


def test_an_older_copy_is_never_a_change(quick: Trying) -> None:
    quick.check(WITHDRAWN_LATER)
    quick.sandbox.next_state(WITHDRAWN_LATER)
    quick.check(WITHDRAWN_LATER)
    quick.sandbox.refresh()
    quick.sandbox.misbehave("stale", ids=[WITHDRAWN_LATER])

    checked = quick.check(WITHDRAWN_LATER)[WITHDRAWN_LATER]

    assert checked.result is Result.FAILED
    assert "cannot be the current record" in str(checked.error)
    assert quick.quarantined()[0][0] == WITHDRAWN_LATER
    assert quick.snapshot_numbers(WITHDRAWN_LATER) == [1, 2]


def test_a_record_that_was_emptied_by_a_fault_is_never_a_change(quick: Trying) -> None:
    def emptied(study: Study) -> Study:
        for module in ("outcomesModule", "eligibilityModule", "armsInterventionsModule"):
            del study["protocolSection"][module]
        return study

    quick.check(WITHDRAWN_LATER)
    quick.sandbox.edit(WITHDRAWN_LATER, emptied)
    quick.clock.advance(days=7)

    assert quick.results(WITHDRAWN_LATER) == {WITHDRAWN_LATER: Result.FAILED}
    assert "has lost its" in quick.quarantined()[0][1]


def test_one_bad_record_spoils_nobody_else(quick: Trying) -> None:
    everything = quick.sandbox.trial_ids()
    bad = everything[3]
    quick.sandbox.misbehave("wrong_id", ids=[bad])

    results = quick.results(*everything)

    assert results.pop(bad) is Result.FAILED
    assert set(results.values()) == {Result.BASELINE}


def test_the_same_wrong_record_is_one_answer_in_whatever_data_it_comes(quick: Trying) -> None:
    bad, _, third = quick.sandbox.trial_ids()[:3]
    quick.check(bad)
    quick.sandbox.misbehave("wrong_id", ids=[bad])
    for name in ("ONE", "TWO"):
        quick.sandbox.edit(bad, named(name))
        quick.sandbox.edit(third, named(name))
        quick.clock.advance(days=1)
        assert quick.results(bad) == {bad: Result.FAILED}

    with quick.store.read() as tx:
        assert [answer.times for answer in quarantine.listing(tx)] == [2]


def test_an_unreachable_registry_fails_every_trial_and_loses_none(store: Store) -> None:
    with Sandbox(trials=3, day=BUILD_DAY) as gone:
        program = Trying(store, gone)
        everything = gone.trial_ids()
    results = program.results(*everything)

    assert results == dict.fromkeys(everything, Result.FAILED)
    program.registry.close()


# Removed, merged, restored


def test_a_missing_trial_is_removed_only_after_three_misses_over_a_day(program: Trying) -> None:
    program.check(WITHDRAWN_LATER)
    program.sandbox.remove(WITHDRAWN_LATER)

    first = program.check(WITHDRAWN_LATER)[WITHDRAWN_LATER]
    program.clock.advance(hours=12)
    second = program.results(WITHDRAWN_LATER)
    program.clock.advance(hours=11)
    third = program.results(WITHDRAWN_LATER)
    program.clock.advance(hours=1)
    fourth = program.check(WITHDRAWN_LATER)[WITHDRAWN_LATER]

    assert first.result is Result.FAILED
    assert "NCT number NCT02116634 not found" in str(first.error)
    assert [*second.values(), *third.values()] == [Result.FAILED, Result.FAILED]
    assert (fourth.result, fourth.snapshot) == (Result.REMOVED, 2)
    assert program.kinds(WITHDRAWN_LATER) == [["trial.removed"]]
    assert program.results(WITHDRAWN_LATER) == {WITHDRAWN_LATER: Result.REMOVED}
    assert len(program.events(WITHDRAWN_LATER)) == 1


def test_a_trial_that_is_missing_for_a_moment_is_nobodys_business(quick: Trying) -> None:
    quick.check(WITHDRAWN_LATER)
    study = quick.sandbox.study(WITHDRAWN_LATER)
    quick.sandbox.remove(WITHDRAWN_LATER)
    quick.check(WITHDRAWN_LATER)
    quick.clock.advance(hours=30)
    quick.check(WITHDRAWN_LATER)
    quick.sandbox.publish(study)

    assert quick.results(WITHDRAWN_LATER) == {WITHDRAWN_LATER: Result.UNCHANGED}
    assert quick.events(WITHDRAWN_LATER) == []


def test_a_removed_trial_that_comes_back_is_told_with_what_changed_meanwhile(quick: Trying) -> None:
    quick.check(WITHDRAWN_LATER)
    study = quick.sandbox.study(WITHDRAWN_LATER)
    quick.sandbox.remove(WITHDRAWN_LATER)
    for _ in range(3):
        quick.clock.advance(hours=13)
        quick.check(WITHDRAWN_LATER)
    study["protocolSection"]["identificationModule"]["acronym"] = "RETURN"
    quick.sandbox.publish(study)

    checked = quick.check(WITHDRAWN_LATER)[WITHDRAWN_LATER]

    assert checked.result is Result.CHANGED
    assert [change.kind for change in checked.changes] == ["trial.restored", "title.acronym"]


def test_a_number_that_never_was_is_refused_with_the_registrys_words(quick: Trying) -> None:
    checked = quick.check("NCT99999999")["NCT99999999"]

    assert (checked.result, checked.snapshot) == (Result.FAILED, None)
    assert "NCT number NCT99999999 not found" in str(checked.error)


def test_a_merged_trial_is_told_once_and_the_watch_follows(program: Trying) -> None:
    into = others(program)[0]
    program.watch(WITHDRAWN_LATER)
    program.check()
    program.sandbox.merge(WITHDRAWN_LATER, into=into)

    results = program.results()

    assert results == {WITHDRAWN_LATER: Result.MERGED, into: Result.BASELINE}
    assert program.kinds(WITHDRAWN_LATER) == [["trial.merged"]]
    assert program.watched() == (into,)
    assert program.results(WITHDRAWN_LATER) == {WITHDRAWN_LATER: Result.MERGED}
    assert len(program.events(WITHDRAWN_LATER)) == 1


def test_an_old_number_is_answered_with_the_trial_that_it_became(quick: Trying) -> None:
    into = others(quick)[0]
    quick.sandbox.merge(WITHDRAWN_LATER, into=into)

    assert quick.results(WITHDRAWN_LATER) == {WITHDRAWN_LATER: Result.MERGED, into: Result.BASELINE}
    assert quick.events(WITHDRAWN_LATER) == []
