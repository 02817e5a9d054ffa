"""What the main thread of a process that lasts is told by signals.

SIGTERM, SIGINT   finish what is under way, and leave
SIGHUP            reread the configuration; one that cannot be used is named in the log, and the former one stays
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue

from monitor.service.service import Reread, Service

WATCH_EVERY = 1.0


def obey(came: "SimpleQueue[int]", service: Service, reread: Reread) -> None:
    """Watch over the service until a signal ends it."""
    while True:
        try:
            number = came.get(timeout=WATCH_EVERY)
        except Empty:
            service.watch()
            continue
        if number != signal.SIGHUP:
            return
        service.reload(reread)


@contextmanager
def signals() -> "Iterator[SimpleQueue[int]]":
    """The signals that come meanwhile. A SimpleQueue may be put into at any moment, an Event may not be set at all."""
    came: SimpleQueue[int] = SimpleQueue()
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    former = {number: signal.signal(number, lambda number, _: came.put(number)) for number in numbers}
    try:
        yield came
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
