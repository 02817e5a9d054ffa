"""A worker outlives what goes wrong in a step, says it once, and is watched over; logs stay lines."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event

import pytest

from monitor.errors import StoreUnavailable
from monitor.service.logs import HEARD, hear_libraries, make_log
from monitor.service.watchdog import HUNG_AFTER, Watchdog
from monitor.service.worker import Worker
from tests.service.processes import eventually

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Step:
    """What a worker does: as it is told."""

    def __init__(self) -> None:
        self.taken = 0
        self.error: Exception | None = None
        self.blocked: Event | None = None
        self.log = io.StringIO()

    def __call__(self) -> None:
        self.taken += 1
        if self.blocked:
            self.blocked.wait(30)
        if self.error:
            raise self.error

    def events(self) -> list[str]:
        return [json.loads(line)["event"] for line in self.log.getvalue().splitlines()]


@contextmanager
def working(step: Step) -> Iterator[Worker]:
    worker = Worker("checker", step, log=make_log(step.log, as_json=True, clock=lambda: NOON))
    worker.start()
    eventually(lambda: worker.turns)
    yield worker
    worker.stop()
    assert worker.join(10)


def test_trouble_is_said_when_it_begins_and_when_it_ends() -> None:
    step = Step()
    with working(step) as worker:
        step.error = StoreUnavailable("the database is full")
        for _ in range(3):
            assert worker.turn(10)
        assert worker.trouble == "the database is full"
        step.error = None
        assert worker.turn(10)

    assert worker.trouble is None
    assert step.events() == ["cannot work", "works again"]


def test_a_fault_of_the_program_ends_no_worker_and_leaves_its_trace_in_the_log() -> None:
    step = Step()
    with working(step) as worker:
        step.error = KeyError("nobody expected this")
        assert worker.turn(10)
        assert worker.alive
        assert worker.trouble
        assert "KeyError" in worker.trouble

    assert "nobody expected this" in step.log.getvalue()


def test_being_woken_while_it_is_busy_makes_one_more_step() -> None:
    step = Step()
    with working(step) as worker:
        step.blocked = Event()
        worker.wake()
        eventually(lambda: step.taken == 2)
        for _ in range(5):
            worker.wake()
        step.blocked.set()
        eventually(lambda: worker.turns == 3)

    assert step.taken == 3


def test_a_worker_that_hangs_is_counted_once_and_named_until_it_goes_on() -> None:
    step = Step()
    hung: list[str] = []
    clock = [0.0]
    with working(step) as worker:
        watchdog = Watchdog(
            {worker: lambda: None},
            monotonic=lambda: clock[0],
            log=make_log(step.log, as_json=True, clock=lambda: NOON),
            hung=hung.append,
        )
        step.blocked = Event()
        worker.wake()
        eventually(lambda: worker.busy)
        for clock[0] in (0, HUNG_AFTER - 1, HUNG_AFTER + 1, HUNG_AFTER + 2):
            watchdog.watch()
        assert hung == ["checker"]
        assert [each.startswith("the checker shows no sign of life") for each in watchdog.problems().values()] == [True]
        step.blocked.set()
        eventually(lambda: not worker.busy)
        watchdog.watch()
        assert list(watchdog.problems().values()) == []

    assert list(watchdog.problems().values()) == ["the checker has ended: restart the service"]


@pytest.mark.parametrize("as_json", [True, False])
def test_what_strangers_wrote_cannot_begin_a_line_or_steer_a_terminal(as_json: bool) -> None:
    stream = io.StringIO()
    log = make_log(stream, as_json=as_json, clock=lambda: NOON)

    log.info("trial changed", title='x\n{"event":"forged"}\r\x1b[31m\u2028y', kinds=["a\nb"], count=3, at_=NOON)

    written = stream.getvalue()
    assert written.count("\n") == 1
    assert len(written.splitlines()) == 1
    assert "\x1b[31m" not in written
    if as_json:
        line = json.loads(written)
        assert list(line)[:3] == ["at", "level", "event"]
        assert line["at"] == line["at_"] == "2026-11-22T12:00:00Z"
        assert line["count"] == 3


@pytest.fixture
def library_logs() -> Iterator[None]:
    """The loggers of libraries, as they were afterwards."""
    loggers = [logging.getLogger(), *map(logging.getLogger, HEARD)]
    former = [(logger, list(logger.handlers), logger.level, logger.propagate) for logger in loggers]
    yield
    for logger, handlers, level, propagate in former:
        logger.handlers, logger.propagate = handlers, propagate
        logger.setLevel(level)


@pytest.mark.usefixtures("library_logs")
def test_libraries_are_heard_through_the_same_lines_or_not_at_all() -> None:
    stream = io.StringIO()
    hear_libraries(make_log(stream, as_json=True, clock=lambda: NOON))

    logging.getLogger("apscheduler.executors.default").warning("late by %s", "3 s")
    logging.getLogger("apprise").warning("slack://TokenA/TokenB")

    (line,) = map(json.loads, stream.getvalue().splitlines())
    assert line["event"] == "late by 3 s"
    assert line["library"] == "apscheduler.executors.default"
