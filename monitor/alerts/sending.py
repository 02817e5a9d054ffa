"""The loop in which claimed deliveries are sent and recorded, wherever they come from.

What was sent is written down as soon as nothing else ends for a moment: what a process that dies has sent and not
recorded is sent again. While much ends, it is written down together, because a commit costs more than a POST.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

from monitor.alerts.outbox import DeliveryResult, Sent
from monitor.alerts.queues import THREADS, Queues

RECORDED_AT_ONCE = 100
RECORDED_WITHIN = 0.2
QUIET_FOR = 0.01
"""Seconds: what was sent is recorded so long after it at the latest, and once nothing has ended for a moment."""

Record = Callable[[Sequence[Sent]], Sequence[DeliveryResult]]


def send_all(queues: Queues, record: Record, *, within: float = RECORDED_WITHIN) -> Iterator[DeliveryResult]:
    """Send what *queues* gets and holds until there is no more, and give what came of each once that is recorded.

    It is recorded *within* so many seconds, or with so many others as are recorded at once.
    """
    sent: list[Sent] = []
    began_at = monotonic()
    with ThreadPoolExecutor(THREADS, thread_name_prefix="deliver") as pool:
        while True:
            may_be_more = queues.fill()
            yield from queues.postponed()
            queues.start(pool)
            if not (queues.are_serving or sent or may_be_more):
                break
            ended: list[Sent] = []
            if queues.are_serving:
                ended = queues.finished(within=0 if may_be_more else QUIET_FOR if sent else within)
                queues.start(pool)  # what has ended makes room for others, while these are recorded
            began_at = began_at if sent else monotonic()
            sent += ended
            is_quiet = not ended and not may_be_more
            is_late = monotonic() - began_at > within
            if sent and (is_quiet or is_late or not queues.are_serving or len(sent) >= RECORDED_AT_ONCE):
                yield from record(sent)
                queues.recorded(sent)
                sent = []
