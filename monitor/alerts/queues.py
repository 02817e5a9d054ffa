"""What is claimed and not sent yet, by receiver: one that hangs keeps a few threads, and everybody else the rest.

A thread goes on with the next delivery to its receiver by itself, so that none waits until others are recorded.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from queue import Empty, SimpleQueue
from time import monotonic
from typing import NamedTuple

from monitor.alerts.claims import Claim, Claimed, attempt
from monitor.alerts.outbox import DeliveryResult, Outbox, Sent

CLAIMED_AT_ONCE = 200
THREADS = 256
"""They only wait: a receiver that takes 200 ms to answer takes 20 a second with its four, and 50 such a thousand."""
THREADS_A_RECEIVER = 4
MOST_WAITING = 5_000
"""Deliveries held in memory at once. Only a backlog of so many to receivers that hang makes others wait."""
MOST_UNRECORDED = 100
"""Where so many were sent and not taken to be recorded yet, no thread begins another by itself."""
ASKED_AGAIN_AFTER = 1.0
"""Seconds: how often the database is asked for what others came to owe while something is being sent."""


class Taken(NamedTuple):
    """What was claimed now, and whether there may be more at once."""

    claimed: Claimed
    may_be_more: bool


class Queues:
    """Claimed deliveries by receiver, and who of them is being served.

    They come from *source*, which is asked whenever there is room; what keeps it from claiming is one of *troubles*.
    """

    def __init__(self, outbox: Outbox, source: Callable[[], Taken], troubles: list[Exception]) -> None:
        self._outbox = outbox
        self._source = source
        self._troubles = troubles
        self._dry = False
        """Whether nothing more was due when last asked, or nothing more can be claimed."""
        self._asked_at = monotonic()
        self.were_followed = False
        """Whether others waited for what was recorded since somebody set it to False."""
        self._followed: set[str] = set()
        self._postponed: list[DeliveryResult] = []
        self._waiting: defaultdict[str, deque[Claim]] = defaultdict(deque)
        self._serving: defaultdict[str, int] = defaultdict(int)
        self._receivers: dict[Future[None], str] = {}
        self._ended: SimpleQueue[Sent | Future[None] | None] = SimpleQueue()

    def fill(self) -> bool:
        """Claim some of what is due, render what never was, and queue it, if there are threads that nothing waits for.

        Give whether there may be more of it.
        """
        if self._dry and not self._troubles and monotonic() - self._asked_at > ASKED_AGAIN_AFTER:
            self._dry = False
        if self._dry or self._outbox.stopping() or not self._room():
            return False
        try:
            self._claim()
        except Exception as error:  # what is being sent is recorded first
            self._troubles.append(error)
            self._dry = True
        return not self._dry

    def _claim(self) -> None:
        self._asked_at = monotonic()
        claimed, may_be_more = self._source()
        self._dry = not may_be_more
        self._followed |= claimed.followed
        self._postponed += claimed.postponed
        for each in claimed.ready:
            self._waiting[each.receiver].append(each)

    def ask_again(self) -> None:
        """Ask the source soon: there is more. Any thread may call it."""
        self._dry = False
        self._ended.put(None)

    def unsent(self) -> list[Claim]:
        """Take out what was claimed and no thread has begun with."""
        unsent = [claimed for queue in self._waiting.values() for claimed in iter(partial(_next, queue), None)]
        self._waiting.clear()
        return unsent

    def postponed(self) -> list[DeliveryResult]:
        """What could not be made ready since it was asked last."""
        postponed, self._postponed = self._postponed, []
        return postponed

    def _room(self) -> bool:
        """Whether a thread would be idle, and memory allows for more."""
        startable = sum(
            min(len(queue), THREADS_A_RECEIVER - self._serving[name]) for name, queue in self._waiting.items()
        )
        waiting = self.waiting
        return waiting < CLAIMED_AT_ONCE or (startable + len(self._receivers) < THREADS and waiting < MOST_WAITING)

    @property
    def waiting(self) -> int:
        """How many are claimed that no thread has begun with."""
        return sum(map(len, list(self._waiting.values())))

    @property
    def are_serving(self) -> bool:
        """Whether anything is being sent."""
        return bool(self._receivers)

    def start(self, pool: ThreadPoolExecutor) -> None:
        """Hand to threads what may be sent now."""
        if self._outbox.stopping():
            return
        for receiver, queue in list(self._waiting.items()):
            while self._serving[receiver] < THREADS_A_RECEIVER and len(self._receivers) < THREADS:
                first = _next(queue)
                if first is None:
                    break
                future = pool.submit(self._serve, first, queue)
                self._serving[receiver] += 1
                self._receivers[future] = receiver
                future.add_done_callback(self._ended.put)
            if not queue:
                del self._waiting[receiver]

    def _serve(self, first: Claim, queue: deque[Claim]) -> None:
        """Attempt one after the other of a receiver's *queue*, in a thread of its own."""
        claimed: Claim | None = first
        while claimed:
            if sent := attempt(claimed, self._outbox):
                self._ended.put(sent)
            may_go_on = self._ended.qsize() < MOST_UNRECORDED and not self._outbox.stopping()
            claimed = _next(queue) if may_go_on else None

    def finished(self, *, within: float) -> list[Sent]:
        """Wait for an attempt that ends within so many seconds, and give what came of it and of any others by then."""
        ended: list[Sent | Future[None] | None] = []
        with suppress(Empty):
            ended.append(self._ended.get(timeout=within))
            while True:
                ended.append(self._ended.get_nowait())
        for each in ended:
            if isinstance(each, Future):
                self._serving[self._receivers.pop(each)] -= 1
                each.result()
        return [each for each in ended if isinstance(each, Sent)]

    def recorded(self, sent: Sequence[Sent]) -> None:
        """Note that these are settled: whoever waited for one of them may be next.

        After the last of all it is asked once more, as recording may itself owe something to the operator.
        """
        ids = {each.delivery.id for each in sent}
        self.were_followed |= bool(self._followed & ids)
        if not self._troubles and (self._followed & ids or not (self._waiting or self._receivers)):
            self._dry = False
        self._followed -= ids


def _next(queue: deque[Claim]) -> Claim | None:
    """The first of a queue from which several threads take; None where there is none left."""
    with suppress(IndexError):
        return queue.popleft()
    return None
