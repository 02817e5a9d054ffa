"""Checks that ask a registry one request after the other, at the pace that all of them keep: `monitor.storage.pace`."""

from dataclasses import dataclass

import simpy  # type: ignore[import-not-found, unused-ignore] # with the extra `bench` alone

from bench.simulated.costs import AskingCosts
from bench.simulated.machines import Events, Interpreter, Machine


@dataclass(slots=True)
class SharedPace:
    """The row of one server."""

    interval: float
    next_start: float = 0.0

    def turn(self, now: float) -> float:
        """Seconds until the next turn, which is taken."""
        start = max(now, self.next_start)
        self.next_start = start + self.interval
        return start - now


def check(requests: int, pace: SharedPace, costs: AskingCosts, machine: Machine) -> Events:
    """A whole process that makes so many requests."""
    interpreter, env = Interpreter(machine), machine.env
    yield from interpreter.work(costs.start)
    own = 0.0
    for _ in range(requests):
        yield env.timeout(max(own - env.now, 0.0))
        yield env.timeout(pace.turn(env.now))
        own = env.now + pace.interval
        yield from machine.work(costs.answer)
        yield from interpreter.work(costs.request)


def checks_take(processes: int, requests: int, per_second: float, costs: AskingCosts, *, others: float = 0.0) -> float:
    """Seconds from the start of so many checks at once to the end of the last, on a machine with two cores."""
    env = simpy.Environment()
    machine, pace = Machine(env, 2, others=others), SharedPace(1 / per_second)
    began = [env.process(check(requests, pace, costs, machine)) for _ in range(processes)]
    env.run(until=env.all_of(began))
    return float(env.now)
