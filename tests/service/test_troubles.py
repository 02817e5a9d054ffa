"""Health is red from a step that failed until one that did its work; what was skipped proves nothing."""

import io
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from monitor.alerts.deliver import CLAIMED_FOR, Paid
from monitor.errors import StoreCorrupt, StoreUnavailable
from monitor.model import Checked, Standing, Unlisted, Way
from monitor.ports import Registry
from monitor.sandbox.mailbox import Mailbox
from monitor.service.logs import make_log
from monitor.service.service import Service
from monitor.service.troubles import TOLD_AFTER, TOLD_AGAIN_AFTER, Troubles
from monitor.service.worker import Turn, Worker
from monitor.storage import notices
from tests.program import WITHDRAWN_LATER
from tests.service.processes import Serving, eventually
from tests.service.test_serving import watching
from tests.service.workers import Duty

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

    worker = Worker("lookout", step, log=quiet())
    worker.start()
    eventually(lambda: worker.turns)
    assert worker.trouble == "the database is full"

    assert worker.turn(10)
    assert (worker.trouble is not None) is stands
    worker.stop()
    assert worker.join(10)


# The dispatcher


def owing(duty: Duty) -> Duty:
    outbox = duty.outbox
    outbox.subscribe(HOOK)
    outbox.check(WITHDRAWN_LATER)
    outbox.sandbox.next_state(WITHDRAWN_LATER)
    outbox.check(WITHDRAWN_LATER)
    return duty


def test_the_dispatcher_says_what_each_step_came_to(quick_duty: Duty) -> None:
    duty = quick_duty
    assert duty.dispatcher.step() is Turn.WORKED, "nothing was due, and it looked"
    owing(duty)
    duty.stopping = True
    assert duty.dispatcher.step() is Turn.SKIPPED
    duty.stopping = False
    assert duty.dispatcher.step() is Turn.WORKED
    assert duty.outbox.standings() == ["delivered"]


def test_claims_of_a_step_that_broke_off_do_not_pass_for_nothing_due(quick_duty: Duty) -> None:
    """They hide what is owed for five minutes."""
    duty = owing(quick_duty)
    real = duty.deliver

    def break_off(*, stopping: Callable[[], bool]) -> Iterator[Paid]:
        from monitor.storage import deliveries

        now = duty.outbox.clock()
        with duty.store.begin() as tx:
            deliveries.claim(tx, now=now, until=now + CLAIMED_FOR, limit=10)
        raise StoreCorrupt("this row is damaged")
        yield

    duty.deliver = break_off  # type: ignore[method-assign]
    with pytest.raises(StoreCorrupt):
        duty.dispatcher.step()
    for _ in range(29):
        wait(duty, 10)
        assert duty.dispatcher.step() is Turn.SKIPPED
    wait(duty, 20)
    with pytest.raises(StoreCorrupt):
        duty.dispatcher.step()

    duty.deliver = real  # type: ignore[method-assign]
    wait(duty, 310)
    assert duty.dispatcher.step() is Turn.WORKED
    assert duty.outbox.standings() == ["delivered"]


def wait(duty: Duty, seconds: float) -> None:
    duty.elapsed += seconds
    duty.outbox.clock.advance(seconds=seconds)


def test_without_the_key_nothing_is_hidden_by_claims_and_all_is_sent_once_it_is_back(
    quick_duty: Duty, tmp_path: Path
) -> None:
    duty = owing(quick_duty)
    key = tmp_path / "secret.key"
    content = key.read_bytes()
    key.unlink()
    duty.outbox.office.vault._fernet = None
    for _ in range(3):
        with pytest.raises(StoreUnavailable, match=r"secret\.key"):
            duty.dispatcher.step()
        wait(duty, 10)

    key.write_bytes(content)
    key.chmod(0o600)
    assert duty.dispatcher.step() is Turn.WORKED
    assert duty.outbox.standings() == ["delivered"]


# The lookout


class Elsewhere:
    """A second registry that cannot even be asked without a fault."""

    key = "elsewhere.example"

    def __getattr__(self, name: str) -> Any:
        raise ZeroDivisionError


def test_a_registry_that_breaks_a_pass_off_keeps_no_other_from_being_looked_at(quick_duty: Duty) -> None:
    duty = quick_duty
    duty.outbox.watch(WITHDRAWN_LATER)
    good = duty.registries[0]
    duty.registries = (Elsewhere(), good)  # type: ignore[assignment]

    with pytest.raises(ZeroDivisionError):
        duty.lookout.step()
    assert duty.outbox.snapshot_numbers(WITHDRAWN_LATER) == [1]

    wait(duty, 1)
    assert duty.lookout.step() is Turn.SKIPPED, "in the pause"
    duty.registries = (good,)


def test_a_broken_pass_is_over_with_a_whole_one_and_not_before(quick_duty: Duty) -> None:
    duty = quick_duty
    duty.outbox.watch(WITHDRAWN_LATER)
    real = duty.patrol

    def fail(registry: Registry, *, tells_standing: bool) -> Iterator[Checked | Unlisted]:
        raise StoreCorrupt("this row is damaged")
        yield

    duty.patrol = fail  # type: ignore[method-assign]
    with pytest.raises(StoreCorrupt):
        duty.lookout.step()
    assert duty.lookout.step() is Turn.SKIPPED, "paused"
    wait(duty, 11)
    with pytest.raises(StoreCorrupt):
        duty.lookout.step()
    duty.patrol = real  # type: ignore[method-assign]
    assert duty.lookout.step() is Turn.SKIPPED, "paused"
    wait(duty, 21)
    duty.stopping = True
    assert duty.lookout.step() is Turn.SKIPPED
    duty.stopping = False
    assert duty.lookout.step() is Turn.WORKED
    assert duty.lookout.step() is Turn.WORKED, "nothing is due"


def test_a_trial_that_fails_each_time_ages(quick_duty: Duty) -> None:
    duty = quick_duty
    ids = duty.outbox.sandbox.trial_ids()[:3]
    duty.outbox.watch(*ids)
    duty.outbox.sandbox.misbehave("unknown", ids=[ids[0]])
    duty.tick()
    began = duty.lookout.failing_since()
    assert began == duty.outbox.clock()
    duty.pass_time(timedelta(hours=5), every=timedelta(minutes=10))
    assert duty.lookout.failing_since() == began
    assert metric(duty, "monitor_oldest_due_check_age_seconds") == 5 * 3600

    duty.outbox.sandbox.behave()
    duty.outbox.sandbox.refresh()
    duty.pass_time(timedelta(hours=1, minutes=10), every=timedelta(minutes=10))
    assert duty.lookout.failing_since() is None


def metric(duty: Duty, name: str) -> float:
    from monitor.web.metrics import Metrics

    metrics = Metrics(
        duty.store,
        registries=list,
        active=lambda: True,
        clock=duty.outbox.clock,
        failing_since=duty.lookout.failing_since,
    )
    (line,) = [line for line in metrics.text().decode().splitlines() if line.startswith(name)]
    return float(line.rpartition(" ")[2])


def test_a_delivery_ages_from_when_it_was_owed_whoever_claims_or_defers_it(quick_duty: Duty) -> None:
    from monitor.errors import DeliveryDeferred

    duty = owing(quick_duty)
    duty.outbox.refuse(HOOK, DeliveryDeferred("503 Service Unavailable", status=503))
    duty.pass_time(timedelta(hours=3), every=timedelta(minutes=1))

    assert metric(duty, "monitor_oldest_due_delivery_age_seconds") == 3 * 3600


# The operator


def test_a_trouble_that_lasts_is_told_once_and_again_when_it_comes_back() -> None:
    told: list[str] = []
    now = [0.0]
    fails = [True]

    def tell(name: str, words: str) -> bool:
        told.append(words)
        return not fails.pop() if fails else True

    troubles = Troubles(tell, monotonic=lambda: now[0])
    troubles.watch({"lookout": "a"})
    now[0] = TOLD_AFTER - 1
    troubles.watch({"lookout": "a"})
    assert told == []
    for _ in range(200):
        now[0] += 1
        troubles.watch({"lookout": "a"})
    assert told == ["a", "a"], "the first time it could not be written"
    assert TOLD_AGAIN_AFTER < 200
    troubles.watch({})
    for _ in range(20):
        now[0] += 1
        troubles.watch({"lookout": "b"})
    assert told == ["a", "a", "b"]


# The whole


@pytest.mark.slow
def test_health_is_red_and_one_notice_is_written_while_the_dispatcher_breaks(quick_duty: Duty) -> None:
    duty = owing(quick_duty)
    works = Event()

    def deliver(*, stopping: Callable[[], bool]) -> Iterator[Paid]:
        if not works.is_set():
            raise ZeroDivisionError
        yield from real(stopping=stopping)

    real, duty.deliver = duty.deliver, deliver  # type: ignore[method-assign]
    service = Service(duty, clock=duty.outbox.clock, log=quiet(), tick_every=0.1)
    service.start()
    try:
        eventually(lambda: any("dispatcher cannot work: ZeroDivisionError" in each for each in service.ailments()))
        until = time.monotonic() + TOLD_AFTER + 3
        while time.monotonic() < until:
            service.watch()
            assert any("dispatcher" in each for each in service.ailments())
            time.sleep(0.5)
        with duty.store.read() as tx:
            assert [each.kind for each in notices.listing(tx)] == ["service.failing"]
        works.set()
        service.dispatcher._hidden_until = 0.0
        eventually(lambda: not service.ailments())
        eventually(lambda: duty.outbox.standings() == ["delivered"])
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
        assert Way.EMAIL
        assert Standing.DELIVERED
