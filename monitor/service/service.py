"""The service: its work, what is measured and said of it over HTTP, and how it begins, ends and is configured anew."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from time import monotonic as system_monotonic

from structlog.typing import FilteringBoundLogger

from monitor.alerts.notices import service_failing
from monitor.config import Config
from monitor.errors import MonitorError
from monitor.service.alone import Alone, within
from monitor.service.program import Program
from monitor.service.troubles import Troubles
from monitor.service.work import MakeWork
from monitor.service.worker import Worker
from monitor.storage import notices
from monitor.storage.overview import overview
from monitor.text import moment
from monitor.web.machines.metrics import Metrics

STOPS_WITHIN = 7.0
"""Seconds for current steps to end. With a second each for the lease and the pages it is less than ten."""
NEED_A_RESTART = ("store", "web")
"""Sections of the configuration that count from the start to the end of a process."""
STORE_FRESH_FOR = 2.0
STORE_ANSWERS_WITHIN = 4.0
UNWATCHED_AFTER = 60.0

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
        work: MakeWork = Alone,
    ) -> None:
        self.program = program
        self._log = log
        self._monotonic = monotonic
        self._watched_at = monotonic()
        self.metrics = Metrics(
            program.store,
            registries=lambda: self.program.fetched_registries,
            active=lambda: not self.work.is_idle(),
            clock=clock,
            failing_since=self._failing_since,
            check_every=lambda: self.program.config.schedule.check_every,
        )
        self._clock = clock
        self.work = work(lambda: self.program, metrics=self.metrics, clock=clock, monotonic=monotonic, log=log)
        self._due: tuple[datetime | None, datetime | None, datetime | None] = (None, None, None)
        """Since when a pass, a delivery, and one that cannot be made ready have been due; None where none is."""
        self._measuring = Worker("figures", self._measure, log=log)
        self._troubles = Troubles(self._notify_operator, monotonic=monotonic)

    def start(self) -> None:
        """Start all threads."""
        self._measuring.start()
        self.work.start()

    def watch(self) -> None:
        """Check that everything lives; call it every second."""
        self._watched_at = self._monotonic()
        self.work.watch()
        self._troubles.watch(self._problems())

    def tick(self) -> None:
        """Do soon what is due."""
        self.work.tick()

    def send_soon(self) -> None:
        """Send soon what is owed."""
        self.work.send_soon()

    def stop(self) -> bool:
        """End all threads; give whether what was under way could be finished."""
        self._measuring.stop()
        self.work.stop()
        return self.work.join(STOPS_WITHIN) and self._measuring.join(STORE_FRESH_FOR)

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
        self.work.reconfigured()

    def problems(self) -> Sequence[str]:
        """See `monitor.web.machines.health.ServiceHealth`. Asks the database, unless it has answered just now."""
        silent = self.work.reach(STORE_ANSWERS_WITHIN)
        found = [*self._problems().values(), *([silent] if silent else [])]
        self._measuring.turn(STORE_FRESH_FOR)
        if self._measuring.trouble:
            found.append(f"what is due cannot be read: {self._measuring.trouble}")
        if (words := self._postponed()) and not self.work.is_idle():
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
        """All problems, by what has them."""
        return self.work.problems() | self._stuck()

    def _stuck(self) -> dict[str, str]:
        """What does not go on by itself, by what has it."""
        found = self.work.stuck()
        silent = self._monotonic() - self._watched_at
        if silent > UNWATCHED_AFTER:
            found["main thread"] = f"the main thread shows no sign of life for {silent:.0f} s: restart the service"
        return found

    def _failing_since(self) -> datetime | None:
        return self.work.failing_since()

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

        return within(1.0, write) and bool(written)

    def standing(self) -> str:
        """See `monitor.web.machines.health.ServiceHealth`."""
        return self.work.standing()

    def figures(self) -> bytes:
        """See `monitor.web.machines.health.ServiceHealth`."""
        return self.metrics.text()
