"""Trying sooner and sending again: never beside an attempt that somebody is making, and never in vain."""

import pytest

from monitor.alerts.outbox import CLAIMED_FOR
from monitor.alerts.sending_again import send_again, send_failed_again, try_now
from monitor.errors import ConfigurationInvalid, DeliveryDeferred, DeliveryRejected, NothingFound
from monitor.model import Delivery, SubscriptionState
from monitor.storage import deliveries, endpoints, replays, subscriptions
from monitor.views.delivery_log import one_delivery
from tests.databases import SLOW
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER
from tests.studies import named, together, verified_a_year_later

ON_POSTGRESQL = SLOW

HOOK = "https://hooks.example.org/trials"


def failing(outbox: OutboxHarness, times: int = 3) -> Delivery:
    """A delivery that was tried in vain so often, and waits."""
    outbox.watch(WITHDRAWN_LATER)
    outbox.check()
    outbox.subscribe(HOOK, WITHDRAWN_LATER)
    outbox.refuse(HOOK, DeliveryDeferred("503", status=503))
    outbox.sandbox.next_state(WITHDRAWN_LATER)
    outbox.clock.advance(minutes=1)
    outbox.check()
    for _ in range(times):
        outbox.deliver()
        outbox.clock.advance(minutes=10)
    return only(outbox)


def only(outbox: OutboxHarness) -> Delivery:
    with outbox.store.read() as tx:
        (delivery,) = deliveries.listing(tx)
    return delivery


def test_the_next_attempt_is_made_now_and_those_before_it_count(outbox: OutboxHarness) -> None:
    delivery = failing(outbox)
    assert delivery.next_attempt_at > outbox.clock() + CLAIMED_FOR

    hastened = try_now(delivery.id[:8], outbox.store, now=outbox.clock())

    assert (hastened.next_attempt_at, hastened.attempts) == (outbox.clock(), 3)
    outbox.channel.behaviour.clear()
    outbox.deliver()
    assert (str(only(outbox).standing), only(outbox).attempts) == ("delivered", 4)


def test_what_may_be_claimed_is_left_to_whoever_claimed_it(outbox: OutboxHarness) -> None:
    delivery = failing(outbox, times=1)
    with outbox.store.begin() as tx:
        deliveries.claim(tx, now=outbox.clock(), until=outbox.clock() + CLAIMED_FOR, limit=1)

    with pytest.raises(ConfigurationInvalid, match="being tried just now"):
        try_now(delivery.id, outbox.store, now=outbox.clock())
    with outbox.store.begin() as tx:
        assert not replays.hasten(tx, delivery.id, outbox.clock(), unless_before=outbox.clock() + CLAIMED_FOR)
    assert only(outbox).next_attempt_at == outbox.clock() + CLAIMED_FOR


def test_what_may_not_be_sent_is_refused_with_the_remedy(outbox: OutboxHarness) -> None:
    delivery = failing(outbox)
    with outbox.store.begin() as tx:
        subscriptions.set_state(tx, delivery.subscription_id, SubscriptionState.PAUSED, outbox.clock())
    with pytest.raises(ConfigurationInvalid, match=r"its subscription is paused.*subscriptions resume"):
        try_now(delivery.id, outbox.store, now=outbox.clock())

    with outbox.store.begin() as tx:
        subscriptions.set_state(tx, delivery.subscription_id, SubscriptionState.ACTIVE, outbox.clock())
        endpoint = subscriptions.get(tx, delivery.subscription_id).endpoint
        endpoints.disable(tx, endpoint.id, at=outbox.clock())
    with pytest.raises(ConfigurationInvalid, match=r"nothing is sent there since.*subscriptions resume"):
        try_now(delivery.id, outbox.store, now=outbox.clock())


def test_what_waits_for_an_earlier_one_is_tried_after_it(outbox: OutboxHarness) -> None:
    first = failing(outbox)
    outbox.sandbox.edit(WITHDRAWN_LATER, together(named("Another"), verified_a_year_later))
    outbox.check()
    outbox.deliver()
    with outbox.store.read() as tx:
        [second] = [each for each in deliveries.listing(tx) if each.id != first.id]
        assert deliveries.behind(tx, [first.id, second.id]) == {second.id}

    outbox.clock.advance(minutes=-10)
    with pytest.raises(ConfigurationInvalid, match="waits for an earlier delivery"):
        try_now(second.id, outbox.store, now=outbox.clock())
    row = one_delivery(second.id, outbox.store).row
    assert row.is_behind
    assert not one_delivery(first.id, outbox.store).row.is_behind


def test_what_was_given_up_is_owed_again_and_what_there_is_not_is_not_found(outbox: OutboxHarness) -> None:
    delivery = failing(outbox, times=1)
    outbox.refuse(HOOK, DeliveryRejected("410 Gone", status=410, ends=False))
    outbox.deliver()
    assert str(only(outbox).standing) == "rejected"
    with pytest.raises(ConfigurationInvalid, match="not owed any more"):
        try_now(delivery.id, outbox.store, now=outbox.clock())

    assert send_failed_again(outbox.store, since=outbox.clock(), now=outbox.clock()) == 1
    assert str(only(outbox).standing) == "owed"
    assert send_again(delivery.id, outbox.store, now=outbox.clock()).attempts == 0
    for step in (send_again, try_now):
        with pytest.raises(NothingFound):
            step("00000000", outbox.store, now=outbox.clock())
