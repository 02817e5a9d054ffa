"""The program watches trials of the sandbox's DRKS: what is told, what is not, and how often it asks."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from monitor.http.polite import PoliteSession
from monitor.model import Result
from monitor.registries.drks.adapter import Drks
from monitor.sandbox.drks import Sandbox
from monitor.storage.store import Store
from tests.program import Program
from tests.sandbox.asking import Clock

TRIAL = Sandbox.example


class Watching(Program):
    """The program, with a clock that it shares with the registry."""

    def __init__(self, store: Store, sandbox: Sandbox, time: Clock) -> None:
        session = PoliteSession(requests_per_second=1000, user_agent="test", sleep=lambda _: None)
        super().__init__(store, Drks(base_url=sandbox.base_url, session=session, clock=time))
        self.sandbox = sandbox
        self.clock = self.time = time

    def asked(self) -> int:
        """How many requests there were since the last call."""
        count = len(self.sandbox.requests)
        self.sandbox.requests.clear()
        return count

    def day_after(self) -> None:
        """Let a day pass, with which the registry renews its data."""
        self.time.now += timedelta(days=1)
        self.sandbox.refresh()


@pytest.fixture
def watching(quick_store: Store) -> Iterator[Watching]:
    """All of the sandbox's trials, taken in."""
    time = Clock()
    with Sandbox(trials=100, clock=time) as sandbox:
        made = Watching(quick_store, sandbox, time)
        made.watch(*sandbox.trial_ids())
        assert set(made.results().values()) == {Result.BASELINE}
        assert made.asked() == 1
        yield made
        made.registry.close()


def test_a_hundred_trials_cost_one_request_a_day(watching: Watching) -> None:
    for _ in range(3):
        watching.time.now += timedelta(hours=3)
        assert set(watching.results().values()) == {Result.UNCHANGED}
    assert watching.asked() == 0

    watching.day_after()

    assert set(watching.results().values()) == {Result.UNCHANGED}
    assert watching.asked() == 1


def test_a_change_is_told_once_and_read_in_the_registrys_words(watching: Watching) -> None:
    watching.sandbox.edit(TRIAL, lambda tree: tree["recruitment"].update(status="SUSPENDED"), refresh=False)
    watching.day_after()

    assert watching.check()[TRIAL].result is Result.CHANGED
    watching.day_after()
    assert watching.check()[TRIAL].result is Result.UNCHANGED

    (change,) = [each for event in watching.events(TRIAL) for each in event.changes if each.topic == "status"]
    assert "Recruiting suspended on temporary hold" in change.summary


@pytest.mark.parametrize("kind", ["bomb", "html", "cut", "empty", "challenge", "503"])
def test_whatever_comes_in_the_place_of_the_file_changes_nothing(watching: Watching, kind: str) -> None:
    watching.sandbox.misbehave(kind)
    watching.day_after()

    assert set(watching.results().values()) == {Result.FAILED}

    watching.sandbox.behave()
    watching.time.now += timedelta(hours=2)
    assert set(watching.results().values()) == {Result.UNCHANGED}
    assert watching.snapshot_numbers(TRIAL) == [1]


def test_a_trial_that_is_gone_for_days_is_removed_and_no_other(watching: Watching) -> None:
    watching.sandbox.remove(TRIAL, refresh=False)
    results = []
    for _ in range(3):
        watching.day_after()
        results.append(watching.check()[TRIAL].result)

    assert results == [Result.FAILED, Result.FAILED, Result.REMOVED]
    assert set(watching.results().values()) == {Result.UNCHANGED, Result.REMOVED}


def test_half_a_file_removes_nobody(watching: Watching) -> None:
    gone = watching.sandbox.trial_ids()[:50]
    for trial_id in gone:
        watching.sandbox.remove(trial_id, refresh=False)
    for _ in range(4):
        watching.day_after()
        results = watching.results()

    assert {results[trial_id] for trial_id in gone} == {Result.FAILED}
    assert Result.UNCHANGED in results.values()
