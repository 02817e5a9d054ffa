"""The tick: APScheduler calls one job every few seconds, and the job does nothing that takes time.

APScheduler sleeps until a wall-clock time, so after the clock was set back by an hour nothing runs for an hour; and a
job that hangs is never run again. Neither shows in its state. So `watch` looks, by the monotonic clock, whether the
tick has come, and puts another scheduler in the place of one that let it fail.

After the clock was set forward, by decades on a machine that starts without a battery, APScheduler's own interval lists
all the runs that it has missed before it drops them: minutes, and memory for each. Ours counts from now on.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Thread

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from structlog.typing import FilteringBoundLogger

MISSED = 1.8
"""Intervals without a tick after which the scheduler is taken for dead: so the next tick comes within two."""

MOST_RESTARTS = 2
"""After so many that have not brought the tick back it counts as gone."""


class _FromNowOn(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """Fires so many seconds after the last time that it was looked at, whatever was missed before."""

    def __init__(self, seconds: float) -> None:
        self._every = timedelta(seconds=seconds)

    def get_next_fire_time(self, _previous: datetime | None, now: datetime) -> datetime:
        """The moment of the next tick; APScheduler calls it."""
        return now + self._every


class Ticker:
    """Calls *job* every so many seconds, in a thread of its own."""

    def __init__(
        self,
        job: Callable[[], None],
        *,
        every: float,
        monotonic: Callable[[], float],
        log: FilteringBoundLogger,
        restarted: Callable[[], None],
    ) -> None:
        self.every = every
        self._job = job
        self._monotonic = monotonic
        self._log = log
        self._restarted = restarted
        self._ticked_at = monotonic()
        self._scheduler: BackgroundScheduler | None = None
        self._restarts = 0
        """Since the last tick."""

    def start(self) -> None:
        """Tick once every interval from now on."""
        self._ticked_at = self._monotonic()
        self._scheduler = self._started()

    def watch(self) -> None:
        """Put another scheduler in the place of one that has missed the tick."""
        silent = self._monotonic() - self._ticked_at
        if silent <= MISSED * self.every:
            return
        self._log.error("the tick did not come, its scheduler is restarted", seconds=round(silent, 1))
        self._restarted()
        self._restarts += 1
        self.stop()
        self.start()
        # Whatever the new one does, what is due is looked for now; not here, where a job that hangs would hang us.
        Thread(target=self._job, daemon=True).start()

    @property
    def is_late(self) -> bool:
        """Whether the tick has not come though its scheduler was restarted meanwhile."""
        return self._restarts >= MOST_RESTARTS

    def stop(self) -> None:
        """Tick no more. A scheduler that hangs is left to itself: waiting for it would hang us too."""
        if self._scheduler:
            Thread(target=self._scheduler.shutdown, kwargs={"wait": False}, daemon=True).start()
            self._scheduler = None

    def _started(self) -> BackgroundScheduler:
        scheduler = BackgroundScheduler(timezone=UTC, executors={"default": ThreadPoolExecutor(1)})
        scheduler.add_job(
            self._tick,
            _FromNowOn(self.every),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
        scheduler.start()
        return scheduler

    def _tick(self) -> None:
        self._job()
        self._ticked_at = self._monotonic()
        self._restarts = 0
