"""The worker that reads the mailbox to which mails come back."""

from collections import Counter
from collections.abc import Callable

from structlog.typing import FilteringBoundLogger

from monitor.alerts.bounces import Outcome, Taken
from monitor.alerts.returned import read_mailbox
from monitor.channels.email.settings import BounceSettings
from monitor.errors import MailboxUnreadable
from monitor.service.program import Program
from monitor.service.worker import Turn

READ_EVERY = 60.0
PATIENCE = 3600.0
"""Seconds: between two readings, and for which the mailbox may be out of reach before the service is unwell."""
_DID = (Outcome.ENDED, Outcome.PAUSED, Outcome.DISABLED)


class BounceReader:
    """Reads the mailbox, where there is one. Once *stopping* says so, nothing more of it is read."""

    def __init__(
        self,
        program: Callable[[], Program],
        *,
        monotonic: Callable[[], float],
        log: FilteringBoundLogger,
        stopping: Callable[[], bool],
        committed: Callable[[], None],
    ) -> None:
        """*committed* is called when something may be owed: the operator hears of what a bounce did."""
        self.mails = 0
        """How many so far: while it moves, the worker lives."""
        self._program = program
        self._monotonic = monotonic
        self._log = log
        self._stopping = stopping
        self._committed = committed
        self._failing_since: float | None = None

    def step(self) -> Turn:
        """Read what waits. Raise StoreError where the database fails, MailboxUnreadable when PATIENCE is over."""
        program = self._program()
        if self._stopping():
            return Turn.SKIPPED
        if not program.config.section(BounceSettings).has_mailbox:
            self._failing_since = None
            return Turn.WORKED
        try:
            self._read(program)
        except MailboxUnreadable as error:
            if self._failing_since is None:
                self._failing_since = self._monotonic()
                self._log.warning("the mailbox of bounces cannot be read, and is tried again", reason=str(error))
            if self._monotonic() - self._failing_since >= PATIENCE:
                raise
            return Turn.SKIPPED
        self._failing_since = None
        return Turn.WORKED

    def _read(self, program: Program) -> None:
        counts: Counter[Outcome] = Counter()
        try:
            for taken in read_mailbox(program.subscribe_context()):
                self.mails += 1
                counts[taken.outcome] += 1
                self._log_taken(taken)
                if self._stopping():
                    break
        finally:
            if counts:
                self._log.info("bounces were read", **{str(outcome): number for outcome, number in counts.items()})
                self._committed()

    def _log_taken(self, taken: Taken) -> None:
        """A line for what concerns somebody; what may be forged is only counted."""
        if taken.outcome in (*_DID, Outcome.NOTED):
            say = self._log.warning if taken.outcome in _DID else self._log.info
            say(
                f"mail came back: {taken.outcome}",
                to=taken.shown,
                kind=str(taken.report.kind),
                delivery=taken.delivery_id,
                diagnostic=taken.report.diagnostic,
            )
