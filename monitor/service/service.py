"""The threads of the service and what they share: how they begin and end, and what is said of them over HTTP."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from threading import Event, Thread
from time import monotonic as system_monotonic

from structlog.typing import FilteringBoundLogger

from monitor.alerts.notices import service_failing
from monitor.alerts.outbox import CLAIMED_FOR
from monitor.config import Config
from monitor.errors import MonitorError
from monitor.service.bounces import READ_EVERY, BounceReader
from monitor.service.checker import Checker
from monitor.service.dispatcher import Dispatcher
from monitor.service.leadership import BEAT_EVERY, Leadership
from monitor.service.memory import giving_back
from monitor.service.program import Program
from monitor.service.ticking import Ticker
from monitor.service.troubles import Troubles
from monitor.service.watchdog import Watchdog
from monitor.service.worker import Turn, Worker
from monitor.storage import notices
from monitor.storage.holders import own_name
from monitor.storage.overview import overview
from monitor.text import moment
from monitor.web.machines.health import DATABASE_SILENT
from monitor.web.machines.metrics import Metrics

TICK_EVERY = 10.0
STOPS_WITHIN = 7.0
"""Seconds for current steps to end. With a second each for the lease and the pages it is less than ten."""
NEED_A_RESTART = ("store", "web")
"""Sections of the configuration that count from the start to the end of a process."""
STORE_FRESH_FOR = 2.0
STORE_ANSWERS_WITHIN = 4.0
UNWATCHED_AFTER = 60.0
INDEX_EVERY = 5.0
"""Seconds after which lists and searches know what was checked, at the latest."""

Reread = Callable[[], Config]
"""Loads the configuration again. Raise ConfigurationInvalid where it cannot be used."""


class Service:
    """Everything that runs beside the main thread. It is `monitor.web.machines.health.ServiceHealth` for the pages."""

    def __init__(
        self,
        program: Program,
        *,
        clock: Callable[[], datetime],
        log: FilteringBoundLogger,
        monotonic: Callable[[], float] = system_monotonic,
        tick_every: float = TICK_EVERY,
    ) -> None:
        self.program = program
        self._log = log
        self._monotonic = monotonic
        self._watched_at = monotonic()
        self._stop = Event()
        self.metrics = Metrics(
            program.store,
            registries=lambda: self.program.fetched_registries,
            active=lambda: self.leadership.active,
            clock=clock,
            failing_since=self._failing_since,
            check_every=lambda: self.program.config.schedule.check_every,
        )
        self._clock = clock
        self.dispatcher = Dispatcher(
            lambda: self.program, clock=clock, monotonic=monotonic, log=log, stopping=self.is_idle
        )
        self.leadership = Leadership(program.store, own_name(), monotonic=monotonic, log=log, won=self.look_everywhere)
        self._keeping = Worker("lease", self.leadership.step, log=log, every=BEAT_EVERY)
        dispatch = giving_back(self.dispatcher.step, done=lambda: self.dispatcher.sent)
        self._dispatching = Worker("dispatcher", dispatch, log=log)
        self.bounces = BounceReader(
            lambda: self.program, monotonic=monotonic, log=log, stopping=self.is_idle, committed=self._dispatching.wake
        )
        self._reading = Worker("bounces", self.bounces.step, log=log, every=READ_EVERY)
        self.checker = Checker(
            lambda: self.program,
            clock=clock,
            log=log,
            metrics=self.metrics,
            stopping=self.is_idle,
            committed=self._dispatching.wake,
            monotonic=monotonic,
        )
        check = giving_back(self.checker.step, done=lambda: self.checker.trials_checked)
        self._checking = Worker("checker", check, log=log)
        self.ticker = Ticker(
            self.tick, every=tick_every, monotonic=monotonic, log=log, restarted=self.metrics.restarted
        )
        self.watchdog = Watchdog(
            {
                self._checking: self._signs_of_checking,
                self._dispatching: lambda: self.dispatcher.sent,
                self._reading: lambda: self.bounces.mails,
            },
            monotonic=monotonic,
            log=log,
            hung=self.metrics.hung,
            patience={self._dispatching: CLAIMED_FOR.total_seconds()},
        )
        self._due: tuple[datetime | None, datetime | None, datetime | None] = (None, None, None)
        """Since when a pass, a delivery, and one that cannot be made ready have been due; None where none is."""
        self._measuring = Worker("figures", self._measure, log=log)
        self._indexing = Worker("index", self._index, log=log, every=INDEX_EVERY)
        self._troubles = Troubles(self._notify_operator, monotonic=monotonic)

    def start(self) -> None:
        """Start all threads."""
        self._keeping.start()
        self._measuring.start()
        self._checking.start()
        self._dispatching.start()
        self._reading.start()
        self._indexing.start()
        self.ticker.start()

    def watch(self) -> None:
        """Check that the tick comes and that the workers live; call it every second."""
        self._watched_at = self._monotonic()
        self.ticker.watch()
        self.watchdog.watch()
        self._troubles.watch(self._problems())

    def tick(self) -> None:
        """Wake the workers, to do whatever is due."""
        self._checking.wake()
        self._dispatching.wake()

    def look_everywhere(self) -> None:
        """Wake also who is not woken by the tick: this process has become the active one, or is configured anew."""
        self.tick()
        self._reading.wake()

    def send_soon(self) -> None:
        """Wake who sends: something is owed."""
        self._dispatching.wake()

    def is_idle(self) -> bool:
        """Whether nothing new is to be begun: it is ending, or another process is the active one."""
        return self._stop.is_set() or not self.leadership.active

    def stop(self) -> bool:
        """End all threads, and give up the lease; give whether all current steps could be finished.

        What is not finished is not half done: a batch that is not committed is checked again, and a delivery that
        was claimed and not sent is sent by the next process once its claim has expired.
        """
        self._stop.set()
        self.ticker.stop()
        workers = (
            self._checking,
            self._dispatching,
            self._reading,
            self._keeping,
            self._measuring,
            self._indexing,
        )
        for worker in workers:
            worker.stop()
        until = self._monotonic() + STOPS_WITHIN
        ended = [worker.join(max(until - self._monotonic(), 0)) for worker in workers]
        return _within(1.0, self._release) and all(ended)

    def reload(self, reread: Reread) -> None:
        """Go on with the configuration as it is now, or with the old one where that cannot be used."""
        former = self.program.config
        try:
            config = reread()
            new = self.program.reconfigured(config)
            new.apply_configured_watches()
            new.apply_configured_subscriptions()
        except MonitorError as error:
            self._log.error("the configuration cannot be used, the former one stays", reason=str(error))
            return
        self.program = new
        unheeded = [name for name in NEED_A_RESTART if getattr(config, name) != getattr(former, name)]
        self._log.info("the configuration was reread", **({"needs_a_restart": unheeded} if unheeded else {}))
        self.look_everywhere()

    def problems(self) -> Sequence[str]:
        """See `monitor.web.machines.health.ServiceHealth`. Asks the database, unless it has answered just now."""
        since = self._silence()
        if since is None or since > STORE_FRESH_FOR:
            self._keeping.turn(STORE_ANSWERS_WITHIN)
            since = self._silence()
        found = list(self._problems().values())
        if not self._keeping.trouble and (since is None or since > STORE_ANSWERS_WITHIN + STORE_FRESH_FOR):
            found.append(DATABASE_SILENT + ("" if since is None else f" for {since:.0f} s"))
        self._measuring.turn(STORE_FRESH_FOR)
        if self._measuring.trouble:
            found.append(f"what is due cannot be read: {self._measuring.trouble}")
        if (words := self._postponed()) and self.leadership.active:
            found.append(words)
        return found

    def stuck(self) -> Sequence[str]:
        """See `monitor.web.machines.health.ServiceHealth`."""
        return list(self._stuck().values())

    def ages(self) -> dict[str, int]:
        """For how many seconds the oldest pass and the oldest delivery have been due, where any is."""
        names = ("oldest_due_check_seconds", "oldest_due_delivery_seconds")
        now = self._clock()
        return {name: max(int((now - at).total_seconds()), 0) for name, at in zip(names, self._due, strict=False) if at}

    def _problems(self) -> dict[str, str]:
        """All problems, by what has them. What went wrong before this process became a standby is the leader's now."""
        found = self.watchdog.problems(in_steps=self.leadership.standing != "standby")
        if self._keeping.trouble:
            found[self._keeping.name] = self._keeping.trouble
        return found | self._stuck()

    def _stuck(self) -> dict[str, str]:
        """What does not go on by itself, by what has it."""
        found = self.watchdog.problems(in_steps=False)
        if not self._keeping.alive:
            found[self._keeping.name] = "the lease is not kept any more: restart the service"
        silent = self._monotonic() - self._watched_at
        if silent > UNWATCHED_AFTER:
            found["main thread"] = f"the main thread shows no sign of life for {silent:.0f} s: restart the service"
        if self.ticker.is_late:
            found["tick"] = "the tick does not come: restart the service"
        return found

    def _failing_since(self) -> datetime | None:
        return self.checker.failing_since()

    def _index(self) -> Turn:
        """Make what lists show and searches find of what was checked since the last time."""
        if self.is_idle():
            return Turn.SKIPPED
        done = self.program.index(stopping=self.is_idle)
        if done.damaged:
            self._log.warning("indexed without what cannot be read", trials=done.trials, damaged=done.damaged)
        return Turn.WORKED

    def _measure(self) -> None:
        with self.program.store.read() as tx:
            seen = overview(tx)
        self._due = (*self.metrics.due_since(seen), seen.postponed_since)

    def _postponed(self) -> str | None:
        """That deliveries wait which cannot be sent as things are; None where none does."""
        since = self._due[2]
        if since is None:
            return None
        return f"deliveries have waited since {moment(since)} that cannot be made ready: see `monitor deliveries list`"

    def _notify_operator(self, name: str, words: str) -> bool:
        """Have the notice written by a thread that may hang; it is tried again where that fails."""
        written: list[bool] = []

        def write() -> None:
            with suppress(Exception), self.program.store.begin() as tx:
                notices.notify_operator(tx, service_failing(name, words, now=self._clock()))
                written.append(True)

        return _within(1.0, write) and bool(written)

    def standing(self) -> str:
        """See `monitor.web.machines.health.ServiceHealth`."""
        return self.leadership.standing

    def figures(self) -> bytes:
        """See `monitor.web.machines.health.ServiceHealth`."""
        return self.metrics.text()

    def _silence(self) -> float | None:
        """For how many seconds the database has done nothing; None where it never did."""
        reached_at = self.leadership.reached_at
        return None if reached_at is None else self._monotonic() - reached_at

    def _signs_of_checking(self) -> object:
        """A pass that checks no trial for long may still be listing what there is."""
        return self.checker.trials_checked, [registry.traffic.requests for registry in self.program.fetched_registries]

    def _release(self) -> None:
        try:
            self.leadership.release()
        except MonitorError as error:
            self._log.warning("the lease could not be given up, it runs out by itself", reason=str(error))


def _within(seconds: float, call: Callable[[], None]) -> bool:
    """Do something that may hang; give whether it ended in time."""
    thread = Thread(target=call, daemon=True)
    thread.start()
    thread.join(seconds)
    return not thread.is_alive()
