"""Whether the workers live: one that is busy shows a sign of life now and then, whatever it is busy with."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from structlog.typing import FilteringBoundLogger

from monitor.service.worker import Worker

HUNG_AFTER = 1200.0
"""Seconds: a registry may ask for five minutes of patience, three times in a row, for one request."""


@dataclass(slots=True)
class _Seen:
    signs: object
    at: float
    hangs: bool = False


class Watchdog:
    """Looks at workers, each with its sign of life: a value that changes while it does something."""

    def __init__(
        self,
        workers: Mapping[Worker, Callable[[], object]],
        *,
        monotonic: Callable[[], float],
        log: FilteringBoundLogger,
        hung: Callable[[str], None],
        patience: Mapping[Worker, float] | None = None,
    ) -> None:
        """*patience* is for how many seconds a worker may show no sign of life, where that is not HUNG_AFTER."""
        self._workers = workers
        self._monotonic = monotonic
        self._log = log
        self._hung = hung
        self._patience = patience or {}
        self._seen: dict[Worker, _Seen] = {}

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

    def ailments(self) -> Iterator[str]:
        """What is wrong with whom."""
        return (words for _, words in self.ailing(troubled=True))

    def ailing(self, *, troubled: bool) -> Iterator[tuple[str, str]]:
        """The names of those with whom something is wrong, with what; only with *troubled* what went wrong in steps."""
        now = self._monotonic()
        for worker in self._workers:
            seen = self._seen.get(worker)
            if not worker.alive:
                yield worker.name, f"the {worker.name} has ended: restart the service"
            elif seen and seen.hangs:
                silent = f"shows no sign of life for {now - seen.at:.0f} s"
                yield worker.name, f"the {worker.name} {silent}: restart the service"
            elif troubled and worker.trouble:
                yield worker.name, f"the {worker.name} cannot work: {worker.trouble}"
