"""The work of one of any number of processes at a PostgreSQL database: jobs are taken by whoever is free.

No process is the active one. What is to happen once, happens once by the database: a periodic job is deferred once, a
registry is checked behind a lock, a delivery is claimed. See `monitor.service.work.Work` for what this is to the
service, and `monitor.service.alone` for the same of one process.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from threading import Event

from structlog.typing import FilteringBoundLogger

from monitor.alerts.outbox import CLAIMED_FOR, Outbox
from monitor.config.keys import WorkerSettings
from monitor.errors import MonitorError
from monitor.service.alone import within
from monitor.service.dispatcher import log_attempt
from monitor.service.program import Program
from monitor.service.watchdog import Watchdog
from monitor.service.work import MakeWork
from monitor.service.worker import Worker
from monitor.storage import jobs
from monitor.storage.holders import own_name
from monitor.storage.store import driver_address
from monitor.web.machines.health import DATABASE_SILENT
from monitor.web.machines.metrics import Metrics
from monitor.worker.duties import Duties
from monitor.worker.presence import BEAT_EVERY, Presence
from monitor.worker.running import Running
from monitor.worker.sender import Sender
from monitor.worker.tasks import queues
from monitor.worker.watched import Passes, QueueWatch, Sending

LOOKS_EVERY = BEAT_EVERY
STORE_FRESH_FOR = 2.0
ENDS_WITHIN = 5.0
"""Seconds for jobs to end; what is being sent is given the rest."""


def sharing(settings: WorkerSettings) -> MakeWork:
    """The work of `monitor serve`: it takes jobs, or leaves that to others."""
    return partial(Sharing, takes_jobs=settings.in_serve)


class Sharing:
    """Takes jobs from `start` to `stop`. See `monitor.service.work.Work`."""

    def __init__(
        self,
        program: Callable[[], Program],
        *,
        metrics: Metrics,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float],
        log: FilteringBoundLogger,
        takes_jobs: bool = True,
    ) -> None:
        """Without *takes_jobs*, it only watches how it is with them: others take them."""
        self._takes_jobs = takes_jobs
        self._program = program
        self._monotonic = monotonic
        self._stop = Event()
        self._of: Program = program()
        self.presence = Presence(own_name(), clock=clock, monotonic=monotonic, log=log)
        self.sender = Sender(
            self._outbox,
            holder=self.presence.own,
            epoch=self.presence.epoch,
            told=lambda result: log_attempt(log, result),
            is_current=lambda: self._of is program(),
        )
        self.duties = Duties(
            program,
            self.sender,
            metrics=metrics,
            clock=clock,
            monotonic=monotonic,
            log=log,
            stopping=self._stop.is_set,
        )
        settings = program().config.worker
        self.running = Running(
            driver_address(program().config.store.url),
            queues(self.duties, settings.concurrency),
            log=log,
            grace=ENDS_WITHIN,
            listens=settings.listen,
        )
        self._sending = Sending(self.sender.run, busy=lambda: self.sender.is_busy)
        self._queues = QueueWatch(monotonic)
        self._looking = Worker("database", self._look, log=log, every=LOOKS_EVERY)
        self._reached_at: float | None = None
        self.watchdog = Watchdog(
            {self._sending: lambda: self.sender.sent, Passes(self.duties): self._signs_of_passes} if takes_jobs else {},
            monotonic=monotonic,
            log=log,
            hung=metrics.hung,
            patience={self._sending: CLAIMED_FOR.total_seconds()},
        )

    def start(self) -> None:
        """Start all threads."""
        self._looking.start()
        if self._takes_jobs:
            self._sending.start()
            self.running.start()

    def watch(self) -> None:
        """Check that everything lives."""
        self.watchdog.watch()

    def tick(self) -> None:
        """Have what is due dispatched now, by whoever is free."""
        with self._program().store.begin() as tx:
            jobs.dispatch(tx)

    def send_soon(self) -> None:
        """Nothing: whoever owes a delivery has deferred its job in the same transaction."""

    def reconfigured(self) -> None:
        """Look at once what is due now. What is being sent goes on with the former configuration."""
        self.tick()

    def stop(self) -> None:
        """Take no more jobs."""
        self._stop.set()
        self._looking.stop()
        self.running.stop()
        self.sender.stop()

    def join(self, seconds: float) -> bool:
        """Wait for what is under way; give whether it could be finished in time."""
        until = self._monotonic() + seconds
        threads = (self.running, self._sending, self._looking) if self._takes_jobs else (self._looking,)
        ended = [each.join(max(until - self._monotonic(), 0)) for each in threads]
        # Otherwise the lease stays, so that others see it stand still, and make due what is claimed here.
        return all(ended) and within(1.0, self._leave)

    def is_idle(self) -> bool:
        """Whether it is ending."""
        return self._stop.is_set()

    def problems(self) -> dict[str, str]:
        """What does not work, by what has it."""
        found = self.watchdog.problems(in_steps=False)
        if self._takes_jobs and self.running.trouble:
            found["jobs"] = f"no jobs are taken here: {self.running.trouble}"
        if self.sender.trouble:
            found["sender"] = f"the sender cannot work: {self.sender.trouble}"
        for name, words in list(self.duties.troubles.items()):
            found[f"job {name}"] = f"the job {name} failed: {words}"
        if self._looking.trouble:
            found["database"] = self._looking.trouble
        return found | self._queues.problems()

    def stuck(self) -> dict[str, str]:
        """What only a restart ends."""
        found = self.watchdog.problems(in_steps=False)
        if self._takes_jobs and not self.running.alive:
            found["jobs"] = "no jobs are taken here any more: restart this process"
        return found

    def failing_since(self) -> datetime | None:
        """Of the trials that this process checked last."""
        return self.duties.checker.failing_since()

    def standing(self) -> str:
        """Leader, as every process works; unknown where the database does not say anything."""
        since = self._silence()
        return "leader" if since is not None and since < 3 * LOOKS_EVERY else "unknown"

    def reach(self, seconds: float) -> str | None:
        """Ask the database, unless it has answered just now; what is wrong with it, or None."""
        since = self._silence()
        if since is None or since > STORE_FRESH_FOR:
            self._looking.turn(seconds)
            since = self._silence()
        if not self._looking.trouble and (since is None or since > seconds + STORE_FRESH_FOR):
            return DATABASE_SILENT + ("" if since is None else f" for {since:.0f} s")
        return None

    def _leave(self) -> None:
        if self._takes_jobs:
            with suppress(MonitorError):
                self.presence.leave(self._program().store)

    def _look(self) -> None:
        if self._takes_jobs:
            self.presence.step(self._program().store)
        with self._program().store.read() as tx:
            seen = jobs.standing(tx)
        self._reached_at = self._monotonic()
        if seen:
            self._queues.see(seen)

    def _silence(self) -> float | None:
        return None if self._reached_at is None else self._monotonic() - self._reached_at

    def _outbox(self) -> Outbox:
        self._of = self._program()
        return self._of.outbox()

    def _signs_of_passes(self) -> object:
        return self.duties.checker.trials_checked, [
            each.traffic.requests for each in self._program().fetched_registries
        ]
