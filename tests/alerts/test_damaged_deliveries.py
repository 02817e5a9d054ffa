"""A delivery that cannot be made ready keeps nobody else's back, waits as long as it must, and is told once."""

from pathlib import Path

import pytest

from monitor.alerts.postponing import TRIED_AGAIN_AFTER
from monitor.alerts.subscribe import SubscribeContext, Wanted, apply_config, set_state
from monitor.errors import DeliveryDeferred
from monitor.model import DeliveryState, SubscriptionState
from monitor.storage import backlog, endpoints, tables
from monitor.vault import Vault
from tests.outbox import CONFIG, OutboxHarness
from tests.program import WITHDRAWN_LATER
from tests.test_damaged_rows import EVERYBODY, damage, damage_snapshot, suspend, told_kinds, two

LOST = "https://lost.example.org/hook"
OPERATOR = "ops@example.org"


def other_key(outbox: OutboxHarness, folder: Path) -> SubscribeContext:
    """As after `restore --without-key`: what is sealed from now on has another key."""
    return SubscribeContext(
        store=outbox.store,
        vault=Vault.open(key=None, file=folder / "other" / "secret.key"),
        clock=outbox.clock,
        config=CONFIG,
    )


def lock(outbox: OutboxHarness, address: str) -> None:
    damage(outbox, tables.endpoints, tables.endpoints.c.shown.startswith(address[:20]), sealed=b"of another key")


def came(outbox: OutboxHarness) -> list[str]:
    return sorted(message.endpoint.shown for message in outbox.channel.came)


def test_an_address_that_does_not_open_silences_nobody_else_and_is_waited_for(outbox: OutboxHarness) -> None:
    apply_config([Wanted(name="o", channel="email", address=OPERATOR, origin="operator")], outbox.subscribe_context)
    one, other = two(outbox)
    lost = outbox.subscribe(LOST)
    outbox.subscribe(EVERYBODY)
    outbox.check(one, other)
    with outbox.store.read() as tx:
        sealed = tx.execute(
            tables.endpoints.select().where(tables.endpoints.c.id == lost.subscription.endpoint.id)
        ).one()
    lock(outbox, LOST)
    suspend(outbox, one)
    outbox.check(one)

    results = {each.shown: each for each in outbox.deliver()}

    assert results[EVERYBODY].standing is DeliveryState.DELIVERED
    assert results[sealed.shown].standing is DeliveryState.OWED
    assert "does not open" in results[sealed.shown].outcome
    assert results[sealed.shown].next_attempt_at == outbox.clock() + TRIED_AGAIN_AFTER
    assert told_kinds(outbox) == ["deliveries.waiting"]
    for _ in range(30):
        outbox.clock.advance(hours=6)
        outbox.deliver()
    assert came(outbox) == [EVERYBODY, OPERATOR], "the operator is told once"
    assert told_kinds(outbox) == ["deliveries.waiting"]

    suspend(outbox, other)
    outbox.check(other)
    damage(outbox, tables.endpoints, tables.endpoints.c.id == sealed.id, sealed=sealed.sealed)
    outbox.clock.advance(hours=1)
    outbox.deliver()
    assert came(outbox).count(sealed.shown) == 2, "nothing was lost in a week"
    with outbox.store.read() as tx:
        assert backlog.oldest_postponed(tx) is None


def test_a_damaged_snapshot_does_not_keep_an_alert_back(outbox: OutboxHarness) -> None:
    bad, _ = two(outbox)
    outbox.subscribe(EVERYBODY)
    outbox.check(bad)
    suspend(outbox, bad)
    outbox.check(bad)
    damage_snapshot(outbox, bad, 1)
    damage_snapshot(outbox, bad, 2)

    assert [result.standing for result in outbox.deliver()] == [DeliveryState.DELIVERED]
    assert b"SUSPENDED" in outbox.channel.came[0].body


def test_a_damaged_event_is_told_by_its_snapshots_or_given_up_so_that_what_follows_is_told(
    outbox: OutboxHarness,
) -> None:
    bad, good = two(outbox)
    outbox.subscribe(EVERYBODY)
    outbox.check(bad, good)
    suspend(outbox, bad, good)
    outbox.check(bad, good)
    for trial_id in (bad, good):
        damage(outbox, tables.events, tables.events.c.trial_id == trial_id, changes=b"scribble")
    damage_snapshot(outbox, bad, 2)

    standings = {result.delivery.trial_id: result.standing for result in outbox.deliver()}

    assert standings == {bad: DeliveryState.REJECTED, good: DeliveryState.DELIVERED}
    assert told_kinds(outbox) == ["deliveries.given_up"]


def test_a_fault_in_rendering_one_delivery_defers_it_alone(
    outbox: OutboxHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    from monitor.channels.webhook import rendering

    bad, good = two(outbox)
    outbox.subscribe(EVERYBODY)
    outbox.check(bad, good)
    suspend(outbox, bad, good)
    outbox.check(bad, good)
    real = rendering.EventBody

    def fail(event: object, **named: object) -> object:
        if event.trial_id == bad:  # type: ignore[attr-defined]
            raise KeyError("template")
        return real(event, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(rendering, "EventBody", fail)
    first = {result.delivery.trial_id: result for result in outbox.deliver()}
    assert first[good].standing is DeliveryState.DELIVERED
    assert first[bad].standing is DeliveryState.OWED
    assert "KeyError at test_damaged_deliveries.py" in first[bad].outcome

    monkeypatch.undo()
    outbox.clock.advance(minutes=16)
    assert [result.standing for result in outbox.deliver()] == [DeliveryState.DELIVERED]


def test_an_operator_whose_own_address_does_not_open_is_told_another_way_and_no_notice_breeds_notices(
    outbox: OutboxHarness,
) -> None:
    addresses = {"email": OPERATOR, "webhook": LOST}
    apply_config(
        [
            Wanted(name=f"o {name}", channel=name, address=address, origin="operator")
            for name, address in addresses.items()
        ],
        outbox.subscribe_context,
    )
    lock(outbox, LOST)
    one, _ = two(outbox)
    outbox.subscribe(EVERYBODY)
    outbox.refuse(EVERYBODY, DeliveryDeferred("503 Service Unavailable", status=503))
    outbox.check(one)
    suspend(outbox, one)
    outbox.check(one)
    for _ in range(40):
        outbox.clock.advance(hours=4)
        outbox.deliver()

    assert sorted(told_kinds(outbox)) == ["deliveries.waiting", "delivery.rejected"]
    assert came(outbox).count(OPERATOR) == 2


def test_what_was_sent_is_recorded_though_a_row_beside_it_is_damaged(quick_outbox: OutboxHarness) -> None:
    """Or it would be sent again for ever."""
    outbox = quick_outbox
    one, _ = two(outbox)
    subscribed = outbox.subscribe(EVERYBODY)
    outbox.check(one)
    suspend(outbox, one)
    outbox.check(one)
    outbox.refuse(EVERYBODY, DeliveryDeferred("503 Service Unavailable", status=503))
    outbox.deliver()
    with outbox.store.begin() as tx:
        tx.exec_driver_sql(
            f"UPDATE endpoints SET failing_since = 'x' WHERE id = '{subscribed.subscription.endpoint.id}'"
        )
    outbox.channel.came.clear()
    for _ in range(6):
        outbox.clock.advance(minutes=1)
        outbox.deliver()
    assert len(outbox.channel.came) <= 1, "it waits as it should"


@pytest.fixture
def quick_outbox(tmp_path: Path, sandbox, sqlite_url: str):  # type: ignore[no-untyped-def]
    from monitor.storage.store import Store

    store = Store.open(sqlite_url)
    running = OutboxHarness(store, sandbox, tmp_path)
    yield running
    running.registry.close()
    store.close()


def test_a_damaged_row_of_a_delivery_stops_no_other(quick_outbox: OutboxHarness) -> None:
    outbox = quick_outbox
    bad, good = two(outbox)
    outbox.subscribe(EVERYBODY)
    outbox.check(bad, good)
    suspend(outbox, bad, good)
    outbox.check(bad, good)
    with outbox.store.begin() as tx:
        tx.exec_driver_sql(f"UPDATE deliveries SET created_at = 'x' WHERE trial_id = '{bad}'")

    assert [result.delivery.trial_id for result in outbox.deliver()] == [good]
    assert told_kinds(outbox) == ["deliveries.damaged"]


# The configuration


def test_a_mailbox_of_the_configuration_is_sealed_anew_and_a_webhook_waits_for_its_key(
    outbox: OutboxHarness, tmp_path: Path
) -> None:
    wanted = [
        Wanted(name="mail", channel="email", address="anna@example.org", origin="operator"),
        Wanted(name="hook", channel="webhook", address=LOST, origin="operator"),
    ]
    assert apply_config(wanted, outbox.subscribe_context) == []
    elsewhere = other_key(outbox, tmp_path)
    elsewhere.vault.seal("anything")

    assert apply_config(wanted, elsewhere) == []

    with outbox.store.read() as tx:
        assert [each.channel for each in endpoints.locked(tx, elsewhere.vault)] == ["webhook"]
        assert [each.channel for each in endpoints.locked(tx, outbox.subscribe_context.vault)] == ["email"]


def test_who_subscribes_an_address_that_does_not_open_has_it_back_with_a_new_secret(outbox: OutboxHarness) -> None:
    first = outbox.subscribe(LOST)
    lock(outbox, LOST)

    again = outbox.subscribe(LOST, WITHDRAWN_LATER)

    assert again.secret
    assert again.secret != first.secret
    assert again.subscription.endpoint.id == first.subscription.endpoint.id


def test_a_block_that_cannot_be_used_keeps_what_it_was_and_the_others_are_applied(outbox: OutboxHarness) -> None:
    good = Wanted(name="good", channel="email", address="anna@example.org")
    apply_config([good, Wanted(name="bad", channel="email", address="berta@example.org")], outbox.subscribe_context)

    refused = apply_config(
        [
            Wanted(name="new", channel="email", address="carla@example.org"),
            Wanted(name="bad", channel="email", address="@"),
        ],
        outbox.subscribe_context,
    )

    assert len(refused) == 1
    from monitor.storage import subscriptions

    with outbox.store.read() as tx:
        states = {each.endpoint.shown: each.state for each in subscriptions.listing(tx)}
    assert states["anna@example.org"] == "ended"
    assert "carla@example.org" in states


def test_a_damaged_subscription_can_be_ended(outbox: OutboxHarness) -> None:
    made = outbox.subscribe(EVERYBODY)
    damage(outbox, tables.subscriptions, tables.subscriptions.c.id == made.subscription.id, topics="[")

    assert set_state(made.subscription.id, SubscriptionState.ENDED, outbox.subscribe_context).state == "ended"
