"""The simulation of `make simulate-scale` obeys the laws that hold for all queues, and follows the program's rules."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from random import Random
from statistics import mean

import pytest
import simpy

from bench.simulated import scale
from bench.simulated.asking import SharedPace, checks_take
from bench.simulated.compared import Compared
from bench.simulated.costs import AskingCosts, SendingCosts
from bench.simulated.due import Due, Owed
from bench.simulated.machines import Interpreter, Machine
from bench.simulated.receivers import Outage, Receiver
from bench.simulated.runs import Run, takes
from bench.simulated.sending import Sender, Surroundings
from monitor.channels.retries import STANDARD

MS = 0.001
COSTS = SendingCosts(start=0.5, claim=0.2 * MS, send=0.4 * MS, record=0.1 * MS, database=0.2 * MS, receive=0.1 * MS)


@dataclass
class Present:
    """How many are there, over time."""

    area: float = 0.0
    count: int = 0
    since: float = 0.0

    def changes(self, by: int, now: float) -> None:
        self.area += self.count * (now - self.since)
        self.count, self.since = self.count + by, now


# Laws of queues


@pytest.mark.parametrize("load", [0.5, 0.8])
def test_one_core_with_random_arrivals_and_work_is_the_queue_of_the_textbooks(load: float) -> None:
    """M/M/1: whoever comes spends 1 / (μ - λ) there. Work is far shorter than a slice, so that turns are whole."""
    env, chance = simpy.Environment(), Random(7)
    machine, work = Machine(env, 1), MS / 2
    spent: list[float] = []
    there = Present()

    def one() -> Iterator[object]:
        came = env.now
        there.changes(+1, env.now)
        yield from machine.work(chance.expovariate(1 / work))
        there.changes(-1, env.now)
        spent.append(env.now - came)

    def arrivals() -> Iterator[object]:
        for _ in range(30_000):
            yield env.timeout(chance.expovariate(load / work))
            env.process(one())

    env.process(arrivals())
    env.run()

    assert mean(spent) == pytest.approx(1 / (1 / work - load / work), rel=0.1)
    # Little's law: as many are there, on average, as come in the time that each spends there.
    assert there.area / env.now == pytest.approx(len(spent) / env.now * mean(spent))
    assert there.area / env.now == pytest.approx(load / (1 - load), rel=0.15)
    assert machine.busy / env.now == pytest.approx(load, rel=0.03)


def test_threads_of_a_process_have_one_core_between_them_and_two_processes_two() -> None:
    env = simpy.Environment()
    machine = Machine(env, 2)
    interpreter = Interpreter(machine)
    for _ in range(4):
        env.process(interpreter.work(1.0))
    env.run()
    assert env.now == pytest.approx(4.0)

    env = simpy.Environment()
    machine = Machine(env, 2)
    for _ in range(4):
        env.process(Interpreter(machine).work(1.0))
    env.run()
    assert env.now == pytest.approx(2.0)


def test_what_other_programs_use_is_not_there() -> None:
    env = simpy.Environment()
    machine = Machine(env, 2, others=1.0)
    work = [env.process(Interpreter(machine).work(10.0)) for _ in range(4)]
    env.run(until=env.all_of(work))

    assert env.now == pytest.approx(40.0, rel=0.1), "one of two cores is left for forty seconds of work"


# The program's rules


def test_a_process_that_waits_for_nobody_takes_what_its_steps_take() -> None:
    alone = takes(Run(deliveries=4_000), COSTS)

    assert alone == pytest.approx(0.5 + 4_000 * 0.7 * MS, rel=0.25)


def test_a_receiver_has_four_threads_of_a_process() -> None:
    assert takes(Run(deliveries=800, seconds=0.2), COSTS) == pytest.approx(0.5 + 800 / 4 * 0.2, rel=0.1)
    assert takes(Run(deliveries=800, seconds=0.2, processes=2), COSTS) == pytest.approx(0.5 + 800 / 8 * 0.2, rel=0.1)


def test_every_delivery_comes_to_an_end_and_the_same_seed_to_the_same() -> None:
    run = Run(deliveries=2_000, receivers=50, seconds=0.1, processes=2, others=0.5)

    assert takes(run, COSTS, seed=3) == takes(run, COSTS, seed=3) != takes(run, COSTS, seed=4)


def test_what_stands_for_several_takes_as_long_as_these() -> None:
    fine = Run(deliveries=4_000, receivers=400, seconds=0.2)

    assert takes(fine, COSTS) == pytest.approx(takes(replace(fine, weight=8), COSTS), rel=0.1)


def surroundings(receiver: Receiver, deliveries: int, database_outages: tuple[Outage, ...] = ()) -> Surroundings:
    env = simpy.Environment()
    due = Due()
    for _ in range(deliveries):
        due.owe(Owed(0, 0.0), due_at=0.0)
    made = Surroundings(
        env=env, due=due, receivers=[receiver], costs=COSTS, database=Machine(env, 2), takers=None,
        chance=Random(1), goes_on=True, database_outages=database_outages,
    )  # fmt: skip
    env.process(Sender(Machine(env, 2), made).run())
    return made


def test_what_is_refused_is_tried_again_when_the_programs_own_schedule_says_so() -> None:
    around = surroundings(Receiver(outages=(Outage(0, 1e9),)), 1)
    around.env.run(until=100 * 3600)
    given_up = around.due.done[0]

    assert (given_up.attempts, given_up.is_given_up) == (len(STANDARD.waits), True)
    planned = sum(wait.total_seconds() for wait in STANDARD.waits)
    assert given_up.done_at == pytest.approx(planned, rel=0.05)


def test_what_was_refused_in_an_outage_is_delivered_after_it() -> None:
    around = surroundings(Receiver(outages=(Outage(0, 3600),)), 50)
    around.env.run(until=6 * 3600)

    assert len(around.due.done) == 50
    assert not any(each.is_given_up for each in around.due.done)
    assert min(each.done_at or 0 for each in around.due.done) > 3600


def test_nothing_is_claimed_or_recorded_while_the_database_is_away() -> None:
    around = surroundings(Receiver(), 500, (Outage(0.4, 60),))
    around.env.run(until=59)
    assert around.due.done == []
    around.env.run(until=70)

    assert len(around.due.done) == 500


def test_checks_take_turns() -> None:
    pace = SharedPace(2.0)
    starts = [1.0 + pace.turn(1.0) for _ in range(4)]

    assert [after - before for before, after in pairwise(starts)] == [2.0, 2.0, 2.0]
    costs = AskingCosts(start=0.5, request=0.05, answer=0.01)
    assert checks_take(2, 10, 1.0, costs) == pytest.approx(20, rel=0.05)
    assert checks_take(1, 10, 1.0, costs) == pytest.approx(10, rel=0.05)


# What it says


def test_a_prediction_that_is_off_by_more_than_a_fifth_does_not_hold() -> None:
    assert Compared("", 100, 119, "s").holds
    assert Compared("", 100, 81, "s").holds
    assert not Compared("", 100, 121, "s").holds
    assert not Compared("", 100, 79, "s").holds


def test_a_burst_is_told_faster_by_more_processes_until_the_database_is_busy() -> None:
    assumed = scale.Assumed(receivers=500, cores=2, database_cores=1)
    told = [
        scale.sent(scale.Burst(processes, 48_000, (Receiver(seconds=0.1),) * 500), COSTS, assumed)
        for processes in (1, 2, 16)
    ]

    assert told[1].rate > 1.5 * told[0].rate
    assert told[2].rate < 1 / COSTS.database
    assert told[2].database > 0.9
    assert [each.given_up for each in told] == [0, 0, 0]
