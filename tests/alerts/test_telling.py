"""An event that concerns very many is told in batches, as if it were told at once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.alerts import owing, telling
from monitor.alerts.due import is_anything_due
from monitor.alerts.owing import owe_deliveries
from monitor.alerts.settling import Settling, settle
from monitor.alerts.telling import tell_some
from monitor.model import Event, Rhythm, Settlement, SubscriptionState
from monitor.model.rhythm import Every
from monitor.storage import deliveries, events, gathered, rhythms, settlements, snapshots, subscriptions
from monitor.storage.store import Store
from tests.outbox import OutboxHarness
from tests.program import WITHDRAWN_LATER
from tests.storage.documents import HIP, KNEE, LATER, NOON, REGISTRY, event, snapshot
from tests.storage.subscribers import grouped, kept, mailbox, subscription, watch

NOW = LATER + timedelta(hours=1)


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Six are too many to be told at once, and two are a batch."""
    monkeypatch.setattr(owing, "MOST_AT_ONCE", 5)
    monkeypatch.setattr(owing, "MOST_EACH", 2)
    monkeypatch.setattr(telling, "BATCH", 2)


def keep(store: Store, *told: Event) -> None:
    with store.begin() as tx:
        numbers = {(each.trial_id, number) for each in told for number in (1, each.snapshot)}
        snapshots.add(tx, [snapshot(*each) for each in sorted(numbers)])
        events.add(tx, told)


def owe(store: Store, *told: Event) -> list[str]:
    with store.begin() as tx:
        return owe_deliveries(tx, told, REGISTRY, now=NOW)


def tell_all(store: Store) -> int:
    """Give how many batches there were."""
    batches = 0
    while tell_some(store, now=NOW + timedelta(seconds=batches)):
        batches += 1
    return batches


def owed(store: Store, told: Event) -> set[str]:
    with store.read() as tx:
        return {each.subscription_id for each in deliveries.of_event(tx, told.id)}


def everybody(store: Store, count: int) -> set[str]:
    return {kept(store, everything=True).id for _ in range(count)}


def unsettled(store: Store, *told: Event) -> list[Settlement | None]:
    with store.read() as tx:
        found = settlements.known(tx, [each.id for each in told])
    return [found[each.id].settlement if each.id in found else None for each in told]


def test_all_who_cover_a_trial_are_told_once_in_whatever_way_they_do(store: Store) -> None:
    told = event(HIP, 2)
    keep(store, told)
    watch_id = watch(store, HIP, KNEE)
    group = grouped(store, "Hips", watch_id)
    those = everybody(store, 3)
    those |= {kept(store, watch_id=watch_id).id for _ in range(3)}
    those |= {kept(store, group=group).id for _ in range(3)}
    with store.begin() as tx:
        for _ in range(3):
            made = subscription(mailbox(tx), HIP, KNEE)
            subscriptions.add(tx, made)
            those.add(made.id)
        subscriptions.add(tx, subscription(mailbox(tx), KNEE))
        paused = subscription(mailbox(tx), everything=True)
        subscriptions.add(tx, paused)
        subscriptions.set_state(tx, paused.id, SubscriptionState.PAUSED, LATER)
        subscriptions.add(tx, replace(subscription(mailbox(tx), everything=True), created_at=NOW))

    assert owe(store, told) == []
    assert owed(store, told) == set()
    assert tell_all(store) == 7
    assert owed(store, told) == those
    assert unsettled(store, told) == [None]


def test_who_dies_in_a_batch_leaves_it_whole_to_the_next(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    told = event(HIP, 2)
    keep(store, told)
    those = everybody(store, 7)
    owe(store, told)
    tell_some(store, now=NOW)

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(settlements, "told_up_to", die)
        with pytest.raises(KeyboardInterrupt):
            tell_some(store, now=NOW)

    assert len(owed(store, told)) == 2
    tell_all(store)
    assert owed(store, told) == those


def test_each_of_several_has_a_batch_in_turn_and_what_concerns_few_waits_for_none(store: Store) -> None:
    hip, knee, few = event(HIP, 2), event(KNEE, 2), event("NCT90000009", 2)
    keep(store, hip, knee, few)
    hips, knees = watch(store, HIP), watch(store, KNEE)
    for number in (hips, knees):
        for _ in range(6):
            kept(store, watch_id=number)
    with store.begin() as tx:
        one = subscription(mailbox(tx), few.trial_id)
        subscriptions.add(tx, one)

    assert owe(store, hip, knee, few) == [few.id]
    assert owed(store, few) == {one.id}
    for batch in (1, 2):
        tell_some(store, now=NOW + timedelta(seconds=batch))
    assert [len(owed(store, each)) for each in (hip, knee)] == [2, 2]


def test_a_later_event_of_the_trial_is_told_after_it(outbox: OutboxHarness) -> None:
    store = outbox.store
    first, second, third = (replace(event(HIP, number), occurred_at=LATER) for number in (2, 3, 4))
    keep(store, first, second, third)
    those = everybody(store, 6)

    owe(store, first, second)
    assert unsettled(store, first, second) == [Settlement.TELLING, Settlement.PENDING]
    with store.begin() as tx:
        settlements.pend(tx, REGISTRY, {third.id: 1})
    settling = Settling(registry=outbox.registry, store=store, window=timedelta(0))
    settle(settling, now=NOW)
    assert unsettled(store, first, second, third) == [Settlement.TELLING, Settlement.PENDING, Settlement.PENDING]
    for each in (first, second, third):
        tell_all(store)
        assert owed(store, each) == those
        settle(settling, now=NOW)

    with store.read() as tx:
        found = [each for told in (first, second, third) for each in deliveries.of_event(tx, told.id)]
    in_order = sorted(found, key=lambda each: each.sequence)
    assert [each.cause.id for each in in_order] == [first.id] * 6 + [second.id] * 6 + [third.id] * 6


def test_who_ends_a_subscription_before_its_turn_hears_nothing_more(store: Store) -> None:
    told = event(HIP, 2)
    keep(store, told)
    those = everybody(store, 7)
    owe(store, told)
    last = max(those)
    with store.begin() as tx:
        subscriptions.set_state(tx, last, SubscriptionState.ENDED, NOW)

    tell_all(store)
    assert owed(store, told) == those - {last}


def test_who_is_told_in_a_digest_has_it_gathered(store: Store) -> None:
    told = event(HIP, 2)
    keep(store, told)
    those = everybody(store, 6)
    daily = kept(store, everything=True)
    with store.begin() as tx:
        rhythms.add(tx, daily.id, Rhythm(every=Every.DAILY), at=NOON)
    owe(store, told)
    tell_all(store)

    assert owed(store, told) == those
    with store.read() as tx:
        assert gathered.of_events(tx, [told.id], [daily.id])


def test_delivering_goes_on_with_it_and_sends_it_to_all(outbox: OutboxHarness) -> None:
    readers = [f"http://127.0.0.1:{port}" for port in range(9001, 9010)]
    outbox.check(WITHDRAWN_LATER)
    for reader in readers:
        outbox.subscribe(reader)
    outbox.sandbox.next_state(WITHDRAWN_LATER)
    outbox.check(WITHDRAWN_LATER)
    assert outbox.standings() == []
    assert is_anything_due(outbox.store, [REGISTRY], now=outbox.clock())

    outbox.deliver()

    assert sorted(each.endpoint.shown for each in outbox.channel.came) == sorted(readers)
    assert not is_anything_due(outbox.store, [REGISTRY], now=outbox.clock())
