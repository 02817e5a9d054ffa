"""What programs that watch over the service are told: over real sockets, from a real database."""

import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from monitor.errors import ConfigurationInvalid
from monitor.model import Change, Checked, Result, Significance
from monitor.ports import RegistryVersion
from monitor.storage import health, registries
from monitor.storage.health import Health
from monitor.storage.store import Store
from monitor.web.machines.metrics import Metrics
from monitor.web.server.listening import Listener, listen
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER
from tests.web.served import StubHealth, machine_site

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Served:
    def __init__(self) -> None:
        self.health = StubHealth()
        self.listener = Listener(machine_site(self.health), listen("127.0.0.1:0"))
        self.url = f"http://{self.listener.address}"

    def asked(self, path: str, method: str = "GET") -> tuple[int, str]:
        try:
            with urlopen(Request(self.url + path, method=method), timeout=10) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            with error:
                return error.code, error.read().decode()


@pytest.fixture
def served() -> Iterator[Served]:
    running = Served()
    running.listener.start()
    yield running
    assert running.listener.stop()


def test_all_is_well_until_there_is_a_reason(served: Served) -> None:
    assert served.asked("/healthz") == (200, '{"status":"ok","standing":"leader","reasons":[]}')

    served.health.reasons = ["the database is full", "the checker hangs"]

    status, body = served.asked("/healthz")
    assert status == 503
    assert json.loads(body)["reasons"] == ["the database is full", "the checker hangs"]


def test_only_what_a_restart_ends_is_a_reason_to_restart_it(served: Served) -> None:
    served.health.reasons = ["the database is full"]
    assert served.asked("/livez") == (200, '{"status":"ok","reasons":[]}')

    served.health.hanging = ["the checker has ended: restart the service"]

    status, body = served.asked("/livez")
    assert (status, json.loads(body)["reasons"]) == (503, served.health.hanging)


@pytest.mark.parametrize(("role", "status"), [("leader", 200), ("standby", 200), ("unknown", 503)])
def test_who_is_active_or_waits_is_ready(served: Served, role: str, status: int) -> None:
    served.health.role = role

    assert served.asked("/readyz")[0] == status


def test_nothing_can_be_changed_and_nothing_else_is_there(served: Served) -> None:
    assert served.asked("/metrics") == (200, "monitor_leader 1.0\n")
    assert served.asked("/healthz", "POST")[0] == 405
    assert served.asked("/elsewhere")[0] == 404


def test_an_address_that_cannot_be_had_is_named_with_the_remedy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationInvalid, match=rf"^127.0.0.1:{port} cannot be listened on \(.+\): end what"):
            listen(f"127.0.0.1:{port}")
    with pytest.raises(ConfigurationInvalid, match="--bind"):
        listen("nowhere.invalid:8080")


@pytest.fixture
def metrics(outbox: OutboxHarness) -> Metrics:
    return Metrics(outbox.store, registries=lambda: [outbox.registry], active=lambda: True, clock=lambda: NOON)


def figures(metrics: Metrics) -> dict[str, float]:
    lines = (line for line in metrics.text().decode().splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_what_was_checked_asked_and_owed_is_counted(outbox: OutboxHarness, metrics: Metrics) -> None:
    outbox.subscribe("https://hooks.example.org/trials", WITHDRAWN_LATER)
    outbox.check(WITHDRAWN_LATER)
    outbox.sandbox.next_state(WITHDRAWN_LATER)
    for checked in outbox.told(WITHDRAWN_LATER):
        metrics.checked(checked)

    seen = figures(metrics)

    registry = '{registry="clinicaltrials.gov"'
    assert seen[f'monitor_checks_total{registry},result="changed"}}'] == 1
    assert seen[f'monitor_changes_total{registry},significance="critical"}}'] >= 1
    assert seen['monitor_deliveries{standing="owed"}'] == 1
    assert seen[f"monitor_registry_requests_total{registry}}}"] == outbox.registry.traffic.requests
    assert seen[f"monitor_registry_bytes_total{registry}}}"] == outbox.registry.traffic.bytes
    assert seen[f"monitor_registry_data_build_timestamp_seconds{registry}}}"] == int(
        outbox.sandbox.build.at.timestamp()
    )
    assert seen["monitor_store_up"] == seen["monitor_leader"] == 1


def test_ages_say_how_long_something_has_been_due(store: Store) -> None:
    metrics = Metrics(store, registries=list, active=lambda: False, clock=lambda: NOON)
    assert figures(metrics)["monitor_oldest_due_check_age_seconds"] == 0
    with store.begin() as tx:
        health.record(tx, Health("a.org", NOON + timedelta(hours=1)))
        health.record(tx, Health("b.org", NOON - timedelta(minutes=2), 3, NOON, "no answer", told_at=NOON))
        registries.remember(tx, "b.org", RegistryVersion("no moment"), NOON)

    seen = figures(metrics)

    assert seen["monitor_oldest_due_check_age_seconds"] == 120
    assert seen["monitor_oldest_due_delivery_age_seconds"] == 0
    assert seen['monitor_registry_outage{registry="b.org"}'] == 1
    assert seen['monitor_registry_failures{registry="b.org"}'] == 3
    assert seen["monitor_leader"] == 0


def test_without_its_database_it_still_answers(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    store = Store.open(f"sqlite:///{folder}/monitor.sqlite3")
    metrics = Metrics(store, registries=list, active=lambda: False, clock=lambda: NOON)
    store.close()
    folder.rename(tmp_path / "elsewhere")

    assert figures(metrics) | {"monitor_store_up": 0, "monitor_leader": 0} == figures(metrics)


def test_two_services_in_one_process_count_for_themselves(store: Store) -> None:
    one, other = (Metrics(store, registries=list, active=lambda: True, clock=lambda: NOON) for _ in range(2))
    change = Change(
        field="phase",
        path="p",
        kind="phase",
        topic="design",
        before=1,
        after=2,
        summary="",
        significance=Significance.MAJOR,
    )
    one.checked(
        Checked(registry="a.org", trial_id="1", result=Result.CHANGED, checked_at=NOON, changes=(change, change))
    )
    one.restarted()
    one.hung("checker")

    seen = figures(one)
    assert seen['monitor_changes_total{registry="a.org",significance="major"}'] == 2
    assert seen["monitor_watchdog_restarts_total"] == 1
    assert seen['monitor_worker_hangs_total{worker="checker"}'] == 1
    assert figures(other)["monitor_watchdog_restarts_total"] == 0


def test_every_series_is_there_before_anything_happens(outbox: OutboxHarness, metrics: Metrics) -> None:
    """A series that appears at the first failure has no step for `rate()` to see, and `absent()` finds it missing."""
    names = set(figures(metrics))

    registry = '{registry="clinicaltrials.gov"'
    assert {f'monitor_checks_total{registry},result="{result}"}}' for result in Result} <= names
    assert {f'monitor_changes_total{registry},significance="{each}"}}' for each in Significance} <= names
    assert {f'monitor_worker_hangs_total{{worker="{name}"}}' for name in ("checker", "dispatcher")} <= names
    assert {f"monitor_registry_{name}{registry}}}" for name in ("outage", "failures", "requests_total")} <= names
    outbox.watch(WITHDRAWN_LATER)
    outbox.check(WITHDRAWN_LATER)
    outbox.sandbox.next_state(WITHDRAWN_LATER)
    outbox.subscribe("https://hooks.example.org/trials", WITHDRAWN_LATER)
    for checked in outbox.told(WITHDRAWN_LATER):
        metrics.checked(checked)
    outbox.deliver()
    assert set(figures(metrics)) == names


def test_how_many_trials_are_watched_and_when_a_pass_last_succeeded(outbox: OutboxHarness) -> None:
    metrics = Metrics(outbox.store, registries=lambda: [outbox.registry], active=lambda: True, clock=outbox.clock)
    registry = '{registry="clinicaltrials.gov"}'
    names = [f"monitor_trials_watched{registry}", f"monitor_trials_verified{registry}"]
    success = f"monitor_registry_last_success_timestamp_seconds{registry}"
    outbox.watch(WITHDRAWN_LATER, *outbox.sandbox.trial_ids()[:2])

    before = figures(metrics)
    read_at = outbox.clock()
    outbox.check(WITHDRAWN_LATER)
    outbox.clock.advance(minutes=2)
    after = figures(metrics)

    trials = len({WITHDRAWN_LATER, *outbox.sandbox.trial_ids()[:2]})
    assert [before[name] for name in (*names, success)] == [trials, 0, 0]
    assert [after[name] for name in (*names, success)] == [trials, 1, read_at.timestamp()]
