"""A thread that does one thing whenever it is woken, and never dies of it."""

from collections.abc import Callable
from enum import Enum
from threading import Condition, Thread

from structlog.typing import FilteringBoundLogger

from monitor.errors import MonitorError


class Turn(Enum):
    """What a step came to that did not fail."""

    WORKED = "worked"
    """It did what there was to do, or saw that there was nothing."""
    SKIPPED = "skipped"
    """It was not the time for it, so it proves nothing."""


Step = Callable[[], Turn | None]
"""None says the same as WORKED."""


class Worker:
    """Calls *step* when it is woken and, with *every*, so many seconds after the last time.

    What goes wrong in a step is its `trouble` until one did its work, and is logged when it begins, changes and ends:
    see `monitor.service.troubles`.
    Other threads may read everything here. It is a daemon: a step that hangs does not keep the process.
    """

    def __init__(self, name: str, step: Step, *, log: FilteringBoundLogger, every: float | None = None) -> None:
        self.name = name
        self.trouble: str | None = None
        self.busy = False
        self.turns = 0
        """How many steps have ended, well or not."""
        self._step = step
        self._every = every
        self._log = log
        self._changed = Condition()
        self._woken = self._stopping = False
        self._thread = Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin, with a first step at once."""
        self._woken = True
        self._thread.start()

    def wake(self) -> None:
        """Take one step more, now or after the current one."""
        with self._changed:
            self._woken = True
            self._changed.notify_all()

    def turn(self, timeout: float) -> bool:
        """Wake it, and wait until a step that began after that has ended; False where that takes longer."""
        with self._changed:
            wanted = self.turns + (2 if self.busy else 1)
            self._woken = True
            self._changed.notify_all()
            return self._changed.wait_for(lambda: self.turns >= wanted, timeout)

    def stop(self) -> None:
        """Take no step after the current one."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()

    def join(self, timeout: float) -> bool:
        """Wait for the current step to end; give whether it has ended in time."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    @property
    def alive(self) -> bool:
        """Whether its thread runs."""
        return self._thread.is_alive()

    def _run(self) -> None:
        while self._begin():
            trouble = self._tried()
            self._log_change(trouble)
            with self._changed:
                self.trouble, self.busy = trouble, False
                self.turns += 1
                self._changed.notify_all()

    def _begin(self) -> bool:
        """Wait until there is something to do; False where that is to stop."""
        with self._changed:
            self._changed.wait_for(lambda: self._woken or self._stopping, self._every)
            self._woken = False
            self.busy = not self._stopping
            return self.busy

    def _tried(self) -> str | None:
        """Take a step, and give what is wrong after it."""
        try:
            return self.trouble if self._step() is Turn.SKIPPED else None
        except MonitorError as error:
            return str(error)
        except Exception as error:
            self._log.error("a step failed as it never should", worker=self.name, exc_info=True)
            return f"{type(error).__name__}, which is a fault of this program: see its log"

    def _log_change(self, trouble: str | None) -> None:
        if trouble and trouble != self.trouble:
            self._log.error("cannot work", worker=self.name, reason=trouble)
        elif self.trouble and not trouble:
            self._log.info("works again", worker=self.name)
