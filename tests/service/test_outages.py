"""A registry that cannot be read: back-off, one word to the operator when it lasts, and one when it is over."""

from datetime import timedelta
from random import Random

import pytest

from monitor.alerts.subscribe import Wanted, apply_config
from monitor.config import Config
from monitor.model import Way
from monitor.storage import health
from monitor.storage.health import Health
from tests.databases import SLOW
from tests.program import WITHDRAWN_LATER
from tests.service.workers import Duty

ON_POSTGRESQL = SLOW

OPERATOR = "ops@example.org"
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def operated(duty: Duty) -> Duty:
    wanted = Wanted(name="operator email", way=Way.EMAIL, address=OPERATOR, origin="operator")
    apply_config([wanted], duty.outbox.office)
    duty.outbox.clock.now = duty.outbox.sandbox.build.at
    duty.outbox.watch(WITHDRAWN_LATER)
    duty.tick()
    return duty


def of(duty: Duty) -> Health:
    with duty.store.read() as tx:
        (only,) = health.listing(tx)
    return only


def kinds(duty: Duty) -> list[str]:
    return [notice.kind for notice in duty.notices()]


def test_an_outage_of_a_day_that_flaps_is_told_once_and_its_end_is(duty: Duty) -> None:
    operated(duty)
    up = Random(3)
    for hour in range(24):
        duty.outbox.sandbox.misbehave("503")
        duty.pass_time(HOUR - 5 * MINUTE, every=5 * MINUTE)
        if hour in {3, 5, 6, 9, 10, 12, 15, 17, 18, 22}:
            duty.outbox.sandbox.behave()
        duty.pass_time(up.uniform(1, 5) * MINUTE, every=MINUTE)
    assert kinds(duty) == ["registry.unreadable"]

    duty.outbox.sandbox.behave()
    duty.outbox.sandbox.next_state(WITHDRAWN_LATER)
    duty.pass_time(4 * HOUR, every=MINUTE)

    assert kinds(duty) == ["registry.unreadable", "registry.readable"]
    assert [message.endpoint.shown for message in duty.outbox.channel.came] == [OPERATOR, OPERATOR]
    assert [len(each) for each in duty.outbox.kinds(WITHDRAWN_LATER)] != []
    assert of(duty).told_at is None


def test_two_hours_of_tries_come_before_the_operator_is_told(quick_duty: Duty) -> None:
    duty = operated(quick_duty)
    began_at = duty.outbox.clock()
    duty.outbox.sandbox.misbehave("reset")

    duty.pass_time(HOUR + 2 * HOUR, every=MINUTE)
    assert kinds(duty) == []
    duty.pass_time(2 * HOUR, every=MINUTE)

    (notice,) = duty.notices()
    since = of(duty).failing_since
    assert since is not None
    assert began_at + HOUR <= since <= began_at + HOUR + MINUTE
    assert notice.occurred_at >= since + 2 * HOUR
    assert notice.id == f"registry.unreadable/clinicaltrials.gov/{since:%Y%m%dT%H%M%SZ}"
    assert "registry not readable" in {line["event"] for line in duty.lines()}


@pytest.mark.slow
def test_tries_become_rarer_and_stay_rarer_than_looks(quick_duty: Duty) -> None:
    duty = operated(quick_duty)
    duty.outbox.sandbox.misbehave("503")
    duty.outbox.requests()
    duty.pass_time(24 * HOUR, every=MINUTE)

    failures = [line for line in duty.lines() if line["event"] == "registry not readable"]
    assert 24 < len(failures) < 70
    assert of(duty).failures == len(failures)


def test_a_trial_number_that_is_no_trial_is_no_outage(quick_duty: Duty) -> None:
    duty = operated(quick_duty)
    duty.outbox.sandbox.misbehave("unknown", ids=[WITHDRAWN_LATER])
    duty.outbox.sandbox.refresh()

    duty.pass_time(12 * HOUR, every=10 * MINUTE)

    assert kinds(duty) == []
    assert of(duty).failures == 0
    assert {line["failed"] for line in duty.lines() if line["event"] == "registry checked"} == {0, 1}


@pytest.mark.parametrize("step", [HOUR, timedelta(days=1), -HOUR, timedelta(days=-3650)])
def test_setting_the_clock_makes_no_outage_of_a_few_failures(quick_duty: Duty, step: timedelta) -> None:
    duty = operated(quick_duty)
    duty.outbox.sandbox.misbehave("503")
    duty.pass_time(HOUR + 2 * MINUTE, every=MINUTE)
    assert of(duty).failures

    duty.step_clock(step)
    duty.pass_time(10 * MINUTE, every=MINUTE)
    duty.outbox.sandbox.behave()
    duty.pass_time(3 * HOUR, every=MINUTE)

    assert [kind for kind in kinds(duty) if kind != "registry.data_old"] == []
    assert of(duty).failures == 0


def test_a_long_week_end_is_no_alarm_and_old_data_are_told_once(quick_duty: Duty) -> None:
    duty = operated(quick_duty)
    duty.pass_time(timedelta(days=4, hours=20), every=4 * HOUR)
    assert kinds(duty) == []

    duty.pass_time(timedelta(days=5), every=4 * HOUR)
    assert kinds(duty) == ["registry.data_old"]
    assert "2026" in duty.notices()[0].subject
    duty.outbox.sandbox.refresh()
    duty.pass_time(timedelta(days=4), every=4 * HOUR)

    # The sandbox dates its next build a day after the one before, so this one is old as well.
    assert kinds(duty) == ["registry.data_old", "registry.data_old"]


def test_a_pass_that_our_own_database_breaks_off_is_not_repeated_at_every_tick(quick_duty: Duty) -> None:
    duty = operated(quick_duty)
    duty.reconfigured(Config.model_validate({"schedule": {"check_every": "10s"}}))
    duty.outbox.requests()
    duty.outbox.sandbox.next_state(WITHDRAWN_LATER)
    tried = 0

    def full(registry: object, *, tells_standing: bool) -> None:
        nonlocal tried
        tried += 1
        raise OSError("disk full")

    patrol, duty.patrol = duty.patrol, full  # type: ignore[method-assign, assignment]
    for _ in range(60):
        duty.elapsed += 10
        duty.outbox.clock.advance(seconds=10)
        try:
            duty.tick()
        except OSError:
            continue
    assert 4 <= tried <= 6

    duty.patrol = patrol  # type: ignore[method-assign]
    duty.pass_time(6 * MINUTE)
    assert duty.outbox.kinds(WITHDRAWN_LATER)
