"""The threads of the service and what they share: how they begin and end, and what is said of them over HTTP."""

from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Event, Thread
from time import monotonic as system_monotonic

from structlog.typing import FilteringBoundLogger

from monitor.config import Config
from monitor.errors import MonitorError
from monitor.service.dispatcher import Dispatcher
from monitor.service.leadership import BEAT_EVERY, Leadership
from monitor.service.lookout import Lookout
from monitor.service.memory import giving_back
from monitor.service.program import Program
from monitor.service.ticking import Ticker
from monitor.service.watchdog import Watchdog
from monitor.service.worker import Worker
from monitor.storage.holders import own_name
from monitor.web.metrics import Metrics

TICK_EVERY = 10.0
STOPS_WITHIN = 7.0
"""Seconds for what is in hand. With a second each for the lease and the pages it is less than ten."""
NEED_A_RESTART = ("store", "web")
"""Sections of the configuration that count from the start to the end of a process."""
STORE_FRESH_FOR = 2.0
STORE_ANSWERS_WITHIN = 4.0

Reread = Callable[[], Config]
"""Loads the configuration again. Raise ConfigurationInvalid where it cannot be used."""


class Service:
    """Everything that runs beside the main thread. It is `monitor.web.pages.Vitals` for the pages."""

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
        self._stop = Event()
        self.metrics = Metrics(
            program.store,
            registries=lambda: self.program.registries,
            active=lambda: self.leadership.active,
            clock=clock,
        )
        self.dispatcher = Dispatcher(
            lambda: self.program, clock=clock, monotonic=monotonic, log=log, stopping=self.is_idle
        )
        self.leadership = Leadership(program.store, own_name(), monotonic=monotonic, log=log, won=self.tick)
        self._keeping = Worker("lease", self.leadership.step, log=log, every=BEAT_EVERY)
        dispatch = giving_back(self.dispatcher.step, done=lambda: self.dispatcher.sent)
        self._dispatching = Worker("dispatcher", dispatch, log=log)
        self.lookout = Lookout(
            lambda: self.program,
            clock=clock,
            log=log,
            metrics=self.metrics,
            stopping=self.is_idle,
            committed=self._dispatching.wake,
            monotonic=monotonic,
        )
        look = giving_back(self.lookout.step, done=lambda: self.lookout.looked_at)
        self._looking = Worker("lookout", look, log=log)
        self.ticker = Ticker(
            self.tick, every=tick_every, monotonic=monotonic, log=log, restarted=self.metrics.restarted
        )
        self.watchdog = Watchdog(
            {self._looking: self._signs_of_looking, self._dispatching: lambda: self.dispatcher.sent},
            monotonic=monotonic,
            log=log,
            hung=self.metrics.hung,
        )

    def start(self) -> None:
        """Start all threads."""
        self._keeping.start()
        self._looking.start()
        self._dispatching.start()
        self.ticker.start()

    def watch(self) -> None:
        """Look whether the tick comes and the workers live; call it every second."""
        self.ticker.watch()
        self.watchdog.watch()

    def tick(self) -> None:
        """Let the workers look whether anything is due."""
        self._looking.wake()
        self._dispatching.wake()

    def is_idle(self) -> bool:
        """Whether nothing new is to be begun: it is ending, or another process is the active one."""
        return self._stop.is_set() or not self.leadership.active

    def stop(self) -> bool:
        """End all threads, and give up the lease; give whether everything in hand could be finished.

        What is not finished is not half done: a batch that is not committed is looked at again, and a delivery that
        was claimed and not sent is sent by the next process once its claim has expired.
        """
        self._stop.set()
        self.ticker.stop()
        workers = (self._looking, self._dispatching, self._keeping)
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
        self.tick()

    def ailments(self) -> Sequence[str]:
        """See `monitor.web.pages.Vitals`. Asks the database, unless it has answered just now."""
        since = self._silence()
        if since is None or since > STORE_FRESH_FOR:
            self._keeping.turn(STORE_ANSWERS_WITHIN)
            since = self._silence()
        found = list(self.watchdog.ailments())
        if self._keeping.trouble:
            found.append(self._keeping.trouble)
        elif since is None or since > STORE_ANSWERS_WITHIN + STORE_FRESH_FOR:
            found.append("the database does not answer" + ("" if since is None else f" for {since:.0f} s"))
        return found

    def standing(self) -> str:
        """See `monitor.web.pages.Vitals`."""
        return self.leadership.standing

    def figures(self) -> bytes:
        """See `monitor.web.pages.Vitals`."""
        return self.metrics.text()

    def _silence(self) -> float | None:
        """For how many seconds the database has done nothing; None where it never did."""
        reached_at = self.leadership.reached_at
        return None if reached_at is None else self._monotonic() - reached_at

    def _signs_of_looking(self) -> object:
        """A pass that finds nothing out for long may still be listing what there is."""
        return self.lookout.looked_at, [registry.traffic.requests for registry in self.program.registries]

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
