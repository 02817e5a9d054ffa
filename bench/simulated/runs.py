"""One simulated run: so many deliveries to so many receivers, by so many processes on one machine."""

from dataclasses import dataclass
from random import Random

import simpy  # type: ignore[import-not-found, unused-ignore] # with the extra `bench` alone

from bench.simulated.costs import SendingCosts
from bench.simulated.due import Due, Owed
from bench.simulated.machines import Machine
from bench.simulated.receivers import Receiver
from bench.simulated.sending import Sender, Surroundings


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What is owed, to whom, and who sends it; all on one machine of two cores, as it is measured."""

    deliveries: int
    receivers: int = 1
    seconds: float = 0.0
    processes: int = 1
    others: float = 0.0
    """Cores that other programs use."""
    weight: int = 1


def takes(run: Run, costs: SendingCosts, *, seed: int = 1) -> float:
    """Seconds from the start of the first process to the end of the last."""
    env = simpy.Environment()
    machine, due = Machine(env, 2, others=run.others, seed=seed), Due()
    for number in range(run.deliveries // run.weight):
        due.owe(Owed(number % run.receivers, 0.0, run.weight), due_at=0.0)
    around = Surroundings(
        env=env,
        due=due,
        receivers=[Receiver(seconds=run.seconds)] * run.receivers,
        costs=costs,
        database=machine,
        takers=machine,
        chance=Random(seed),
        weight=run.weight,
    )
    began = [env.process(Sender(machine, around).run()) for _ in range(run.processes)]
    env.run(until=env.all_of(began))
    assert len(due.done) == run.deliveries // run.weight
    return float(env.now)
