"""The work of one process at a time, in threads of its own: of several at one database, the one with the lease."""

from collections.abc import Callable
from datetime import datetime
from threading import Event, Thread

from structlog.typing import FilteringBoundLogger

from monitor.alerts.outbox import CLAIMED_FOR
from monitor.errors import MonitorError
from monitor.service.bounces import READ_EVERY, BounceReader
from monitor.service.checker import Checker
from monitor.service.dispatcher import Dispatcher
from monitor.service.leadership import BEAT_EVERY, Leadership
from monitor.service.memory import giving_back
from monitor.service.program import Program
from monitor.service.pruning import prune_daily
from monitor.service.ticking import Ticker
from monitor.service.watchdog import Watchdog
from monitor.service.worker import Turn, Worker
from monitor.storage.holders import own_name
from monitor.web.machines.health import DATABASE_SILENT
from monitor.web.machines.metrics import Metrics

TICK_EVERY = 10.0
STORE_FRESH_FOR = 2.0
INDEX_EVERY = 5.0
"""Seconds after which lists and searches know what was checked, at the latest."""
PRUNE_EVERY = 3600.0
"""Seconds after which it is seen whether a day has gone by since it was looked for what can be given up."""


class Alone:
    """See `monitor.service.work.Work`."""

    def __init__(
        self,
        program: Callable[[], Program],
        *,
        metrics: Metrics,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float],
        log: FilteringBoundLogger,
        tick_every: float = TICK_EVERY,
    ) -> None:
        self._program = program
        self._log = log
        self._clock = clock
        self._monotonic = monotonic
        self._stop = Event()
        self.leadership = Leadership(
            program().store, own_name(), monotonic=monotonic, log=log, won=self._look_everywhere
        )
        self._keeping = Worker("lease", self.leadership.step, log=log, every=BEAT_EVERY)
        self.dispatcher = Dispatcher(program, clock=clock, monotonic=monotonic, log=log, stopping=self.is_idle)
        dispatch = giving_back(self.dispatcher.step, done=lambda: self.dispatcher.sent)
        self._dispatching = Worker("dispatcher", dispatch, log=log)
        self.bounces = BounceReader(
            program, monotonic=monotonic, log=log, stopping=self.is_idle, committed=self.send_soon
        )
        self._reading = Worker("bounces", self.bounces.step, log=log, every=READ_EVERY)
        self.checker = Checker(
            program,
            clock=clock,
            log=log,
            metrics=metrics,
            stopping=self.is_idle,
            committed=self.send_soon,
            monotonic=monotonic,
        )
        check = giving_back(self.checker.step, done=lambda: self.checker.trials_checked)
        self._checking = Worker("checker", check, log=log)
        self._indexing = Worker("index", self._index, log=log, every=INDEX_EVERY)
        self._pruning = Worker("prune", self._prune, log=log, every=PRUNE_EVERY)
        self.ticker = Ticker(self.tick, every=tick_every, monotonic=monotonic, log=log, restarted=metrics.restarted)
        self.watchdog = Watchdog(
            {
                self._checking: self._signs_of_checking,
                self._dispatching: lambda: self.dispatcher.sent,
                self._reading: lambda: self.bounces.mails,
            },
            monotonic=monotonic,
            log=log,
            hung=metrics.hung,
            patience={self._dispatching: CLAIMED_FOR.total_seconds()},
        )
        self._workers = (self._checking, self._dispatching, self._reading, self._keeping, self._indexing, self._pruning)

    def start(self) -> None:
        """Start all threads."""
        self._keeping.start()
        self._checking.start()
        self._dispatching.start()
        self._reading.start()
        self._indexing.start()
        self._pruning.start()
        self.ticker.start()

    def watch(self) -> None:
        """Check that the tick comes and that the workers live."""
        self.ticker.watch()
        self.watchdog.watch()

    def tick(self) -> None:
        """Wake the workers, to do whatever is due."""
        self._checking.wake()
        self._dispatching.wake()

    def send_soon(self) -> None:
        """Wake who sends: something is owed."""
        self._dispatching.wake()

    def reconfigured(self) -> None:
        """Wake everybody."""
        self._look_everywhere()

    def _look_everywhere(self) -> None:
        """Wake also who is not woken by the tick: this process has become the active one, or is configured anew."""
        self.tick()
        self._reading.wake()

    def is_idle(self) -> bool:
        """Whether nothing new is to be begun: it is ending, or another process is the active one."""
        return self._stop.is_set() or not self.leadership.active

    def stop(self) -> None:
        """Begin nothing more."""
        self._stop.set()
        self.ticker.stop()
        for worker in self._workers:
            worker.stop()

    def join(self, seconds: float) -> bool:
        """Wait for all threads, and give up the lease; give whether all current steps could be finished.

        What is not finished is not half done: a batch that is not committed is checked again, and a delivery that
        was claimed and not sent is sent by the next process once its claim has expired.
        """
        until = self._monotonic() + seconds
        ended = [worker.join(max(until - self._monotonic(), 0)) for worker in self._workers]
        return within(1.0, self._release) and all(ended)

    def problems(self) -> dict[str, str]:
        """All problems, by what has them. What went wrong before this process became a standby is the leader's now."""
        found = self.watchdog.problems(in_steps=self.leadership.standing != "standby")
        if self._keeping.trouble:
            found[self._keeping.name] = self._keeping.trouble
        return found

    def stuck(self) -> dict[str, str]:
        """What only a restart ends, by what has it."""
        found = self.watchdog.problems(in_steps=False)
        if not self._keeping.alive:
            found[self._keeping.name] = "the lease is not kept any more: restart the service"
        if self.ticker.is_late:
            found["tick"] = "the tick does not come: restart the service"
        return found

    def failing_since(self) -> datetime | None:
        """See `Checker.failing_since`."""
        return self.checker.failing_since()

    def standing(self) -> str:
        """Leader or standby; unknown where the database has not said yet, or no more."""
        return self.leadership.standing

    def reach(self, seconds: float) -> str | None:
        """Ask the database by keeping the lease, unless it has answered just now; what is wrong, or None."""
        since = self._silence()
        if since is None or since > STORE_FRESH_FOR:
            self._keeping.turn(seconds)
            since = self._silence()
        if not self._keeping.trouble and (since is None or since > seconds + STORE_FRESH_FOR):
            return DATABASE_SILENT + ("" if since is None else f" for {since:.0f} s")
        return None

    def _silence(self) -> float | None:
        """For how many seconds the database has done nothing; None where it never did."""
        reached_at = self.leadership.reached_at
        return None if reached_at is None else self._monotonic() - reached_at

    def _prune(self) -> Turn:
        """Give up what need not be kept in full any more."""
        if self.is_idle():
            return Turn.SKIPPED
        prune_daily(self._program(), now=self._clock(), stopping=self.is_idle, log=self._log)
        return Turn.WORKED

    def _index(self) -> Turn:
        """Make what lists show and searches find of what was checked since the last time."""
        if self.is_idle():
            return Turn.SKIPPED
        done = self._program().index(stopping=self.is_idle)
        if done.damaged:
            self._log.warning("indexed without what cannot be read", trials=done.trials, damaged=done.damaged)
        return Turn.WORKED

    def _signs_of_checking(self) -> object:
        """A pass that checks no trial for long may still be listing what there is."""
        return self.checker.trials_checked, [each.traffic.requests for each in self._program().fetched_registries]

    def _release(self) -> None:
        try:
            self.leadership.release()
        except MonitorError as error:
            self._log.warning("the lease could not be given up, it runs out by itself", reason=str(error))


def within(seconds: float, call: Callable[[], None]) -> bool:
    """Do something that may hang; give whether it ended in time."""
    thread = Thread(target=call, daemon=True)
    thread.start()
    thread.join(seconds)
    return not thread.is_alive()
