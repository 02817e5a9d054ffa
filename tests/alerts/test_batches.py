"""Many deliveries cost as few statements as two: what is claimed, rendered and recorded together."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from monitor.alerts.claims import attempt, claim
from monitor.alerts.outcomes import record
from monitor.channels.webhook.signing import new_secret
from monitor.errors import DeliveryDeferred, DeliveryRejected
from monitor.model import DeliveryState, Filters, Message, Subscription
from monitor.ports import Accepted
from monitor.storage import backlog, deliveries, endpoints, subscriptions
from tests.databases import counted_statements
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER
from tests.studies import named, together, verified_in

MANY = 200


def subscribe_many(outbox: OutboxHarness, count: int, *, channel: str = "webhook") -> list[Subscription]:
    """So many people to everything, in one transaction."""
    form = "reader-{}@example.org" if channel == "email" else "https://hooks.example.org/{}"
    vault, at, made = outbox.delivering.context.vault, outbox.clock(), []
    with outbox.store.begin() as tx:
        for number in range(count):
            address = form.format(number)
            endpoint, _ = endpoints.put(
                tx, vault, channel=channel, address=address, shown=address, at=at, secret=new_secret()
            )
            made.append(
                Subscription(
                    id=str(uuid4()),
                    endpoint=endpoint,
                    trials=frozenset(),
                    watch_id=None,
                    everything=True,
                    filters=Filters(),
                    note=None,
                    origin="command",
                    created_at=at,
                )
            )
            subscriptions.add(tx, made[-1])
    return made


def withdraw(outbox: OutboxHarness) -> None:
    outbox.sandbox.next_state(WITHDRAWN_LATER)
    outbox.check(WITHDRAWN_LATER)


def taken_by_turns(outbox: OutboxHarness) -> None:
    """Of every four receivers one is busy, one refuses, and two take it."""
    answers = {0: DeliveryDeferred("503 Service Unavailable", status=503), 1: DeliveryRejected("404 Not Found")}

    def answer(message: Message) -> Accepted:
        if failure := answers.get(int(message.endpoint.shown.rpartition("/")[2]) % 4):
            raise failure
        return Accepted("200 OK", 200, b"thanks")

    outbox.channel.behaviour.default_factory = lambda: answer


@pytest.mark.parametrize("succeeds", [True, False])
def test_two_hundred_deliveries_cost_as_many_statements_as_two(outbox: OutboxHarness, succeeds: bool) -> None:
    outbox.check(WITHDRAWN_LATER)
    subscribe_many(outbox, MANY + 2)
    if not succeeds:
        busy = DeliveryDeferred("503 Service Unavailable", status=503)
        outbox.channel.behaviour.default_factory = lambda: lambda message: (_ for _ in ()).throw(busy)
    withdraw(outbox)
    claiming, recording = [], []
    for count in (2, MANY):
        with counted_statements() as sent:
            claimed = claim(outbox.delivering, limit=count)
        claiming.append(list(sent))
        came = [result for each in claimed.ready if (result := attempt(each, outbox.delivering))]
        with counted_statements() as sent:
            results = record(came, outbox.delivering)
        recording.append(list(sent))
        assert len(results) == count

    assert len(claiming[0]) == len(claiming[1]) <= 20
    assert len(recording[0]) == len(recording[1]) <= 6
    standing = DeliveryState.DELIVERED if succeeds else DeliveryState.OWED
    with outbox.store.read() as tx:
        assert backlog.counts(tx)[standing] == MANY + 2


def test_receivers_that_answer_differently_in_one_batch_each_get_their_own_outcome(outbox: OutboxHarness) -> None:
    outbox.check(WITHDRAWN_LATER)
    subscribe_many(outbox, 40)
    taken_by_turns(outbox)
    withdraw(outbox)

    results = {int(each.shown.rpartition("/")[2]): each for each in outbox.deliver()}

    wanted = [DeliveryState.OWED, DeliveryState.REJECTED, DeliveryState.DELIVERED, DeliveryState.DELIVERED]
    with outbox.store.read() as tx:
        failing = {each.shown for each in endpoints.listing(tx) if each.failing_since == outbox.clock()}
        kept = {number: deliveries.get(tx, result.delivery.id) for number, result in results.items()}
    for number, result in results.items():
        delivery = kept[number]
        assert (delivery.standing, delivery.outcome, delivery.attempts) == (wanted[number % 4], result.outcome, 1)
        assert (result.shown in failing) == (number % 4 < 2)
    assert len(results) == 40


def test_receivers_that_take_their_time_are_called_at_once(outbox: OutboxHarness) -> None:
    """None answers before two hundred calls wait: with one thread fewer than that, all would be broken off."""
    one, other = outbox.sandbox.trial_ids()[:2]
    outbox.check(one, other)
    subscribe_many(outbox, MANY // 2)
    everybody = threading.Barrier(MANY, timeout=60)
    calls: Counter[str] = Counter()

    def answer(message: Message) -> Accepted:
        calls[message.endpoint.shown] += 1
        everybody.wait()
        return Accepted("200 OK", 200)

    outbox.channel.behaviour.default_factory = lambda: answer
    for trial_id in (one, other):
        outbox.sandbox.edit(trial_id, together(named("STEP"), verified_in("2026-01")))
    outbox.check(one, other)

    assert [each.standing for each in outbox.deliver()] == [DeliveryState.DELIVERED] * MANY
    assert set(calls.values()) == {2}


def test_two_that_deliver_at_once_to_the_same_receivers_send_nothing_twice(
    outbox: OutboxHarness,
) -> None:
    """Their batches write the same endpoints, in one order, so that PostgreSQL breaks off neither."""
    trial_ids = outbox.sandbox.trial_ids()[:6]
    outbox.check(*trial_ids)
    subscribe_many(outbox, 40)
    taken_by_turns(outbox)
    for trial_id in trial_ids:
        outbox.sandbox.edit(trial_id, together(named("STEP"), verified_in("2026-01")))
    outbox.check(*trial_ids)

    with ThreadPoolExecutor(2) as pool:
        delivering = [pool.submit(outbox.deliver) for _ in range(2)]
        results = [result for each in delivering for result in each.result()]

    assert len({result.delivery.id for result in results}) == len(results) == len(outbox.channel.came) == 240
    with outbox.store.read() as tx:
        assert sum(deliveries.get(tx, result.delivery.id).attempts for result in results) == 240
