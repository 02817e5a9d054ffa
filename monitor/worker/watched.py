"""What is watched over in a process that takes jobs: its threads, and whether anybody takes the jobs of each queue."""

from collections.abc import Callable
from threading import Thread

from monitor.storage.jobs import Standing
from monitor.worker.duties import Duties

STANDS_STILL_AFTER = 120.0
"""Seconds for which the oldest job of a queue may stay the oldest while nobody takes it."""


class Sending:
    """The thread of a `monitor.worker.sender.Sender`, as `monitor.service.watchdog` sees one."""

    name = "dispatcher"
    trouble = None
    turns = 0

    def __init__(self, run: Callable[[], None], *, busy: Callable[[], bool]) -> None:
        self._busy = busy
        self._thread = Thread(target=run, name="sender", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def join(self, timeout: float) -> bool:
        """Wait for its end; give whether it has come in time."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    @property
    def busy(self) -> bool:
        """Whether there is something to send."""
        return self._busy()

    @property
    def alive(self) -> bool:
        """Whether its thread runs."""
        return self._thread.is_alive()


class Passes:
    """The passes and other jobs of this process, as the watchdog sees a worker."""

    name = "checker"
    trouble = None
    alive = True

    def __init__(self, duties: Duties) -> None:
        self._duties = duties

    @property
    def busy(self) -> bool:
        """Whether any job is under way."""
        return self._duties.under_way > 0

    @property
    def turns(self) -> int:
        """How many have ended."""
        return self._duties.ended


class QueueWatch:
    """Whether jobs are taken, by whichever process: the one that waits longest must not be the same for long."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._seen: dict[str, tuple[int, float]] = {}
        """By queue, the job that waits longest, and since when that has been seen to be so."""
        self._standing: Standing | None = None

    def see(self, standing: Standing) -> None:
        """Take in how it is now."""
        now, former = self._monotonic(), self._seen
        self._seen = {
            each.queue: former[each.queue] if former.get(each.queue, (None,))[0] == each.oldest else (each.oldest, now)
            for each in standing.queues
            if each.oldest is not None
        }
        self._standing = standing

    def problems(self) -> dict[str, str]:
        """What stands still, by its queue."""
        now = self._monotonic()
        still = {
            f"queue {queue}": f"no worker has taken a job of the queue {queue} for {now - since:.0f} s: "
            "see whether the workers live"
            for queue, (_, since) in self._seen.items()
            if now - since > STANDS_STILL_AFTER
        }
        if self._standing and not self._standing.workers:
            still["workers"] = "no worker is alive: start `monitor worker`"
        return still
