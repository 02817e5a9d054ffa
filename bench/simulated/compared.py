"""Runs measured, and what the simulation says of them: one run gives the costs, and others test these."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

from bench.simulated.costs import SendingCosts
from bench.simulated.measured import FEW, Steps, Took, costs, sending
from bench.simulated.runs import Run, takes
from bench.wanted import Wanted

WITHIN = 0.2
"""What is predicted is believed where it is as near as that to what is measured."""
SLOW, MANY = 0.2, 100
"""Seconds that each of so many receivers takes."""
DELIVERIES = 5_000
ALONE = Run(deliveries=DELIVERIES)
OTHERS = {
    "SQLite": (replace(ALONE, receivers=MANY, seconds=SLOW),),
    "PostgreSQL": (
        replace(ALONE, processes=2),
        replace(ALONE, receivers=MANY, seconds=SLOW),
        replace(ALONE, receivers=MANY, seconds=SLOW, processes=2),
    ),
}
"""Of each store, the runs that gave no costs."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure as it was measured, and as the simulation has it."""

    name: str
    measured: float
    predicted: float
    unit: str
    gave_costs: bool = False
    """Whether the costs come from this very run: then it tests the simulation's steps alone."""

    @property
    def off(self) -> float:
        """By how much the prediction is off, as a share of what was measured."""
        return self.predicted / self.measured - 1

    @property
    def holds(self) -> bool:
        """Whether it is near enough."""
        return abs(self.off) <= WITHIN


def sending_compared(store: str, wanted: Wanted) -> tuple[SendingCosts, list[Compared]]:
    """What sending from that store costs, and each run measured and predicted."""
    runs = [ALONE, *OTHERS[store]]
    few, timed, took = _measured(store, runs, wanted)
    found = costs(few, timed, DELIVERIES)
    compared = [_compared(store, run, took[run], found) for run in runs]
    return found, compared


def _measured(
    store: str, runs: Sequence[Run], wanted: Wanted
) -> tuple[list[Took], list[tuple[Took, Steps]], dict[Run, list[Took]]]:
    """Of so many rounds: runs of FEW, runs that were timed, and those that are compared."""
    few: list[Took] = []
    timed: list[tuple[Took, Steps]] = []
    took: dict[Run, list[Took]] = {run: [] for run in runs}
    with (
        sending(store, FEW) as little,
        sending(store, DELIVERIES) as fast,
        sending(store, DELIVERIES, receivers=MANY, seconds=SLOW) as slow,
    ):
        little.run()
        for number in range(wanted.runs):
            wanted.say(f"sending from {store}: round {number + 1} of {wanted.runs}")
            few.append(little.run())
            timed.append(fast.timed())
            for run in runs:
                took[run].append((slow if run.seconds else fast).run(run.processes))
                wanted.say(f"  {run}: {took[run][-1]}")
    return few, timed, took


def _compared(store: str, run: Run, took: Sequence[Took], found: SendingCosts) -> Compared:
    """Rates: each round with what other programs used in it."""
    measured = median(run.deliveries / each.seconds for each in took)
    predicted = median(run.deliveries / takes(replace(run, others=each.others), found) for each in took)
    whom = f"{run.receivers} receivers that take {run.seconds:g} s" if run.seconds else "a receiver that takes no time"
    processes = f"{run.processes} processes" if run.processes > 1 else "one process"
    name = f"{run.deliveries:,} webhooks from {store} by {processes}, to {whom}"
    return Compared(name, measured, predicted, "a second", gave_costs=run == ALONE)


def lines(compared: Sequence[Compared]) -> Iterator[str]:
    """A table for the page, without its head."""
    for each in compared:
        off = f"{each.off:+.0%}" + ("" if each.holds else " (missed)")
        how = "gave the costs" if each.gave_costs else "predicted"
        yield f"| {each.name} | {each.measured:,.4g} {each.unit} | {each.predicted:,.4g} | {off} | {how} |"
