"""What is claimed and not sent yet, by receiver: one that hangs keeps a few threads, and everybody else the rest."""

from collections import defaultdict, deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from queue import Empty, SimpleQueue

from monitor.alerts.claims import Claim, attempt, claim
from monitor.alerts.outbox import DeliveryResult, Outbox, Sent

CLAIMED_AT_ONCE = 200
THREADS = 256
"""They only wait: a receiver that takes 200 ms to answer takes 20 a second with its four, and 50 such a thousand."""
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
        self._done: SimpleQueue[Future[Sent | None]] = SimpleQueue()

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

    @property
    def are_serving(self) -> bool:
        """Whether anything is being sent."""
        return bool(self._receivers)

    def start(self, pool: ThreadPoolExecutor) -> None:
        """Hand to threads what may be sent now."""
        for receiver, queue in list(self._waiting.items()):
            while queue and self._serving[receiver] < THREADS_A_RECEIVER and len(self._receivers) < THREADS:
                future = pool.submit(attempt, queue.popleft(), self._outbox)
                self._serving[receiver] += 1
                self._receivers[future] = receiver
                future.add_done_callback(self._done.put)
            if not queue:
                del self._waiting[receiver]

    def finished(self, *, within: float) -> list[Sent]:
        """Wait for an attempt that ends within so many seconds, and give what came of it and of any others by then."""
        ended: list[Future[Sent | None]] = []
        with suppress(Empty):
            ended.append(self._done.get(timeout=within))
            while True:
                ended.append(self._done.get_nowait())
        for future in ended:
            self._serving[self._receivers.pop(future)] -= 1
        return [sent for future in ended if (sent := future.result())]
