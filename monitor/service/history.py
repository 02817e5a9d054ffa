"""After a pass, a few former versions of records that are newly watched. What goes wrong here is one line of the log.

It runs in its registry's own turn, so that nothing else asks the registry meanwhile.
"""

from collections.abc import Callable

from structlog.typing import FilteringBoundLogger

from monitor.errors import MonitorError
from monitor.ports import FetchedRegistry, HistoryReading
from monitor.service.program import Program


def fetch_history(
    program: Program, registry: FetchedRegistry, *, log: FilteringBoundLogger, stopping: Callable[[], bool]
) -> None:
    """Go on with the history of a registry's watched trials, where it gives one and may be asked for it."""
    if not isinstance(registry, HistoryReading) or not registry.asks_history:
        return
    try:
        for done in program.backfill(registry, stopping=stopping):
            if done.error:
                log.warning("no history", registry=done.registry, trial_id=done.trial_id, reason=done.error)
            else:
                log.info("history", registry=done.registry, trial_id=done.trial_id, added=done.added, left=done.waiting)
    except MonitorError as error:
        log.warning("no history", registry=registry.key, reason=str(error))
