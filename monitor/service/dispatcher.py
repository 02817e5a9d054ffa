"""The worker that sends what is owed, when it is due."""

from collections.abc import Callable, Sequence
from datetime import datetime

from structlog.typing import FilteringBoundLogger

from monitor.alerts.outbox import CLAIMED_FOR, DeliveryResult
from monitor.model import DeliveryState
from monitor.service.mending import ClockMending
from monitor.service.program import Program
from monitor.service.worker import Turn
from monitor.storage import backlog, pauses, questions

WORDS = {DeliveryState.OWED: "deferred", DeliveryState.DELIVERED: "delivered", DeliveryState.REJECTED: "rejected"}


def log_attempt(log: FilteringBoundLogger, result: DeliveryResult) -> None:
    """One line an attempt."""
    say = log.info if result.standing is DeliveryState.DELIVERED else log.warning
    say(
        f"delivery {WORDS[result.standing]}",
        delivery=result.delivery.id,
        to=result.shown,
        about=result.delivery.about,
        outcome=result.outcome,
        **_traced(result),
        **({"next_attempt_at": result.next_attempt_at} if result.next_attempt_at else {}),
    )


class Dispatcher:
    """Sends what is due.

    Once *stopping* says so, what is being sent is finished. What is claimed beyond it waits for its claim to expire,
    and is sent by the next process.
    """

    def __init__(
        self,
        program: Callable[[], Program],
        *,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float],
        log: FilteringBoundLogger,
        stopping: Callable[[], bool],
    ) -> None:
        self.sent = 0
        """How many attempts so far: while it moves, the worker lives."""
        self._program = program
        self._clock = clock
        self._monotonic = monotonic
        self._log = log
        self._stopping = stopping
        self._mending = ClockMending(clock=clock, monotonic=monotonic, log=log)
        self._hidden_until = 0.0
        """Until when what is due may be hidden by the claims of a step that broke off."""

    def step(self) -> Turn:
        """Send what is due. Raise StoreError where the database fails: it stays owed then."""
        program = self._program()
        if self._stopping():
            return Turn.SKIPPED
        self._mending.step(program.store)
        with program.store.read() as tx:
            moments = (backlog.next_due(tx), questions.next_due(tx), pauses.next_end(tx))
        due_at = min((at for at in moments if at), default=None)
        if due_at is None:
            return Turn.WORKED
        if due_at > self._clock():
            return Turn.SKIPPED if self._monotonic() < self._hidden_until else Turn.WORKED
        try:
            for result in program.deliver(stopping=self._stopping):
                self.sent += 1
                log_attempt(self._log, result)
        except Exception:
            self._hidden_until = self._monotonic() + CLAIMED_FOR.total_seconds()
            raise
        self._hidden_until = 0.0
        return Turn.SKIPPED if self._stopping() else Turn.WORKED


def _traced(result: DeliveryResult) -> dict[str, str | Sequence[str]]:
    """What says in the log which passes found what a delivery tells."""
    match result.traces:
        case ():
            return {}
        case (trace,):
            return {"trace": trace}
        case traces:
            return {"traces": traces}
