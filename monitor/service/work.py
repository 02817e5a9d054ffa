"""What the service keeps going beside its pages: passes over registries, deliveries, and what else comes due."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from structlog.typing import FilteringBoundLogger

from monitor.service.program import Program
from monitor.web.machines.metrics import Metrics


class Work(Protocol):
    """The work, however it is shared: see `monitor.service.alone` and `monitor.worker.sharing`."""

    def start(self) -> None:
        """Begin."""

    def watch(self) -> None:
        """Check that everything lives; called every second."""

    def tick(self) -> None:
        """Do soon what is due."""

    def send_soon(self) -> None:
        """Send soon what is owed."""

    def reconfigured(self) -> None:
        """Take up the configuration that the program has now."""

    def stop(self) -> None:
        """Begin nothing more."""

    def join(self, seconds: float) -> bool:
        """Wait for what is under way; give whether it could be finished in time, and nothing is held any more."""

    def is_idle(self) -> bool:
        """Whether nothing new is to be begun here: it is ending, or another process is the active one."""

    def problems(self) -> dict[str, str]:
        """What does not work, by what has it."""

    def stuck(self) -> dict[str, str]:
        """What only a restart ends, by what has it. It asks no database."""

    def failing_since(self) -> datetime | None:
        """Since when the trial has failed that fails for the longest, pass after pass; None where none does."""

    def standing(self) -> str:
        """leader, standby, or unknown where the database did not say."""

    def reach(self, seconds: float) -> str | None:
        """Ask the database, unless it has answered just now; what is wrong with it, or None.

        It waits for so many seconds at the most.
        """


class MakeWork(Protocol):
    """Makes the work of a program that may be configured anew meanwhile."""

    def __call__(
        self,
        program: Callable[[], Program],
        *,
        metrics: Metrics,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float],
        log: FilteringBoundLogger,
    ) -> Work:
        """The work, which has not begun."""
