"""What the simulation says of ten million subscriptions and ten thousand deliveries a second.

What nobody has measured stands in `Assumed`, and the page names it. All else is `SendingCosts`, which are measured, and
constants of the program.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

import simpy  # type: ignore[import-not-found, unused-ignore] # with the extra `bench` alone

from bench.figures import percentile
from bench.simulated.asking import checks_take
from bench.simulated.costs import AskingCosts, SendingCosts
from bench.simulated.due import Due, Owed
from bench.simulated.machines import Machine
from bench.simulated.receivers import Outage, Receiver
from bench.simulated.sending import Sender, Surroundings
from monitor.registries.clinicaltrials_gov.probed import PROBED_AT_ONCE

WEIGHT = 32
"""Deliveries that one of the simulation stands for: a divisor of the threads of a process."""
MAILS = 20_000
MOST = 0.8
"""Of a burst, the share that says how fast it is sent: a tenth may be for receivers that are away."""
HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Assumed:
    """What is not measured."""

    cores: int = 4
    """Of a machine that runs so many processes."""
    database_cores: int = 8
    seconds: float = 0.2
    """That a receiver takes."""
    receivers: int = 3_000
    owed: int = 1_500_000
    """Deliveries that a build of the registry's data causes: 2,000 changes, each of a trial that 750 people follow."""
    relay_seconds: float = 0.05
    """That a mail server takes."""
    trials: int = 600_000
    changes: int = 2_000
    digests: int = 5_000_000
    """Mails of a day that are digests."""
    told: int = 5
    """Changes in one of them."""
    peak: float = 0.2
    """The share of them that is due in the busiest hour."""


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a burst."""

    seconds: float
    """Until the last was taken or given up."""
    rate: float
    """A second, until eight of ten were taken."""
    late: float
    """Seconds within which 99.9 % of all that were taken had been."""
    given_up: float
    """The share that was."""
    attempts: float
    """A delivery."""
    database: float
    """The share of the database's cores that were busy until eight of ten were taken."""


@dataclass(frozen=True, slots=True)
class Burst:
    """What is owed at once, and who sends it."""

    processes: int
    deliveries: int
    receivers: tuple[Receiver, ...]
    database_outages: tuple[Outage, ...] = ()
    weight: int = WEIGHT


def sent(burst: Burst, costs: SendingCosts, assumed: Assumed, *, seed: int = 1) -> Told:
    """Have such a burst sent by processes that go on until nothing is owed any more."""
    env = simpy.Environment()
    chance, due, database = Random(seed), Due(), Machine(env, assumed.database_cores)
    total = burst.deliveries // burst.weight
    for number in range(total):
        due.owe(Owed(number % len(burst.receivers), 0.0, burst.weight), due_at=0.0)
    around = Surroundings(
        env=env, due=due, receivers=burst.receivers, costs=costs, database=database, takers=None, chance=chance,
        database_outages=burst.database_outages, weight=burst.weight, goes_on=True,
    )  # fmt: skip
    machines = [Machine(env, assumed.cores) for _ in range(-(-burst.processes // assumed.cores))]
    for number in range(burst.processes):
        env.process(Sender(machines[number // assumed.cores], around).run())
    most_at = busy = 0.0
    while len(due.done) < total:
        env.step()
        if not most_at and len(due.done) >= MOST * total:
            most_at, busy = env.now, database.busy
    taken = [each.done_at or 0.0 for each in due.done if not each.is_given_up]
    return Told(
        seconds=env.now,
        rate=MOST * total * burst.weight / most_at,
        late=percentile(taken, 0.999),
        given_up=1 - len(taken) / total,
        attempts=sum(each.attempts for each in due.done) / total,
        database=busy / (most_at * assumed.database_cores),
    )


def scenarios(costs: SendingCosts, assumed: Assumed) -> Iterator[tuple[str, Told]]:
    """What happens, in words, and what comes of it."""
    plain = Receiver(seconds=assumed.seconds)
    everybody = (plain,) * assumed.receivers
    for processes in (8, 16, 24):
        burst = Burst(processes, assumed.owed, everybody)
        yield f"{processes} processes, every receiver takes {assumed.seconds:g} s", sent(burst, costs, assumed)
    few = replace(plain, refuses=0.05)
    burst = Burst(16, assumed.owed, (few,) * assumed.receivers)
    yield "16 processes, one attempt in twenty is refused", sent(burst, costs, assumed)
    burst = Burst(16, assumed.owed, everybody, (Outage(60, 120),))
    yield "16 processes, the database is away for a minute", sent(burst, costs, assumed)
    for hours in (1, 12):
        away = replace(plain, outages=(Outage(0, hours * HOUR),))
        receivers = tuple(away if number % 10 == 0 else plain for number in range(assumed.receivers))
        burst = Burst(16, assumed.owed, receivers)
        yield f"16 processes, a tenth of the receivers is away for {hours} h", sent(burst, costs, assumed)
    relay = (Receiver(seconds=assumed.relay_seconds),)
    what = f"{MAILS:,} mails through one server that takes {assumed.relay_seconds:g} s"
    for processes in (16, 64):  # each by itself: four threads of a process have to do with that server
        yield f"{processes} processes, {what}", sent(Burst(processes, MAILS, relay, weight=1), costs, assumed)


def morning_takes(assumed: Assumed, costs: AskingCosts) -> float:
    """Seconds until all watched trials are probed and those that changed are read, at one request a second."""
    read_at_once = 100
    requests = -(-assumed.trials // PROBED_AT_ONCE) + -(-assumed.changes // read_at_once)
    return checks_take(1, requests, 1.0, costs)


def digest_cores(assumed: Assumed, *, mail: float, change: float) -> float:
    """Cores that compose and make the digests of the busiest hour."""
    return assumed.digests * assumed.peak * (mail + assumed.told * change) / HOUR
