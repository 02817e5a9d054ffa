"""One delivery is sent by its id, by whoever is told to: once, and only where it is due."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from monitor.alerts.deliver import deliver_one
from monitor.alerts.outbox import CLAIMED_FOR
from monitor.alerts.subscribe import set_state
from monitor.errors import DeliveryDeferred
from monitor.model import Delivery, DeliveryState, SubscriptionState
from monitor.storage import attempts, deliveries
from tests.databases import SLOW
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER

ON_POSTGRESQL = SLOW

HOOK = "https://one.example/hook"


def withdrawn(outbox: OutboxHarness, *addresses: str) -> list[Delivery]:
    """A trial is withdrawn, and everybody at these addresses is to hear of it; in their order."""
    outbox.check(WITHDRAWN_LATER)
    made = [outbox.subscribe(address, WITHDRAWN_LATER).subscription.id for address in addresses]
    outbox.sandbox.next_state(WITHDRAWN_LATER)
    outbox.check(WITHDRAWN_LATER)
    with outbox.store.read() as tx:
        owed = deliveries.listing(tx)
    return sorted(owed, key=lambda each: made.index(each.subscription_id))


@pytest.fixture
def owed(outbox: OutboxHarness) -> Delivery:
    """A delivery to HOOK that is due."""
    [delivery] = withdrawn(outbox, HOOK)
    return delivery


def test_it_is_sent_and_recorded_once(outbox: OutboxHarness, owed: Delivery) -> None:
    result = deliver_one(owed.id, outbox.delivering)

    assert result
    assert (result.delivery.id, result.standing) == (owed.id, DeliveryState.DELIVERED)
    assert deliver_one(owed.id, outbox.delivering) is None
    assert outbox.deliver() == []
    assert [message.delivery_id for message in outbox.channel.came] == [owed.id]
    with outbox.store.read() as tx:
        assert [each.outcome for each in attempts.of_delivery(tx, owed.id)] == ["200 OK"]


def test_what_is_not_taken_is_due_again_later(outbox: OutboxHarness, owed: Delivery) -> None:
    outbox.refuse(HOOK, DeliveryDeferred("503"))
    result = deliver_one(owed.id, outbox.delivering)

    assert result
    assert result.standing is DeliveryState.OWED
    assert result.next_attempt_at
    assert deliver_one(owed.id, outbox.delivering) is None, "it is not due"
    outbox.clock.now = result.next_attempt_at
    assert deliver_one(owed.id, outbox.delivering) is not None
    assert len(outbox.channel.came) == 2


def test_what_somebody_else_has_claimed_is_left_to_them(outbox: OutboxHarness, owed: Delivery) -> None:
    with outbox.store.begin() as tx:
        assert deliveries.claim(tx, now=outbox.clock(), until=outbox.clock() + CLAIMED_FOR, limit=1)

    assert deliver_one(owed.id, outbox.delivering) is None
    assert outbox.channel.came == []


def test_nothing_is_sent_where_the_subscription_is_paused_or_the_id_unknown(
    outbox: OutboxHarness, owed: Delivery
) -> None:
    set_state(owed.subscription_id, SubscriptionState.PAUSED, outbox.subscribe_context)

    assert deliver_one(owed.id, outbox.delivering) is None
    assert deliver_one("0" * 36, outbox.delivering) is None
    assert outbox.channel.came == []


def test_others_that_are_due_are_left_alone(outbox: OutboxHarness) -> None:
    ids = [each.id for each in withdrawn(outbox, *(f"https://{number}.example/hook" for number in range(5)))]

    results = [deliver_one(each, outbox.delivering) for each in ids]

    assert [result and result.delivery.id for result in results] == ids
    assert [message.delivery_id for message in outbox.channel.came] == ids


def test_of_two_callers_at_once_one_sends(outbox: OutboxHarness, owed: Delivery) -> None:
    together = Barrier(2, timeout=30)

    def call() -> bool:
        together.wait()
        return deliver_one(owed.id, outbox.delivering) is not None

    with ThreadPoolExecutor(2) as pool:
        sent = [future.result() for future in [pool.submit(call), pool.submit(call)]]

    assert sorted(sent) == [False, True]
    assert len(outbox.channel.came) == 1
