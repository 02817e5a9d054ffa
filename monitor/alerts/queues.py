"""What is claimed and not sent yet, by receiver: one that hangs keeps a few threads, and everybody else the rest."""

from collections import defaultdict, deque
from concurrent.futures import Future, ThreadPoolExecutor

from monitor.alerts.claims import Claim, attempt, claim
from monitor.alerts.outbox import DeliveryResult, Outbox, Sent

CLAIMED_AT_ONCE = 200
THREADS = 32
THREADS_A_RECEIVER = 4
MOST_WAITING = 5_000
"""Deliveries held in memory at once. Only a backlog of so many to receivers that hang makes others wait."""


class Queues:
    """Claimed deliveries by receiver, and who of them is being served. What keeps it from claiming is a trouble."""

    def __init__(self, outbox: Outbox, troubles: list[Exception]) -> None:
        self.dry = False
        """Whether nothing more was due when last asked, or nothing more can be claimed."""
        self._outbox = outbox
        self._troubles = troubles
        self._postponed: list[DeliveryResult] = []
        self._waiting: defaultdict[str, deque[Claim]] = defaultdict(deque)
        self._serving: defaultdict[str, int] = defaultdict(int)
        self._receivers: dict[Future[Sent | None], str] = {}

    def fill(self) -> None:
        """Claim what is due, render what never was, and queue it, while there are threads that nothing waits for."""
        while not self.dry and self._room():
            try:
                self._claim()
            except Exception as error:  # what is being sent is recorded first
                self._troubles.append(error)
                self.dry = True

    def _claim(self) -> None:
        claimed = claim(self._outbox, limit=CLAIMED_AT_ONCE)
        self.dry = claimed.count < CLAIMED_AT_ONCE
        self._postponed += claimed.postponed
        for each in claimed.ready:
            self._waiting[each.receiver].append(each)

    def postponed(self) -> list[DeliveryResult]:
        """What could not be made ready since it was asked last."""
        postponed, self._postponed = self._postponed, []
        return postponed

    def _room(self) -> bool:
        """Whether a thread would be idle, and memory allows for more."""
        startable = sum(
            min(len(queue), THREADS_A_RECEIVER - self._serving[name]) for name, queue in self._waiting.items()
        )
        waiting = sum(map(len, self._waiting.values()))
        return waiting < CLAIMED_AT_ONCE or (startable + len(self._receivers) < THREADS and waiting < MOST_WAITING)

    def start(self, pool: ThreadPoolExecutor) -> set[Future[Sent | None]]:
        """Hand to threads what may be sent now."""
        started = set()
        for receiver, queue in list(self._waiting.items()):
            while queue and self._serving[receiver] < THREADS_A_RECEIVER and len(self._receivers) < THREADS:
                future = pool.submit(attempt, queue.popleft(), self._outbox)
                self._serving[receiver] += 1
                self._receivers[future] = receiver
                started.add(future)
            if not queue:
                del self._waiting[receiver]
        return started

    def finish(self, future: Future[Sent | None]) -> Sent | None:
        """Take a thread back, and give what came of its attempt."""
        self._serving[self._receivers.pop(future)] -= 1
        return future.result()
