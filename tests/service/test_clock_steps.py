"""Somebody sets the clock: nothing is lost, nothing comes twice, and the tick goes on."""

import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
import time_machine

from monitor.errors import DeliveryDeferred
from monitor.service.logs import make_log
from monitor.service.ticking import Ticker
from tests.databases import SLOW
from tests.program import WITHDRAWN_LATER
from tests.service.processes import eventually
from tests.service.workers import Workers

ON_POSTGRESQL = SLOW

STEPS = [timedelta(hours=-1), timedelta(hours=1), timedelta(days=-3650), timedelta(days=1)]
HOOK = "https://hooks.example.org/trials"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def subscribed(workers: Workers) -> Workers:
    workers.outbox.watch(WITHDRAWN_LATER)
    workers.outbox.subscribe(HOOK)
    workers.tick()
    workers.outbox.sandbox.next_state(WITHDRAWN_LATER)
    return workers


def came(workers: Workers) -> list[str]:
    return [message.delivery_id for message in workers.outbox.channel.came]


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_a_change_is_found_within_the_hour_whatever_the_clock_says(subscribed: Workers, step: timedelta) -> None:
    subscribed.step_clock(step)

    subscribed.pass_time(timedelta(hours=1), every=MINUTE)
    assert len(came(subscribed)) == 1
    subscribed.pass_time(timedelta(hours=3), every=MINUTE)

    assert len(came(subscribed)) == 1


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_what_was_owed_before_the_clock_was_set_is_sent_at_the_next_tick(subscribed: Workers, step: timedelta) -> None:
    subscribed.outbox.clock.advance(hours=1)
    subscribed.elapsed += 3600
    subscribed.checker.step()
    assert came(subscribed) == []

    subscribed.step_clock(step)
    subscribed.pass_time(timedelta(seconds=10))

    assert len(came(subscribed)) == 1


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_what_waits_for_another_try_is_sent_once_whatever_the_clock_says(subscribed: Workers, step: timedelta) -> None:
    subscribed.outbox.refuse(HOOK, DeliveryDeferred("503 Service Unavailable", status=503))
    subscribed.pass_time(timedelta(hours=1, minutes=2), every=MINUTE)
    subscribed.outbox.channel.behaviour.clear()
    subscribed.outbox.channel.came.clear()

    subscribed.step_clock(step)
    subscribed.pass_time(timedelta(hours=3), every=MINUTE)

    assert len(came(subscribed)) == 1
    assert subscribed.outbox.standings() == ["delivered"]


def test_a_clock_that_was_set_back_while_nobody_ran_is_mended_at_the_start(subscribed: Workers) -> None:
    subscribed.outbox.clock.advance(hours=1)
    subscribed.elapsed += 3600
    subscribed.checker.step()
    subscribed.step_clock(timedelta(days=-3650))

    again = Workers(subscribed.outbox)
    again.tick()

    assert len(came(again)) == 1
    assert "the clock was set back, and what waited for it is due now" in {line["event"] for line in again.lines()}


class Ticks:
    """A ticker, its ticks, and how often it had to be restarted."""

    def __init__(self) -> None:
        self.count = self.restarts = 0
        self.hang: Event | None = None
        log = make_log(io.StringIO(), as_json=True, clock=lambda: datetime(2026, 11, 22, tzinfo=UTC))
        self.ticker = Ticker(self._tick, every=0.2, monotonic=time.monotonic, log=log, restarted=self._restarted)

    def _tick(self) -> None:
        self.count += 1
        if self.hang:
            self.hang.wait(30)

    def _restarted(self) -> None:
        self.restarts += 1

    def go_on(self) -> bool:
        """Whether three more come, watched over as the main thread does it."""
        before = self.count

        def watched() -> bool:
            self.ticker.watch()
            return self.count >= before + 3

        return bool(eventually(watched, within=10))


@contextmanager
def ticking() -> Iterator[Ticks]:
    ticks = Ticks()
    ticks.ticker.start()
    try:
        yield ticks
    finally:
        ticks.ticker.stop()


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_the_tick_goes_on_after_the_wall_clock_was_set(step: timedelta) -> None:
    with ticking() as ticks:
        assert ticks.go_on()
        with time_machine.travel(datetime.now(UTC) + step, tick=True):
            assert ticks.go_on()
            assert ticks.restarts == (1 if step < timedelta(0) else 0)


def test_a_tick_that_hangs_is_left_behind_and_counted() -> None:
    with ticking() as ticks:
        assert ticks.go_on()
        hanging = ticks.hang = Event()
        eventually(lambda: ticks.count > 3)
        time.sleep(0.7)
        ticks.ticker.watch()
        assert ticks.restarts == 1
        ticks.hang = None
        assert ticks.go_on()
        hanging.set()


def test_the_tick_goes_on_after_the_clock_was_set_forward_by_decades() -> None:
    """As on a machine without a battery, once it has the time from the network: no run that was missed is made up."""
    with ticking() as ticks:
        assert ticks.go_on()
        with time_machine.travel(datetime.now(UTC) + timedelta(days=20_000), tick=True):
            assert ticks.go_on()
            assert ticks.restarts == 0


def test_a_tick_that_goes_on_again_makes_no_second_series() -> None:
    with ticking() as ticks:
        assert ticks.go_on()
        hanging = ticks.hang = Event()
        time.sleep(0.7)
        ticks.hang = None
        ticks.ticker.watch()
        assert ticks.go_on()
        hanging.set()
        before, began = ticks.count, time.monotonic()
        time.sleep(2)
        intervals = (time.monotonic() - began) / ticks.ticker.every
        assert ticks.count - before < 1.5 * intervals
