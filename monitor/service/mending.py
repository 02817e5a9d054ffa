"""What the wall clock put too far ahead before it was set back is due now."""

from collections.abc import Callable
from datetime import datetime, timedelta

from structlog.typing import FilteringBoundLogger

from monitor.alerts.outbox import CLAIMED_FOR
from monitor.alerts.retrying import LONGEST_WAIT
from monitor.storage import deliveries, questions, rhythms
from monitor.storage.store import Store

SET_BACK = 30.0
"""Seconds by which the wall clock must lose against the monotonic one before it counts as set back."""


class ClockMending:
    """Looks at the clock in each step. *claimed_for* is how far ahead a claim may be that is not to be pulled."""

    def __init__(
        self,
        *,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float],
        log: FilteringBoundLogger,
        claimed_for: timedelta = CLAIMED_FOR,
    ) -> None:
        self._clock = clock
        self._monotonic = monotonic
        self._log = log
        self._claimed_for = claimed_for
        self._lead: float | None = None

    def step(self, store: Store) -> None:
        """After a start, and after the wall clock was set back, pull what it put too far ahead."""
        now = self._clock()
        lead = now.timestamp() - self._monotonic()
        if self._lead is None or lead < self._lead - SET_BACK:
            with store.begin() as tx:
                pulled = deliveries.mend_clock(tx, now=now, claimed_for=self._claimed_for, longest_wait=LONGEST_WAIT)
                pulled += rhythms.mend_clock(tx, now=now)
                questions.mend_clock(tx, now=now)
            if pulled:
                self._log.warning("the clock was set back, and what waited for it is due now", deliveries=pulled)
        self._lead = lead
