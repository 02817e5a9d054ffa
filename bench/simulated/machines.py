"""Machines whose cores processes share, and processes whose threads share an interpreter."""

from collections.abc import Generator
from random import Random
from typing import Any

import simpy  # type: ignore[import-not-found, unused-ignore] # with the extra `bench` alone

SLICE = 0.005
"""Seconds for which Python lets a thread run while others wait (sys.getswitchinterval)."""
SLICE_OF_OTHERS = 0.001
"""Linux lets a program that waited run within about a millisecond, whatever else runs."""

Events = Generator[Any, Any, Any]
"""What SimPy runs: it yields what it waits for."""


class Machine:
    """Cores, in turn for whoever works. *others* is how many of them other programs use, on average."""

    def __init__(self, env: "simpy.Environment", cores: int, *, others: float = 0.0, seed: int = 1) -> None:
        self.env = env
        self.cores = simpy.Resource(env, capacity=cores)
        self.busy = 0.0
        """Processor seconds spent here so far, without those of *others*."""
        if others > 0:
            env.process(self._other_programs(others, Random(seed)))

    def _other_programs(self, cores: float, chance: Random) -> Events:
        while True:
            yield self.env.timeout(chance.expovariate(cores / SLICE_OF_OTHERS))
            self.env.process(self._slice(SLICE_OF_OTHERS))

    def _slice(self, seconds: float) -> Events:
        with self.cores.request() as turn:
            yield turn
            yield self.env.timeout(seconds)

    def work(self, seconds: float) -> Events:
        """Use a core for so long, in slices."""
        while seconds > 1e-12:
            some = min(seconds, SLICE)
            yield from self._slice(some)
            self.busy += some
            seconds -= some


class Interpreter:
    """A process: of its threads, one runs at a time."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self._lock = simpy.Resource(machine.env, capacity=1)

    def work(self, seconds: float) -> Events:
        """Run one thread for so long; others have their turn between its slices."""
        while seconds > 1e-12:
            with self._lock.request() as turn:
                yield turn
                yield from self.machine.work(min(seconds, SLICE))
            seconds -= SLICE
