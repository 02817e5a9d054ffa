"""What goes wrong with telling people is told to the operator, another way than the one that fails."""

import json
from datetime import timedelta
from email import message_from_string, policy

from monitor.alerts.subscribe import Wanted, apply_config
from monitor.errors import DeliveryDeferred, DeliveryRejected
from monitor.model import DeliveryState
from monitor.storage import attempts, deliveries, notices, replays, subscriptions
from tests.alerts.test_outbox import submitted
from tests.databases import SLOW
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER

ON_POSTGRESQL = SLOW

HOOK = "https://hooks.example.org/trials"
OPERATOR = "ops@example.org"
OPERATORS_HOOK = "https://hooks.example.org/monitor"
DOWN = DeliveryDeferred("503 Service Unavailable", status=503)


def operated(outbox: OutboxHarness) -> None:
    addresses = {"email": OPERATOR, "webhook": OPERATORS_HOOK}
    wanted = [
        Wanted(name=f"operator {name}", channel=name, address=address, origin="operator")
        for name, address in addresses.items()
    ]
    apply_config(wanted, outbox.subscribe_context)


def withdrawn(outbox: OutboxHarness) -> None:
    outbox.check(WITHDRAWN_LATER)
    outbox.sandbox.next_state(WITHDRAWN_LATER)
    outbox.check(WITHDRAWN_LATER)


def deliver_for(outbox: OutboxHarness, span: timedelta) -> None:
    end = outbox.clock() + span
    while outbox.clock() < end:
        outbox.deliver()
        outbox.clock.advance(hours=2)


def told(outbox: OutboxHarness, address: str) -> list[str]:
    """What kinds of notices came to an address, as the webhook has them or as the mail says."""
    bodies = [message.body.decode() for message in outbox.channel.came if message.endpoint.shown == address]
    return [json.loads(body)["type"] if body.startswith("{") else body for body in bodies]


def test_the_operator_hears_once_of_an_alert_that_was_given_up_and_of_an_endpoint_that_was_disabled(
    outbox: OutboxHarness,
) -> None:
    operated(outbox)
    outbox.subscribe(HOOK, WITHDRAWN_LATER)
    outbox.refuse(HOOK, DOWN)
    withdrawn(outbox)
    deliver_for(outbox, timedelta(days=4))

    assert told(outbox, OPERATORS_HOOK) == ["monitor.delivery.rejected"]

    submitted(outbox, 31)
    deliver_for(outbox, timedelta(days=3))

    assert told(outbox, OPERATORS_HOOK) == ["monitor.delivery.rejected", "monitor.endpoint.disabled"]
    mails = [message_from_string(mail, policy=policy.default) for mail in told(outbox, OPERATOR)]
    assert [mail["Subject"] for mail in mails] == [
        f"[monitor] An alert to webhook {HOOK} was given up",
        f"[monitor] Nothing more is sent to webhook {HOOK}",
    ]
    assert {mail["Auto-Submitted"] for mail in mails} == {"auto-generated"}


def test_an_operator_whose_mail_fails_is_told_by_webhook_and_not_by_mail(outbox: OutboxHarness) -> None:
    operated(outbox)
    outbox.subscribe(OPERATOR, WITHDRAWN_LATER, channel="email")
    outbox.refuse(OPERATOR, DeliveryRejected("550 no such user", status=550))
    withdrawn(outbox)

    for _ in range(3):
        outbox.deliver()
        outbox.clock.advance(hours=1)

    assert told(outbox, OPERATORS_HOOK) == ["monitor.delivery.rejected"]
    assert sorted(outbox.standings()) == ["delivered", "rejected"]


def test_notices_to_an_operator_who_cannot_be_reached_at_all_come_to_an_end(outbox: OutboxHarness) -> None:
    operated(outbox)
    outbox.subscribe(HOOK, WITHDRAWN_LATER)
    for address in (HOOK, OPERATOR, OPERATORS_HOOK):
        outbox.refuse(address, DeliveryRejected("410 Gone", status=410))
    withdrawn(outbox)

    for _ in range(20):
        outbox.deliver()
        outbox.clock.advance(hours=1)

    assert set(outbox.standings()) == {"rejected"}
    with outbox.store.read() as tx:
        assert len(notices.listing(tx)) == 3


def test_without_an_operator_a_notice_is_kept_all_the_same(outbox: OutboxHarness) -> None:
    outbox.subscribe(HOOK, WITHDRAWN_LATER)
    outbox.refuse(HOOK, DeliveryRejected("404 Not Found", status=404))
    withdrawn(outbox)
    outbox.deliver()

    with outbox.store.read() as tx:
        (notice,) = notices.listing(tx)
    assert notice.kind == "delivery.rejected"
    assert HOOK in notice.subject
    assert "404 Not Found" in notice.text


def test_the_operator_hears_of_no_trial(outbox: OutboxHarness) -> None:
    operated(outbox)
    withdrawn(outbox)

    assert outbox.standings() == []
    with outbox.store.read() as tx:
        assert {each.state for each in subscriptions.listing(tx)} == {"active"}


def test_an_operator_who_is_taken_out_of_the_configuration_hears_nothing_more(outbox: OutboxHarness) -> None:
    operated(outbox)
    apply_config([], outbox.subscribe_context)
    outbox.subscribe(HOOK, WITHDRAWN_LATER)
    outbox.refuse(HOOK, DeliveryRejected("404 Not Found", status=404))
    withdrawn(outbox)
    outbox.deliver()

    assert outbox.standings() == ["rejected"]


def test_a_mail_that_is_replayed_has_its_five_days_again(outbox: OutboxHarness) -> None:
    outbox.subscribe(OPERATOR, channel="email")
    outbox.refuse(OPERATOR, DeliveryDeferred("451 try later", status=451))
    withdrawn(outbox)
    deliver_for(outbox, timedelta(days=6))
    assert outbox.standings() == ["rejected"]
    with outbox.store.begin() as tx:
        (delivery,) = deliveries.listing(tx)
        replays.replay(tx, delivery.id, outbox.clock())

    outbox.clock.advance(seconds=1)
    (result,) = outbox.deliver()

    assert result.standing is DeliveryState.OWED


def test_attempts_are_kept_for_ninety_days(outbox: OutboxHarness) -> None:
    outbox.subscribe(HOOK, WITHDRAWN_LATER)
    withdrawn(outbox)
    (result,) = outbox.deliver()

    def kept() -> int:
        with outbox.store.read() as tx:
            return len(attempts.of_delivery(tx, result.delivery.id))

    outbox.clock.advance(days=89)
    outbox.deliver()
    assert kept() == 1

    outbox.clock.advance(days=2)
    outbox.deliver()
    assert kept() == 0
