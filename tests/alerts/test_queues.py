"""How deliveries are claimed while others are being sent: nobody waits, and the database is not asked for nothing."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from time import monotonic, sleep

import pytest

from monitor.alerts import queues
from monitor.alerts.deliver import deliver
from monitor.alerts.queues import MOST_UNRECORDED, THREADS, THREADS_A_RECEIVER
from monitor.model import DeliveryState, Message
from monitor.ports import Accepted
from monitor.storage import backlog
from tests.alerts.test_batches import subscribe_many, withdraw
from tests.databases import counted_statements
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER
from tests.studies import named, together, verified_a_year_later

LONG = 60
"""Seconds after which a test that hangs is broken off."""


@pytest.fixture
def never_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is due is asked for again only for a reason, however long a busy machine takes."""
    monkeypatch.setattr(queues, "ASKED_AGAIN_AFTER", 24 * 60 * 60)


def change(outbox: OutboxHarness, trial_id: str, name: str) -> None:
    outbox.sandbox.edit(trial_id, together(named(name), verified_a_year_later))
    outbox.check(trial_id)


@contextmanager
def claims() -> Iterator[list[str]]:
    """The statements that look for what is due, once the block is over."""
    found: list[str] = []
    with counted_statements() as sent:
        yield found
    found += [each for each in sent if "is_followed" in each]


@pytest.mark.usefixtures("never_by_the_clock")
def test_what_is_due_is_asked_for_in_full_claims_and_once_at_the_end(outbox: OutboxHarness) -> None:
    outbox.check(WITHDRAWN_LATER)
    subscribe_many(outbox, 450)
    withdraw(outbox)

    with claims() as asked:
        assert len(outbox.deliver()) == 450

    assert len(asked) == 4  # 200, 200, 50, and nothing more


@pytest.mark.usefixtures("never_by_the_clock")
def test_later_changes_of_a_trial_follow_while_another_receiver_hangs(outbox: OutboxHarness) -> None:
    outbox.check(WITHDRAWN_LATER)
    other = next(each for each in outbox.sandbox.trial_ids() if each != WITHDRAWN_LATER)
    outbox.check(other)
    outbox.subscribe("https://slow.example.org", other)
    outbox.subscribe("https://quick.example.org", WITHDRAWN_LATER)
    for step in ("ONE", "TWO", "THREE"):
        change(outbox, WITHDRAWN_LATER, step)
    change(outbox, other, "ONE")
    all_came, quick = threading.Event(), []

    def answer(message: Message) -> Accepted:
        quick.append(message)
        if len(quick) == 3:
            all_came.set()
        return Accepted("200 OK", 200)

    def hang(_: Message) -> Accepted:
        assert all_came.wait(LONG)
        return Accepted("200 OK", 200)

    outbox.channel.behaviour |= {"https://quick.example.org": answer, "https://slow.example.org": hang}

    assert [each.standing for each in outbox.deliver()] == [DeliveryState.DELIVERED] * 4


def test_what_others_come_to_owe_goes_out_while_a_receiver_hangs(outbox: OutboxHarness) -> None:
    one, other = outbox.sandbox.trial_ids()[:2]
    outbox.check(one, other)
    outbox.subscribe("https://slow.example.org", one)
    outbox.subscribe("https://quick.example.org", other)
    change(outbox, one, "ONE")
    came = threading.Event()

    def answer(_: Message) -> Accepted:
        came.set()
        return Accepted("200 OK", 200)

    def hang(_: Message) -> Accepted:
        change(outbox, other, "ONE")
        assert came.wait(LONG)
        return Accepted("200 OK", 200)

    outbox.channel.behaviour |= {"https://quick.example.org": answer, "https://slow.example.org": hang}

    assert [each.standing for each in outbox.deliver()] == [DeliveryState.DELIVERED] * 2


def test_sending_goes_on_while_others_are_recorded_but_not_without_end(
    outbox: OutboxHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever reads the results slowly is as a disk that takes its time: what a kill would repeat stays bounded."""
    outbox.check(WITHDRAWN_LATER)
    subscribe_many(outbox, 400)
    withdraw(outbox)
    monkeypatch.setattr(outbox.channel, "receiver", lambda _: "one server for all")
    numbers, results_are_read = count(1), threading.Event()

    def answer(_: Message) -> Accepted:
        assert next(numbers) <= 30 or results_are_read.wait(LONG)
        return Accepted("200 OK", 200)

    outbox.channel.behaviour.default_factory = lambda: answer
    results = deliver(outbox.delivering)
    next(results)
    results_are_read.set()
    with outbox.store.read() as tx:
        most = backlog.counts(tx)[DeliveryState.DELIVERED] + MOST_UNRECORDED
    until = monotonic() + LONG
    while len(outbox.channel.came) < most and monotonic() < until:
        sleep(0.01)
    sleep(0.1)

    assert most <= len(outbox.channel.came) <= most + THREADS_A_RECEIVER
    assert len(list(results)) == 399


def test_the_page_on_alerts_says_how_many_a_crash_may_repeat() -> None:
    page = Path(__file__).parents[2] / "docs" / "explanation" / "alerts.md"

    words = " ".join(page.read_text(encoding="utf-8").split())

    assert (THREADS, THREADS_A_RECEIVER, MOST_UNRECORDED) == (256, 4, 100)
    assert "at most 256 deliveries and four to one receiver" in words
    assert "until a hundred answers more" in words
