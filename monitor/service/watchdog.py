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
    ) -> None:
        self._workers = workers
        self._monotonic = monotonic
        self._log = log
        self._hung = hung
        self._seen: dict[Worker, _Seen] = {}

    def watch(self) -> None:
        """Note who hangs; each time it begins is counted and logged once."""
        now = self._monotonic()
        for worker, signs in self._workers.items():
            current = (worker.turns, signs())
            seen = self._seen.get(worker)
            if seen is None or not worker.busy or current != seen.signs:
                self._seen[worker] = _Seen(current, now)
            elif now - seen.at > HUNG_AFTER and not seen.hangs:
                seen.hangs = True
                self._hung(worker.name)
                self._log.error("a worker hangs: restart the service if it does not go on", worker=worker.name)

    def ailments(self) -> Iterator[str]:
        """What is wrong with whom."""
        now = self._monotonic()
        for worker in self._workers:
            seen = self._seen.get(worker)
            if not worker.alive:
                yield f"the {worker.name} has ended: restart the service"
            elif seen and seen.hangs:
                yield f"the {worker.name} shows no sign of life for {now - seen.at:.0f} s: restart the service"
            elif worker.trouble:
                yield f"the {worker.name} cannot work: {worker.trouble}"
