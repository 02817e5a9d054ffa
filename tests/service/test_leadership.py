"""One process at a database is the active one, whatever clocks say."""

import io
import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from monitor.service.leadership import HOLDS_FOR, TAKEN_AFTER, Leadership
from monitor.service.logs import make_log
from monitor.storage import leases
from monitor.storage.holders import in_words, is_gone, own_name
from monitor.storage.leases import Lease
from monitor.storage.store import Store

NAME = "scheduler"


class Candidate(Leadership):
    """One process, with a monotonic clock of its own."""

    def __init__(self, store: Store, own: str | None = None) -> None:
        self.elapsed = 0.0
        self.wins = 0
        self.log = io.StringIO()
        super().__init__(
            store,
            own or own_name(),
            monotonic=lambda: self.elapsed,
            log=make_log(self.log, as_json=True, clock=lambda: datetime(2026, 11, 22, tzinfo=UTC)),
            won=self._count,
        )

    def _count(self) -> None:
        self.wins += 1

    def pass_time(self, seconds: float) -> None:
        """Ten seconds at a time."""
        for _ in range(int(seconds / 10)):
            self.elapsed += 10
            self.step()


@pytest.fixture
def first(store: Store) -> Candidate:
    candidate = Candidate(store, "elsewhere 1/1 10 10 aa")
    candidate.step()
    return candidate


@pytest.fixture
def second(store: Store) -> Candidate:
    return Candidate(store, "elsewhere 1/1 20 20 bb")


def test_the_first_one_is_active_and_the_second_one_waits(first: Candidate, second: Candidate) -> None:
    for _ in range(20):
        first.pass_time(10)
        second.pass_time(10)

    assert (first.active, first.standing, first.wins) == (True, "leader", 1)
    assert (second.active, second.standing, second.wins) == (False, "standby", 0)
    assert second.log.getvalue().count("process 10 on elsewhere") == 1


def test_who_waits_takes_over_within_a_minute_of_the_last_beat(first: Candidate, second: Candidate) -> None:
    second.step()
    second.pass_time(TAKEN_AFTER - 10)
    assert not second.active

    second.pass_time(20)

    assert second.active
    assert second.wins == 1


def test_who_could_not_move_the_number_stops_before_anybody_takes_over(first: Candidate, second: Candidate) -> None:
    first.elapsed += HOLDS_FOR
    second.step()

    assert HOLDS_FOR < TAKEN_AFTER
    assert not first.active
    assert not second.active


def test_who_was_away_and_finds_another_one_active_waits(first: Candidate, second: Candidate) -> None:
    second.step()
    second.pass_time(40)
    first.pass_time(10)

    assert second.active
    assert not first.active
    assert "another process has taken over" in first.log.getvalue()
    second.pass_time(10)
    assert second.active


def test_who_was_away_while_nobody_waited_goes_on(first: Candidate) -> None:
    first.elapsed += 3600
    assert not first.active

    first.step()

    assert first.active


def test_who_ends_in_order_is_followed_at_once(first: Candidate, second: Candidate) -> None:
    second.step()
    first.release()
    second.step()

    assert second.active
    first.release()
    second.pass_time(10)
    assert second.active


def test_of_two_that_see_a_dead_holder_one_takes_over(first: Candidate, second: Candidate, store: Store) -> None:
    seen = Lease("elsewhere 1/1 10 10 aa", 0)
    with store.begin() as tx:
        assert leases.take(tx, NAME, "b", seen=seen)
    with store.begin() as tx:
        assert not leases.take(tx, NAME, "c", seen=seen)
        assert not leases.take(tx, NAME, "c", seen=None)
        assert leases.get(tx, NAME) == Lease("b", 1)


def test_a_lease_that_has_moved_since_it_was_seen_is_not_taken(first: Candidate, store: Store) -> None:
    with store.read() as tx:
        seen = leases.get(tx, NAME)
    first.pass_time(10)

    with store.begin() as tx:
        assert not leases.take(tx, NAME, "b", seen=seen)
    assert first.active


def test_a_process_of_this_machine_that_is_gone_is_followed_at_once(store: Store) -> None:
    script = "from monitor.storage.holders import own_name; print(own_name(), flush=True); input()"
    process = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    dead = Candidate(store, process.stdout.readline().strip())
    dead.step()
    next_one = Candidate(store)
    next_one.step()
    assert not next_one.active

    process.kill()
    process.communicate()
    next_one.step()

    assert next_one.active


def test_of_a_process_of_another_machine_nothing_is_known() -> None:
    own = own_name()
    host, space, pid, start, chance = own.split(" ")

    assert not is_gone(own)
    assert pid == str(os.getpid())
    assert is_gone(f"{host} {space} {pid} {int(start) + 1} {chance}"), "the number was given again"
    assert not is_gone(f"other {space} 1 1 {chance}")
    assert not is_gone(f"{host} other {pid} 1 {chance}")
    assert not is_gone("nonsense")
    assert in_words("nonsense") == "nonsense"
