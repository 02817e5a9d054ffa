"""What jobs do, each in terms of this process's program; none knows of jobs' queues or of event loops."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING

from structlog.typing import FilteringBoundLogger

from monitor.alerts.composing import compose_these
from monitor.alerts.deliver import tidy
from monitor.alerts.due import is_tidying_due
from monitor.alerts.outbox import CLAIMED_FOR
from monitor.alerts.telling import tell_some
from monitor.errors import MonitorError
from monitor.service.bounces import BounceReader
from monitor.service.checker import FIRST_PAUSE, LONGEST_PAUSE, Checker
from monitor.service.mending import ClockMending
from monitor.service.program import Program
from monitor.service.pruning import prune_daily
from monitor.storage import claims, dispatching, jobs
from monitor.storage.isolation import in_words
from monitor.web.machines.metrics import Metrics
from monitor.worker.sender import Sender

if TYPE_CHECKING:
    from collections.abc import Iterator

TELLS_FOR = 20.0
"""Seconds: other upkeep is done meanwhile where there are threads for it, and else in between."""
SKEW = 2
"""How many times as far ahead as a claim of this machine's may be, what another machine's clock says is left alone."""


class Duties:
    """The work of one process. Everything may be called from any thread; *stopping* says when to end it."""

    def __init__(
        self,
        program: Callable[[], Program],
        sender: Sender,
        *,
        metrics: Metrics,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float],
        log: FilteringBoundLogger,
        stopping: Callable[[], bool],
    ) -> None:
        self.troubles: dict[str, str] = {}
        """Why a kind of job failed the last time, by its name."""
        self.ended = 0
        """How many jobs have ended, well or not."""
        self.under_way = 0
        self._program = program
        self._sender = sender
        self._clock = clock
        self._monotonic = monotonic
        self._log = log
        self._stopping = stopping
        self._lock = Lock()
        self._mending = ClockMending(clock=clock, monotonic=monotonic, log=log, claimed_for=SKEW * CLAIMED_FOR)
        self.bounces = BounceReader(
            program, monotonic=monotonic, log=log, stopping=stopping, committed=_told_by_its_transaction
        )
        self.checker = Checker(
            program,
            clock=clock,
            log=log,
            metrics=metrics,
            stopping=stopping,
            committed=_told_by_its_transaction,
            monotonic=monotonic,
        )

    def deliver(self, ids: Sequence[str]) -> "Future[None]":
        """Send deliveries; done once they are claimed here."""
        return self._sender.take(ids)

    def digest(self, ids: Sequence[str]) -> None:
        """Owe the digests of these subscriptions, where they are due."""
        with self._noted("digest"):
            compose_these(ids, self._program().store, now=self._clock())

    def check(self, registry: str, pause: float) -> None:
        """Make a pass over a registry, if it is due. What breaks it off makes the next one wait, ever longer."""
        with self._noted("check"):
            try:
                self.checker.check(registry)
            except Exception:
                pause = min(2 * pause or FIRST_PAUSE, LONGEST_PAUSE)
                with self._program().store.begin() as tx:
                    jobs.check(tx, registry, pause=pause)
                raise

    def dispatch(self) -> None:
        """Defer jobs for what is due and no job carries."""
        with self._noted("dispatch"):
            store = self._program().store
            self._mending.step(store)
            due = self.checker.due()
            with store.begin() as tx:
                sent, composed = dispatching.dispatch(tx, due, now=self._clock())
            if sent or composed:
                self._log.info("dispatched again", deliveries=sent, digests=composed)

    def tidy(self) -> None:
        """Settle, ask, resume and forget what it is time for."""
        program = self._program()
        with self._noted("tidy"):
            with program.store.begin() as tx:
                claims.forget(tx, before=self._clock() - CLAIMED_FOR)
            if not is_tidying_due(program.store, [each.key for each in program.registries], now=self._clock()):
                return
            outbox = program.outbox()
            try:
                for trouble in tidy(outbox):
                    raise trouble
            finally:
                for transport in outbox.transports.values():
                    transport.close()

    def tell(self) -> None:
        """Owe what concerns very many, batch by batch, for some seconds; the clock has it go on."""
        with self._noted("tell"):
            until = self._monotonic() + TELLS_FOR
            while not self._stopping() and self._monotonic() < until:
                if not tell_some(self._program().store, now=self._clock()):
                    return

    def prune(self) -> None:
        """Give up what need not be kept in full any more."""
        with self._noted("prune"):
            prune_daily(self._program(), now=self._clock(), stopping=self._stopping, log=self._log)

    def index(self) -> None:
        """Make what lists show and searches find of what was checked since the last time."""
        with self._noted("index"):
            done = self._program().index(stopping=self._stopping)
            if done.damaged:
                self._log.warning("indexed without what cannot be read", trials=done.trials, damaged=done.damaged)

    def read_bounces(self) -> None:
        """Read the mails that came back, where there is a mailbox for them."""
        with self._noted("bounces"):
            self.bounces.step()

    @contextmanager
    def _noted(self, name: str) -> "Iterator[None]":
        """Keep why a job failed until one of its kind does not. It has ended then, and comes again when it is due."""
        with self._lock:
            self.under_way += 1
        try:
            yield
        except MonitorError as error:
            self._note(name, str(error))
        except Exception as error:
            self._note(name, in_words(error))
            self._log.error("a job failed as it never should", job=name, exc_info=True)
        else:
            if self.troubles.pop(name, None):
                self._log.info("works again", job=name)
        finally:
            with self._lock:
                self.under_way -= 1
                self.ended += 1

    def _note(self, name: str, words: str) -> None:
        if self.troubles.get(name) != words:
            self._log.error("cannot work", job=name, reason=words)
        self.troubles[name] = words


def _told_by_its_transaction() -> None:
    """Nothing: whoever owes a delivery has deferred its job in the same transaction."""
