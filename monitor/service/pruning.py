"""Give up what need not be kept in full any more, and say so in the log."""

from collections.abc import Callable
from datetime import datetime, timedelta

from structlog.typing import FilteringBoundLogger

from monitor.operate.pruning import prune
from monitor.service.program import Program

EVERY = timedelta(days=1)


def prune_daily(program: Program, *, now: datetime, stopping: Callable[[], bool], log: FilteringBoundLogger) -> None:
    """Give up what is older than the configuration says, where that was not done for a day."""
    keep = program.config.store.kept_for
    if keep is None:
        return
    done = prune(program.store, keep, now=now, every=EVERY, stopping=stopping)
    if done.snapshots or done.messages:
        given_up = {"snapshots": done.snapshots, "messages": done.messages, "bytes": done.bytes}
        log.info("what is older than store.keep was given up", **given_up)
