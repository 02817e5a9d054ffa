"""A registry that cannot be read: back-off, one word to the operator when it lasts, and one when it is over."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from threading import Barrier

import pytest

from monitor.alerts.subscribe import Wanted, apply_config
from monitor.config import Config
from monitor.http.polite import PoliteSession
from monitor.model import Checked, Unlisted
from monitor.ports import FetchedRegistry
from monitor.registries.isrctn.adapter import Isrctn
from monitor.sandbox.isrctn import Sandbox as IsrctnSandbox
from monitor.storage import health, watches
from monitor.storage.health import Health
from tests.databases import SLOW
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER
from tests.service.workers import Workers

ON_POSTGRESQL = SLOW

OPERATOR = "ops@example.org"
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def operated(workers: Workers) -> Workers:
    wanted = Wanted(name="operator email", channel="email", address=OPERATOR, origin="operator")
    apply_config([wanted], workers.outbox.subscribe_context)
    workers.outbox.clock.now = workers.outbox.sandbox.build.at
    workers.outbox.watch(WITHDRAWN_LATER)
    workers.tick()
    return workers


def of(workers: Workers) -> Health:
    with workers.store.read() as tx:
        (only,) = health.listing(tx)
    return only


def kinds(workers: Workers) -> list[str]:
    return [notice.kind for notice in workers.notices()]


def test_an_outage_of_a_day_that_flaps_is_told_once_and_its_end_is(workers: Workers) -> None:
    operated(workers)
    up = Random(3)
    for hour in range(24):
        workers.outbox.sandbox.misbehave("503")
        workers.pass_time(HOUR - 5 * MINUTE, every=5 * MINUTE)
        if hour in {3, 5, 6, 9, 10, 12, 15, 17, 18, 22}:
            workers.outbox.sandbox.behave()
        workers.pass_time(up.uniform(1, 5) * MINUTE, every=MINUTE)
    assert kinds(workers) == ["registry.unreadable"]

    workers.outbox.sandbox.behave()
    workers.outbox.sandbox.next_state(WITHDRAWN_LATER)
    workers.pass_time(4 * HOUR, every=MINUTE)

    assert kinds(workers) == ["registry.unreadable", "registry.readable"]
    assert [message.endpoint.shown for message in workers.outbox.channel.came] == [OPERATOR, OPERATOR]
    assert [len(each) for each in workers.outbox.kinds(WITHDRAWN_LATER)] != []
    assert of(workers).told_at is None


def test_two_hours_of_tries_come_before_the_operator_is_told(quick_workers: Workers) -> None:
    workers = operated(quick_workers)
    began_at = workers.outbox.clock()
    workers.outbox.sandbox.misbehave("reset")

    workers.pass_time(HOUR + 2 * HOUR, every=MINUTE)
    assert kinds(workers) == []
    workers.pass_time(2 * HOUR, every=MINUTE)

    (notice,) = workers.notices()
    since = of(workers).failing_since
    assert since is not None
    assert began_at + HOUR <= since <= began_at + HOUR + MINUTE
    assert notice.occurred_at >= since + 2 * HOUR
    assert notice.id == f"registry.unreadable/clinicaltrials.gov/{since:%Y%m%dT%H%M%SZ}"
    assert "registry not readable" in {line["event"] for line in workers.lines()}


@pytest.mark.slow
def test_tries_become_rarer_and_stay_rarer_than_looks(quick_workers: Workers) -> None:
    workers = operated(quick_workers)
    workers.outbox.sandbox.misbehave("503")
    workers.outbox.requests()
    workers.pass_time(24 * HOUR, every=MINUTE)

    failures = [line for line in workers.lines() if line["event"] == "registry not readable"]
    assert 24 < len(failures) < 70
    assert of(workers).failures == len(failures)


def test_a_trial_number_that_is_no_trial_is_no_outage(quick_workers: Workers) -> None:
    workers = operated(quick_workers)
    workers.outbox.sandbox.misbehave("unknown", ids=[WITHDRAWN_LATER])
    workers.outbox.sandbox.refresh()

    workers.pass_time(12 * HOUR, every=10 * MINUTE)

    assert kinds(workers) == []
    assert of(workers).failures == 0
    assert {line["failed"] for line in workers.lines() if line["event"] == "registry checked"} == {0, 1}


@pytest.mark.parametrize("step", [HOUR, timedelta(days=1), -HOUR, timedelta(days=-3650)])
def test_setting_the_clock_makes_no_outage_of_a_few_failures(quick_workers: Workers, step: timedelta) -> None:
    workers = operated(quick_workers)
    workers.outbox.sandbox.misbehave("503")
    workers.pass_time(HOUR + 2 * MINUTE, every=MINUTE)
    assert of(workers).failures

    workers.step_clock(step)
    workers.pass_time(10 * MINUTE, every=MINUTE)
    workers.outbox.sandbox.behave()
    workers.pass_time(3 * HOUR, every=MINUTE)

    assert [kind for kind in kinds(workers) if kind != "registry.data_old"] == []
    assert of(workers).failures == 0


def test_a_long_week_end_is_no_alarm_and_old_data_are_told_once(quick_workers: Workers) -> None:
    workers = operated(quick_workers)
    workers.pass_time(timedelta(days=4, hours=20), every=4 * HOUR)
    assert kinds(workers) == []

    workers.pass_time(timedelta(days=5), every=4 * HOUR)
    assert kinds(workers) == ["registry.data_old"]
    assert "2026" in workers.notices()[0].subject
    workers.outbox.sandbox.refresh()
    workers.pass_time(timedelta(days=4), every=4 * HOUR)

    # The sandbox dates its next build a day after the one before, so this one is old as well.
    assert kinds(workers) == ["registry.data_old", "registry.data_old"]


def test_a_pass_that_our_own_database_breaks_off_is_not_repeated_at_every_tick(quick_workers: Workers) -> None:
    workers = operated(quick_workers)
    workers.reconfigured(Config.read({"schedule": {"check_every": "10s"}}))
    workers.outbox.requests()
    workers.outbox.sandbox.next_state(WITHDRAWN_LATER)
    tried = 0

    def full(registry: object, *, reports_verified: bool, trace: str) -> None:
        nonlocal tried
        tried += 1
        raise OSError("disk full")

    patrol, workers.patrol = workers.patrol, full  # type: ignore[method-assign, assignment]
    for _ in range(60):
        workers.elapsed += 10
        workers.outbox.clock.advance(seconds=10)
        try:
            workers.tick()
        except OSError:
            continue
    assert 4 <= tried <= 6

    workers.patrol = patrol  # type: ignore[method-assign]
    workers.pass_time(6 * MINUTE)
    assert workers.outbox.kinds(WITHDRAWN_LATER)


class Meeting(Workers):
    """The passes over its registries wait for each other before they begin."""

    def __init__(self, outbox: OutboxHarness, *more: FetchedRegistry) -> None:
        super().__init__(outbox)
        self.fetched_registries = (*self.fetched_registries, *more)
        self.barrier = Barrier(len(self.fetched_registries), timeout=30)

    def patrol(self, registry: FetchedRegistry, *, reports_verified: bool, trace: str) -> Iterator[Checked | Unlisted]:
        self.barrier.wait()
        return super().patrol(registry, reports_verified=reports_verified, trace=trace)


def test_a_registry_that_makes_us_wait_keeps_no_other_back(outbox: OutboxHarness) -> None:
    with IsrctnSandbox() as sandbox:
        session = PoliteSession(requests_per_second=1000, user_agent="registry-monitor/0 (tests)")
        isrctn = Isrctn.connect(Isrctn.settings(base_url=sandbox.base_url), session)
        trial_id = sandbox.trial_ids()[0]
        outbox.watch(WITHDRAWN_LATER)
        with outbox.store.begin() as tx:
            watches.add(tx, registry=isrctn.key, trial_ids=[trial_id], origin="command", name=None, at=outbox.clock())
        workers = Meeting(outbox, isrctn)

        workers.tick()

        isrctn.close()
    passes = {line["registry"]: line["trials"] for line in workers.lines() if line["event"] == "registry checked"}
    assert passes == {outbox.registry.key: 1, isrctn.key: 1}
