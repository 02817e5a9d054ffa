"""Processes that send what is owed, step by step as `monitor.alerts.sending` and `monitor.alerts.queues` do.

The limits are theirs. A delivery of the simulation may stand for several (`Owed.weight`): it costs as much as these,
and waits as one.
"""

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random

import simpy  # type: ignore[import-not-found, unused-ignore] # with the extra `bench` alone

from bench.simulated.costs import SendingCosts
from bench.simulated.due import Due, Owed
from bench.simulated.machines import Events, Interpreter, Machine
from bench.simulated.receivers import Outage, Receiver
from monitor.alerts.queues import CLAIMED_AT_ONCE, MOST_WAITING, THREADS, THREADS_A_RECEIVER
from monitor.alerts.sending import QUIET_FOR, RECORDED_AT_ONCE, RECORDED_WITHIN
from monitor.channels.retries import STANDARD, RetrySchedule

ASKED_EVERY = 1.0
"""Seconds until a process that found nothing due asks again, where it does not end."""


@dataclass(slots=True, kw_only=True)
class Surroundings:
    """What all processes that send have in common."""

    env: "simpy.Environment"
    due: Due
    receivers: Sequence[Receiver]
    costs: SendingCosts
    database: Machine
    takers: Machine | None
    """Where receivers work; None where they have machines of their own."""
    chance: Random
    retries: RetrySchedule = STANDARD
    database_outages: tuple[Outage, ...] = ()
    weight: int = 1
    """How many deliveries one of the simulation stands for."""
    goes_on: bool = False
    """Whether a process waits for more where nothing is due, as a worker does, or ends, as `monitor deliver` does."""


class Sender:
    """One process. Its `run` is a process of SimPy."""

    def __init__(self, machine: Machine, around: Surroundings) -> None:
        self._around = around
        self._env = around.env
        self._interpreter = Interpreter(machine)
        self._waiting: defaultdict[int, deque[Owed]] = defaultdict(deque)
        self._queued = 0
        self._serving: defaultdict[int, int] = defaultdict(int)
        self._threads = 0
        self._sent: list[tuple[Owed, bool]] = []
        self._heard = around.env.event()
        self._first_ended_at = 0.0
        weight = around.weight
        self._claims, self._records = max(1, CLAIMED_AT_ONCE // weight), max(1, RECORDED_AT_ONCE // weight)
        self._most_threads, self._most_waiting = max(1, THREADS // weight), max(1, MOST_WAITING // weight)

    def run(self) -> Events:
        """Claim, send and record until nothing is due, and for ever where that is wanted."""
        yield from self._interpreter.work(self._around.costs.start)
        while True:
            claimed = yield from self._fill()
            self._begin()
            is_quiet = False
            if self._threads and not claimed and not self._is_enough():
                ended = len(self._sent)
                self._heard = self._env.event()
                yield self._heard | self._env.timeout(QUIET_FOR if self._sent else RECORDED_WITHIN)
                is_quiet = len(self._sent) == ended
            if self._sent and (is_quiet or self._is_enough() or not self._threads):
                yield from self._record()
            elif not (self._threads or claimed):
                if not self._around.goes_on:
                    return
                wait = max(ASKED_EVERY, min(self._around.due.next_at - self._env.now, 3600.0))
                yield self._env.timeout(wait if self._around.due.waiting else ASKED_EVERY)

    def _is_enough(self) -> bool:
        late = self._env.now - self._first_ended_at > RECORDED_WITHIN
        return bool(self._sent) and (late or len(self._sent) >= self._records)

    def _has_room(self) -> bool:
        if self._queued < self._claims:
            return True
        startable = sum(
            min(len(queue), THREADS_A_RECEIVER - self._serving[name]) for name, queue in self._waiting.items()
        )
        return startable + self._threads < self._most_threads and self._queued < self._most_waiting

    def _fill(self) -> Events:
        """Claim a batch where there is room; give how many rows it had."""
        around = self._around
        if not self._has_room() or around.due.next_at > self._env.now:
            return 0
        yield from self._until_the_database_is_there()
        claimed = around.due.claim(self._env.now, self._claims)
        rows = sum(each.weight for each in claimed)
        yield from self._with_the_database(rows, around.costs.claim, around.costs.claim_waits)
        for each in claimed:
            self._waiting[each.receiver].append(each)
        self._queued += len(claimed)
        return len(claimed)

    def _with_the_database(self, rows: int, ours: float, waits: float) -> Events:
        """Half of what the database does for a delivery is for its claim, and half for its outcome."""
        yield from self._interpreter.work(rows * ours)
        yield from self._around.database.work(rows * self._around.costs.database / 2)
        if waits:
            yield self._env.timeout(waits)

    def _until_the_database_is_there(self) -> Events:
        for outage in self._around.database_outages:
            if outage.holds(self._env.now):
                yield self._env.timeout(outage.ends - self._env.now)

    def _begin(self) -> None:
        """Give threads to receivers for which something waits."""
        for receiver in [name for name, queue in self._waiting.items() if queue]:
            queue = self._waiting[receiver]
            while queue and self._serving[receiver] < THREADS_A_RECEIVER and self._threads < self._most_threads:
                self._serving[receiver] += 1
                self._threads += 1
                self._queued -= 1
                self._env.process(self._serve(receiver, queue.popleft()))
            if not queue:
                del self._waiting[receiver]

    def _serve(self, receiver: int, first: Owed) -> Events:
        """Send one after the other to a receiver."""
        around, costs = self._around, self._around.costs
        owed: Owed | None = first
        while owed:
            yield from self._interpreter.work(owed.weight * costs.send)
            seconds, is_taken = around.receivers[receiver].answer(self._env.now, around.chance)
            if around.takers:
                yield from around.takers.work(owed.weight * costs.receive)
            if seconds:
                yield self._env.timeout(seconds)
            self._first_ended_at = self._first_ended_at if self._sent else self._env.now
            self._sent.append((owed, is_taken))
            if not self._heard.triggered:
                self._heard.succeed()
            queue = self._waiting.get(receiver)
            owed = queue.popleft() if queue else None
            self._queued -= owed is not None
        self._serving[receiver] -= 1
        self._threads -= 1

    def _record(self) -> Events:
        """Write down what came of everything that was sent so far."""
        around = self._around
        sent, self._sent = self._sent, []
        yield from self._until_the_database_is_there()
        rows = sum(owed.weight for owed, _ in sent)
        yield from self._with_the_database(rows, around.costs.record, around.costs.record_waits)
        for owed, is_taken in sent:
            self._settle(owed, is_taken)

    def _settle(self, owed: Owed, is_taken: bool) -> None:
        around = self._around
        owed.attempts += 1
        wait = None if is_taken else around.retries.wait(owed.attempts, around.chance.uniform(-1, 1))
        if wait is None:
            owed.done_at, owed.is_given_up = self._env.now, not is_taken
            around.due.done.append(owed)
        else:
            around.due.owe(owed, due_at=self._env.now + _seconds(wait))


def _seconds(wait: timedelta) -> float:
    return wait.total_seconds()
