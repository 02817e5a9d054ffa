"""Health is red from a step that failed until one that did its work; what was skipped proves nothing."""

import io
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from monitor.alerts.outbox import CLAIMED_FOR, DeliveryResult
from monitor.errors import StoreCorrupt, StoreUnavailable
from monitor.model import Checked, DeliveryState, Unlisted
from monitor.ports import Registry
from monitor.sandbox.mailbox import Mailbox
from monitor.service.alone import Alone
from monitor.service.logs import make_log
from monitor.service.service import Service
from monitor.service.troubles import TOLD_AFTER, TOLD_AGAIN_AFTER, Troubles
from monitor.service.worker import Turn, Worker
from monitor.storage import deliveries, notices, watches
from tests.program import WITHDRAWN_LATER
from tests.service.processes import Serving, eventually
from tests.service.test_serving import watching
from tests.service.workers import Workers

HOOK = "https://hooks.example.org/trials"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def quiet() -> Any:
    return make_log(io.StringIO(), as_json=True, clock=lambda: NOON)


# A worker


@pytest.mark.parametrize(
    ("then", "stands"), [(Turn.WORKED, False), (None, False), (Turn.SKIPPED, True), (StoreCorrupt("worse"), True)]
)
def test_only_a_step_that_did_its_work_ends_a_trouble(then: Turn | Exception | None, stands: bool) -> None:
    turns: list[Turn | Exception | None] = [StoreUnavailable("the database is full")]

    def step() -> Turn | None:
        turn = turns.pop(0) if turns else then
        if isinstance(turn, Exception):
            raise turn
        return turn

    worker = Worker("checker", step, log=quiet())
    worker.start()
    eventually(lambda: worker.turns)
    assert worker.trouble == "the database is full"

    assert worker.turn(10)
    assert (worker.trouble is not None) is stands
    worker.stop()
    assert worker.join(10)


# The dispatcher


def owing(workers: Workers) -> Workers:
    outbox = workers.outbox
    outbox.subscribe(HOOK)
    outbox.check(WITHDRAWN_LATER)
    outbox.sandbox.next_state(WITHDRAWN_LATER)
    outbox.check(WITHDRAWN_LATER)
    return workers


def test_the_dispatcher_says_what_each_step_came_to(quick_workers: Workers) -> None:
    workers = quick_workers
    assert workers.dispatcher.step() is Turn.WORKED, "nothing was due, and it looked"
    owing(workers)
    workers.stopping = True
    assert workers.dispatcher.step() is Turn.SKIPPED
    workers.stopping = False
    assert workers.dispatcher.step() is Turn.WORKED
    assert workers.outbox.standings() == ["delivered"]


def test_claims_of_a_step_that_broke_off_do_not_pass_for_nothing_due(quick_workers: Workers) -> None:
    """They hide what is owed for five minutes."""
    workers = owing(quick_workers)
    real = workers.deliver

    def break_off(*, stopping: Callable[[], bool]) -> Iterator[DeliveryResult]:
        now = workers.outbox.clock()
        with workers.store.begin() as tx:
            deliveries.claim(tx, now=now, until=now + CLAIMED_FOR, limit=10)
        raise StoreCorrupt("this row is damaged")
        yield

    workers.deliver = break_off  # type: ignore[method-assign]
    with pytest.raises(StoreCorrupt):
        workers.dispatcher.step()
    for _ in range(29):
        wait(workers, 10)
        assert workers.dispatcher.step() is Turn.SKIPPED
    wait(workers, 20)
    with pytest.raises(StoreCorrupt):
        workers.dispatcher.step()

    workers.deliver = real  # type: ignore[method-assign]
    wait(workers, 310)
    assert workers.dispatcher.step() is Turn.WORKED
    assert workers.outbox.standings() == ["delivered"]


def wait(workers: Workers, seconds: float) -> None:
    workers.elapsed += seconds
    workers.outbox.clock.advance(seconds=seconds)


def test_without_the_key_nothing_is_hidden_by_claims_and_all_is_sent_once_it_is_back(
    quick_workers: Workers, tmp_path: Path
) -> None:
    workers = owing(quick_workers)
    key = tmp_path / "secret.key"
    content = key.read_bytes()
    key.unlink()
    workers.outbox.subscribe_context.vault._fernet = None
    for _ in range(3):
        with pytest.raises(StoreUnavailable, match=r"secret\.key"):
            workers.dispatcher.step()
        wait(workers, 10)

    key.write_bytes(content)
    key.chmod(0o600)
    assert workers.dispatcher.step() is Turn.WORKED
    assert workers.outbox.standings() == ["delivered"]


# The checker


class Elsewhere:
    """A second registry that cannot even be asked without a fault."""

    key = "elsewhere.example"

    def __getattr__(self, name: str) -> Any:
        raise ZeroDivisionError


def test_a_registry_that_breaks_a_pass_off_keeps_no_other_from_being_looked_at(quick_workers: Workers) -> None:
    workers = quick_workers
    workers.outbox.watch(WITHDRAWN_LATER)
    with workers.store.begin() as tx:
        watches.add(
            tx, registry=Elsewhere.key, trial_ids=["E-1"], origin="command", name=None, at=workers.outbox.clock()
        )
    good = workers.fetched_registries[0]
    workers.fetched_registries = (Elsewhere(), good)  # type: ignore[assignment]

    with pytest.raises(ZeroDivisionError):
        workers.checker.step()
    assert workers.outbox.snapshot_numbers(WITHDRAWN_LATER) == [1]

    wait(workers, 1)
    assert workers.checker.step() is Turn.SKIPPED, "in the pause"
    workers.fetched_registries = (good,)


def test_a_broken_pass_is_over_with_a_whole_one_and_not_before(quick_workers: Workers) -> None:
    workers = quick_workers
    workers.outbox.watch(WITHDRAWN_LATER)
    real = workers.patrol

    def fail(registry: Registry, *, reports_verified: bool, trace: str) -> Iterator[Checked | Unlisted]:
        raise StoreCorrupt("this row is damaged")
        yield

    workers.patrol = fail  # type: ignore[method-assign]
    with pytest.raises(StoreCorrupt):
        workers.checker.step()
    assert workers.checker.step() is Turn.SKIPPED, "paused"
    wait(workers, 11)
    with pytest.raises(StoreCorrupt):
        workers.checker.step()
    workers.patrol = real  # type: ignore[method-assign]
    assert workers.checker.step() is Turn.SKIPPED, "paused"
    wait(workers, 21)
    workers.stopping = True
    assert workers.checker.step() is Turn.SKIPPED
    workers.stopping = False
    assert workers.checker.step() is Turn.WORKED
    assert workers.checker.step() is Turn.WORKED, "nothing is due"


def test_a_trial_that_fails_each_time_ages(quick_workers: Workers) -> None:
    workers = quick_workers
    ids = workers.outbox.sandbox.trial_ids()[:3]
    workers.outbox.watch(*ids)
    workers.outbox.sandbox.misbehave("wrong_id", ids=[ids[0]])
    workers.tick()
    began = workers.checker.failing_since()
    assert began == workers.outbox.clock()
    workers.pass_time(timedelta(hours=5), every=timedelta(minutes=10))
    assert workers.checker.failing_since() == began
    assert metric(workers, "monitor_oldest_due_check_age_seconds") == 5 * 3600

    workers.outbox.sandbox.behave()
    workers.outbox.sandbox.refresh()
    workers.pass_time(timedelta(hours=1, minutes=10), every=timedelta(minutes=10))
    assert workers.checker.failing_since() is None


def metric(workers: Workers, name: str) -> float:
    from monitor.web.machines.metrics import Metrics

    metrics = Metrics(
        workers.store,
        registries=list,
        active=lambda: True,
        clock=workers.outbox.clock,
        failing_since=workers.checker.failing_since,
    )
    (line,) = [line for line in metrics.text().decode().splitlines() if line.startswith(name)]
    return float(line.rpartition(" ")[2])


def test_a_delivery_ages_from_when_it_was_owed_whoever_claims_or_defers_it(quick_workers: Workers) -> None:
    from monitor.errors import DeliveryDeferred

    workers = owing(quick_workers)
    workers.outbox.refuse(HOOK, DeliveryDeferred("503 Service Unavailable", status=503))
    workers.pass_time(timedelta(hours=3), every=timedelta(minutes=1))

    assert metric(workers, "monitor_oldest_due_delivery_age_seconds") == 3 * 3600


# The operator


def test_a_trouble_that_lasts_is_told_once_and_again_when_it_comes_back() -> None:
    told: list[str] = []
    now = [0.0]
    fails = [True]

    def notify(name: str, words: str) -> bool:
        told.append(words)
        return not fails.pop() if fails else True

    troubles = Troubles(notify, monotonic=lambda: now[0])
    troubles.watch({"checker": "a"})
    now[0] = TOLD_AFTER - 1
    troubles.watch({"checker": "a"})
    assert told == []
    for _ in range(200):
        now[0] += 1
        troubles.watch({"checker": "a"})
    assert told == ["a", "a"], "the first time it could not be written"
    assert TOLD_AGAIN_AFTER < 200
    troubles.watch({})
    for _ in range(20):
        now[0] += 1
        troubles.watch({"checker": "b"})
    assert told == ["a", "a", "b"]


# The whole


@pytest.mark.slow
def test_health_is_red_and_one_notice_is_written_while_the_dispatcher_breaks(quick_workers: Workers) -> None:
    workers = owing(quick_workers)
    works = Event()

    def deliver(*, stopping: Callable[[], bool]) -> Iterator[DeliveryResult]:
        if not works.is_set():
            raise ZeroDivisionError
        yield from real(stopping=stopping)

    real, workers.deliver = workers.deliver, deliver  # type: ignore[method-assign]
    work = partial(Alone, tick_every=0.1)
    service = Service(workers, clock=workers.outbox.clock, log=quiet(), work=work)
    service.start()
    try:
        eventually(lambda: any("dispatcher cannot work: ZeroDivisionError" in each for each in service.problems()))
        until = time.monotonic() + TOLD_AFTER + 3
        while time.monotonic() < until:
            service.watch()
            assert any("dispatcher" in each for each in service.problems())
            time.sleep(0.5)
        with workers.store.read() as tx:
            assert [each.kind for each in notices.listing(tx)] == ["service.failing"]
        works.set()
        service.work.dispatcher._hidden_until = 0.0
        eventually(lambda: not service.problems())
        eventually(lambda: workers.outbox.standings() == ["delivered"])
    finally:
        assert service.stop()


def test_health_stays_red_without_the_key_and_is_green_once_alerts_go_out(quick_serving: Serving) -> None:
    with closing(Mailbox()) if hasattr(Mailbox, "close") else Mailbox() as mailbox:
        quick_serving.configure(watching(mailbox))
        served = quick_serving.start()
        served.says("registry checked")
        key = quick_serving.folder / "secret.key"
        content = key.read_bytes()
        served.signal(signal.SIGTERM)
        assert served.ended() == 0
        key.unlink()
        quick_serving.sandbox.next_state(WITHDRAWN_LATER)
        quick_serving.make_due()

        again = quick_serving.start()
        assert again.says("trial changed")["trial_id"] == WITHDRAWN_LATER, "checks go on without the key"
        again.says("cannot work")
        for _ in range(8):
            status, body = again.asked("/healthz")
            assert status == 503
            assert "secret.key" in body
            time.sleep(0.4)
        assert "oldest_due_delivery_seconds" in body

        key.write_bytes(content)
        key.chmod(0o600)
        again.says("delivery delivered")
        eventually(lambda: again.asked("/healthz")[0] == 200)
        assert len(mailbox.messages) == 1
        with quick_serving.store.read() as tx:
            assert [each.standing for each in deliveries.listing(tx)] == [DeliveryState.DELIVERED]
