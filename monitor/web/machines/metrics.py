"""The figures of one process, and those of its database at the moment when they are asked for.

They are kept in a registry of their own, not in the library's global one, so that two services in one process, as in
tests, do not count for each other.

The rule: every series that there can be is there from the start, so that `rate()` sees its first step and `absent()`
means that nobody answers. `deploy/prometheus-rules.yaml` and `deploy/grafana-dashboard.json` rely on these names.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, Counter, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Connection

from monitor.errors import StoreError
from monitor.model import Checked, Result, Significance
from monitor.model.stamps import built_at
from monitor.model.unseen import UnseenReason
from monitor.ports import FetchedRegistry
from monitor.storage import coverage, jobs
from monitor.storage.jobs import Standing
from monitor.storage.overview import Overview, overview
from monitor.storage.pages import Within
from monitor.storage.store import Store

WORKERS = ("checker", "dispatcher")
"""Those whose signs of life are watched."""
COUNTED_EVERY = timedelta(minutes=1)
"""How old the count of watched trials may be: it goes through all of them."""


class Metrics(Collector):
    """Counters that the service moves, and what is looked up at every call of `text`.

    *registries* and *active* are asked at that moment too: a new configuration may have changed them.
    """

    def __init__(
        self,
        store: Store,
        *,
        registries: Callable[[], Sequence[FetchedRegistry]],
        active: Callable[[], bool],
        clock: Callable[[], datetime],
        failing_since: Callable[[], datetime | None] = lambda: None,
        check_every: Callable[[], timedelta] = lambda: timedelta(hours=1),
    ) -> None:
        """*failing_since* says since when some trial has failed in pass after pass, if any does."""
        self._store = store
        self._registries = registries
        self._active = active
        self._clock = clock
        self._failing_since = failing_since
        self._check_every = check_every
        self._all = CollectorRegistry()
        self._checks = self._counter("monitor_checks", "Trials checked", "registry", "result")
        self._changes = self._counter("monitor_changes", "Changes found", "registry", "significance")
        self._restarts = self._counter("monitor_watchdog_restarts", "Schedulers that had to be restarted")
        self._hangs = self._counter("monitor_worker_hangs", "Workers that showed no sign of life", "worker")
        self._counted: dict[str, tuple[datetime, _Sight]] = {}
        """By registry, when its watched trials were counted last, and what came of it."""
        for worker in WORKERS:
            self._hangs.labels(worker)
        self._all.register(self)

    def checked(self, checked: Checked) -> None:
        """Count a trial, and its changes."""
        self._checks.labels(checked.registry, str(checked.result)).inc()
        for change in checked.changes:
            self._changes.labels(checked.registry, _name(change.significance)).inc()

    def restarted(self) -> None:
        """Count a scheduler that had to be restarted."""
        self._restarts.inc()

    def hung(self, worker: str) -> None:
        """Count a worker that hangs."""
        self._hangs.labels(worker).inc()

    def text(self) -> bytes:
        """What /metrics answers."""
        for registry in self._registries():
            for result in Result:
                self._checks.labels(registry.key, str(result))
            for significance in Significance:
                self._changes.labels(registry.key, str(significance))
        return generate_latest(self._all)

    def collect(self) -> Iterator[Metric]:
        """What is not counted but looked up; the library calls this."""
        yield GaugeMetricFamily("monitor_leader", "1 where this process is the active one", int(self._active()))
        registries = self._registries()
        yield from _traffic(registries)
        try:
            with self._store.read() as tx:
                seen = overview(tx)
                counts = [self._sight(tx, each.key) for each in registries]
                standing = jobs.standing(tx)
        except StoreError:
            yield GaugeMetricFamily("monitor_store_up", "1 where the database can be read", 0)
            return
        yield GaugeMetricFamily("monitor_store_up", "1 where the database can be read", 1)
        yield _deliveries(seen)
        yield from _readings(seen, [each.key for each in registries])
        yield from _trials(counts)
        yield from _jobs(standing) if standing else ()
        yield from _ages(*self.due_since(seen), now=self._clock())

    def due_since(self, seen: Overview) -> tuple[datetime | None, datetime | None]:
        """Since when the look and the delivery have been due that wait longest; None where nothing is due."""
        now = self._clock()
        looks = [at for at in (seen.check_due_since(now), self._failing_since()) if at is not None]
        return min(looks, default=None), seen.delivery_due_since(now)

    def _sight(self, tx: Connection, registry: str) -> "_Sight":
        now = self._clock()
        at, counts = self._counted.get(registry, (None, None))
        if at is None or counts is None or not timedelta() <= now - at < COUNTED_EVERY:
            counts = _counts(tx, registry, since=coverage.seen_since(now, check_every=self._check_every()))
            self._counted[registry] = now, counts
        return counts

    def _counter(self, name: str, help_: str, *labels: str) -> Counter:
        return Counter(name, help_, labels, registry=self._all)


def _name(significance: Significance | None) -> str:
    return str(significance) if significance is not None else "unknown"


def _traffic(registries: Sequence[FetchedRegistry]) -> Iterator[Metric]:
    asked = CounterMetricFamily("monitor_registry_requests", "Requests to a registry", labels=["registry"])
    came = CounterMetricFamily("monitor_registry_bytes", "Bytes that a registry answered", labels=["registry"])
    for registry in registries:
        asked.add_metric([registry.key], registry.traffic.requests)
        came.add_metric([registry.key], registry.traffic.bytes)
    yield asked
    yield came


def _deliveries(seen: Overview) -> Metric:
    deliveries = GaugeMetricFamily("monitor_deliveries", "Deliveries by standing", labels=["standing"])
    for standing, count in seen.deliveries.items():
        deliveries.add_metric([str(standing)], count)
    return deliveries


def _readings(seen: Overview, configured: Sequence[str]) -> Iterator[Metric]:
    """How well registries can be read: those that are configured, and those that the database knows beside them."""
    outages, failures, built, read = (
        GaugeMetricFamily(f"monitor_registry_{name}", help_, labels=["registry"])
        for name, help_ in (
            ("outage", "1 in an outage that was told"),
            ("failures", "Failed looks in a row"),
            ("data_build_timestamp_seconds", "When a registry's data were built; 0 where that is not known"),
            ("last_success_timestamp_seconds", "When a registry last answered a whole pass; 0 before the first"),
        )
    )
    health = {each.registry: each for each in seen.health}
    for registry in sorted({*configured, *health, *seen.versions}):
        known = health.get(registry)
        outages.add_metric([registry], int(known is not None and known.told_at is not None))
        failures.add_metric([registry], known.failures if known else 0)
        for family, at in ((built, built_at(seen.versions.get(registry, ""))), (read, seen.confirmed.get(registry))):
            family.add_metric([registry], at.timestamp() if at else 0)
    yield from (outages, failures, built, read)


@dataclass(frozen=True, slots=True)
class _Sight:
    """How many trials of a registry are watched and seen, and why the others are not."""

    registry: str
    watched: int
    seen: int
    unseen: Mapping[UnseenReason, int]


def _counts(tx: Connection, registry: str, *, since: datetime) -> _Sight:
    watched = coverage.watched_by_registry(tx).get(registry, 0)
    seen = sum(each.checked for each in coverage.by_registry(tx, Within(registry=registry), since=since))
    unseen = coverage.unseen(tx, since=since, registry=registry) if seen < watched else []
    return _Sight(registry, watched, seen, {each.reason: each.count for each in unseen})


def _trials(counts: Sequence[_Sight]) -> Iterator[Metric]:
    watched = GaugeMetricFamily("monitor_trials_watched", "Trials that are watched", labels=["registry"])
    seen = GaugeMetricFamily("monitor_trials_verified", "Watched trials that are seen", labels=["registry"])
    unseen = GaugeMetricFamily(
        "monitor_trials_unseen", "Watched trials that are not seen, by reason", labels=["registry", "reason"]
    )
    for each in counts:
        watched.add_metric([each.registry], each.watched)
        seen.add_metric([each.registry], each.seen)
        for reason in UnseenReason:
            unseen.add_metric([each.registry, str(reason)], each.unseen.get(reason, 0))
    yield from (watched, seen, unseen)


def _jobs(standing: Standing) -> Iterator[Metric]:
    """How jobs stand on PostgreSQL, for all processes together."""
    yield GaugeMetricFamily("monitor_workers", "Queues that are served by a process that lives", standing.workers)
    waiting, age, stalled = (
        GaugeMetricFamily(f"monitor_jobs_{name}", help_, labels=["queue"])
        for name, help_ in (
            ("waiting", "Jobs that may be taken"),
            ("oldest_seconds", "How long the oldest job has waited; 0 where none does"),
            ("stalled", "Jobs whose worker has died"),
        )
    )
    for each in standing.queues:
        waiting.add_metric([each.queue], each.waiting)
        age.add_metric([each.queue], each.seconds)
        stalled.add_metric([each.queue], each.stalled)
    yield from (waiting, age, stalled)


def _ages(check_at: datetime | None, delivery_at: datetime | None, *, now: datetime) -> Iterator[Metric]:
    """How long what is due has been so; 0 where nothing is."""
    for name, help_, due_at in (
        (
            "monitor_oldest_due_check_age_seconds",
            "How long the oldest look at a registry or trial has been due, tries that failed included",
            check_at,
        ),
        (
            "monitor_oldest_due_delivery_age_seconds",
            "How long the oldest delivery has been owed, tries that failed included",
            delivery_at,
        ),
    ):
        yield GaugeMetricFamily(name, help_, max((now - due_at).total_seconds(), 0) if due_at else 0)
