"""The tick: every few seconds APScheduler runs one job, which does nothing that takes time.

The job is one run at a moment, and each tick schedules the next. An interval would list all the runs that were missed
when the clock is set forward, by decades on a machine that starts without a battery: that takes minutes and gigabytes.

APScheduler sleeps until a moment of the wall clock, so when the clock is set back by an hour, the tick would come an
hour late; and a job that hangs schedules nothing. The main thread therefore checks with the monotonic clock that the
tick has come, and starts another scheduler where it has not. Each restart is counted, and health says so where
restarting does not help.
"""

from collections.abc import Callable
from datetime import UTC, timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from structlog.typing import FilteringBoundLogger

from monitor.clock import utc_now

MISSED = 1.8
"""Intervals without a tick after which the scheduler is restarted: so the next tick comes within two."""

MOST_RESTARTS = 2
"""After so many that have not brought the tick back it counts as late."""


class Ticker:
    """Calls *job* every so many seconds, in a thread of APScheduler's."""

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
        self._scheduler = BackgroundScheduler(timezone=UTC)
        self._scheduler.start()
        self._schedule(after=self.every)

    def watch(self) -> None:
        """Restart a scheduler whose tick did not come."""
        silent = self._monotonic() - self._ticked_at
        if silent <= MISSED * self.every:
            return
        self._log.error("the tick did not come, its scheduler is restarted", seconds=round(silent, 1))
        self._restarted()
        self._restarts += 1
        self.stop()
        self.start()
        self._schedule(after=0)

    @property
    def is_late(self) -> bool:
        """Whether the tick has not come though its scheduler was restarted meanwhile."""
        return self._restarts >= MOST_RESTARTS

    def stop(self) -> None:
        """Tick no more. A job that hangs is not waited for."""
        if self._scheduler:
            self._scheduler.shutdown(wait=False)
            self._scheduler = None

    def _schedule(self, *, after: float) -> None:
        """Have the next tick come in so many seconds, in place of any that is still to come."""
        if scheduler := self._scheduler:
            run_date = utc_now() + timedelta(seconds=after)
            scheduler.add_job(
                self._tick, "date", run_date=run_date, id="tick", replace_existing=True, misfire_grace_time=None
            )

    def _tick(self) -> None:
        self._job()
        self._ticked_at = self._monotonic()
        self._restarts = 0
        self._schedule(after=self.every)
