"""Whether the workers live: one that is busy shows a sign of life now and then, whatever it is busy with."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from structlog.typing import FilteringBoundLogger

HUNG_AFTER = 1200.0
"""Seconds: a registry may ask for five minutes of patience, three times in a row, for one request."""


class Watched(Protocol):
    """A thread, or what stands for several."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def turns(self) -> int:
        """How many steps have ended."""

    @property
    def busy(self) -> bool:
        """Whether it is in one."""

    @property
    def alive(self) -> bool:
        """Whether it can take another."""

    @property
    def trouble(self) -> str | None:
        """What is wrong after the last one."""


@dataclass(slots=True)
class _Seen:
    signs: object
    at: float
    hangs: bool = False


class Watchdog:
    """Looks at workers, each with its sign of life: a value that changes while it does something."""

    def __init__(
        self,
        workers: Mapping[Watched, Callable[[], object]],
        *,
        monotonic: Callable[[], float],
        log: FilteringBoundLogger,
        hung: Callable[[str], None],
        patience: Mapping[Watched, float] | None = None,
    ) -> None:
        """*patience* is for how many seconds a worker may show no sign of life, where that is not HUNG_AFTER."""
        self._workers = workers
        self._monotonic = monotonic
        self._log = log
        self._hung = hung
        self._patience = patience or {}
        self._seen: dict[Watched, _Seen] = {}

    def watch(self) -> None:
        """Note who hangs; each time it begins is counted and logged once."""
        now = self._monotonic()
        for worker, signs in self._workers.items():
            current = (worker.turns, signs())
            seen = self._seen.get(worker)
            if seen is None or not worker.busy or current != seen.signs:
                self._seen[worker] = _Seen(current, now)
            elif now - seen.at > self._patience.get(worker, HUNG_AFTER) and not seen.hangs:
                seen.hangs = True
                self._hung(worker.name)
                self._log.error("a worker hangs: restart the service if it does not go on", worker=worker.name)

    def problems(self, *, in_steps: bool = True) -> dict[str, str]:
        """What is wrong, by worker; with *in_steps* also what goes wrong in the steps that a worker takes."""
        return dict(self._problems(in_steps=in_steps))

    def _problems(self, *, in_steps: bool) -> Iterator[tuple[str, str]]:
        now = self._monotonic()
        for worker in self._workers:
            seen = self._seen.get(worker)
            if not worker.alive:
                yield worker.name, f"the {worker.name} has ended: restart the service"
            elif seen and seen.hangs:
                silent = f"shows no sign of life for {now - seen.at:.0f} s"
                yield worker.name, f"the {worker.name} {silent}: restart the service"
            elif in_steps and worker.trouble:
                yield worker.name, f"the {worker.name} cannot work: {worker.trouble}"
