"""The workers of the service on a clock that the test moves, with a registry and a channel that it answers for."""

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any, Self

from monitor.alerts.deliver import deliver
from monitor.alerts.outbox import DeliveryResult
from monitor.config import Config
from monitor.model import Checked, Notice, Unlisted
from monitor.ports import FetchedRegistry
from monitor.service.checker import Checker
from monitor.service.dispatcher import Dispatcher
from monitor.service.logs import make_log
from monitor.storage import notices
from monitor.watching.backfill import Backfilled, Backfilling, HistoryRegistry, backfill_due
from monitor.watching.context import PassContext
from monitor.watching.indexing import Indexed, index_missing
from monitor.watching.patrol import patrol
from monitor.web.machines.metrics import Metrics
from tests.outbox import OutboxHarness


class Workers:
    """A program as the service runs it, and its two workers. `pass_time` moves both clocks, `step_clock` only one."""

    def __init__(self, outbox: OutboxHarness, config: Config | None = None) -> None:
        self.outbox = outbox
        self.config = config or Config()
        self.store = outbox.store
        self.fetched_registries: tuple[FetchedRegistry, ...] = (outbox.registry,)
        self.elapsed = 0.0
        self.stopping = False
        self.written = io.StringIO()
        log = make_log(self.written, as_json=True, clock=outbox.clock)
        self.metrics = Metrics(
            self.store, registries=lambda: self.fetched_registries, active=lambda: True, clock=outbox.clock
        )
        shared: dict[str, Any] = {
            "clock": outbox.clock,
            "log": log,
            "stopping": lambda: self.stopping,
            "monotonic": lambda: self.elapsed,
        }
        self.checker = Checker(
            lambda: self, metrics=self.metrics, committed=lambda: None, chance=Random(1).random, **shared
        )
        self.dispatcher = Dispatcher(lambda: self, **shared)

    def patrol(self, registry: FetchedRegistry, *, reports_verified: bool, trace: str) -> Iterator[Checked | Unlisted]:
        clock = self.outbox.clock
        context = PassContext(
            registry=registry, store=self.store, clock=clock, full_check_every=timedelta(days=7), trace=trace
        )
        return patrol(context, reports_verified=reports_verified)

    def deliver(self, *, stopping: Callable[[], bool]) -> Iterator[DeliveryResult]:
        return deliver(replace(self.outbox.delivering, stopping=stopping))

    def backfill(self, registry: HistoryRegistry, *, stopping: Callable[[], bool]) -> Iterator[Backfilled]:
        context = Backfilling(registry=registry, store=self.store, clock=self.outbox.clock, stopping=stopping)
        return backfill_due(context)

    def index(self, *, stopping: Callable[[], bool]) -> Indexed:
        return index_missing(self.store, self.fetched_registries, stopping=stopping)

    def reconfigured(self, config: Config) -> Self:
        self.config = config
        return self

    def apply_configured_watches(self) -> None:
        pass

    def apply_configured_subscriptions(self) -> None:
        pass

    def tick(self) -> None:
        """What comes every ten seconds."""
        self.checker.step()
        self.dispatcher.step()

    def pass_time(self, span: timedelta, *, every: timedelta = timedelta(seconds=10)) -> None:
        """Let time go by, and tick meanwhile."""
        for _ in range(max(span // every, 1)):
            self.elapsed += every.total_seconds()
            self.outbox.clock.now += every
            self.tick()

    def step_clock(self, by: timedelta) -> None:
        """Somebody sets the wall clock."""
        self.outbox.clock.now += by

    def notices(self) -> list[Notice]:
        """The oldest first."""
        with self.store.read() as tx:
            return list(reversed(notices.listing(tx)))

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.written.getvalue().splitlines()]
