"""What is decided once for all who ask for the same is what each would have been told alone."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from monitor.alerts.matching import matching
from monitor.alerts.owing import owe_deliveries
from monitor.alerts.past import pasts_of
from monitor.changes.events import trials_concerned
from monitor.changes.kinds import KINDS
from monitor.model import Change, Event, Filters, Significance, Subscription, SubscriptionState
from monitor.storage import deliveries, events, snapshots, subscriptions
from monitor.storage.store import Store
from tests.databases import SLOW, counted_statements
from tests.storage.documents import HIP, KNEE, LATER, NOON, REGISTRY, SHOULDER, event, snapshot
from tests.storage.subscribers import AMARA, BENGT, kept, mailbox, subscription, watch

ON_POSTGRESQL = SLOW

TRIALS = (HIP, KNEE, SHOULDER)
TOPICS = sorted({str(kind.topic) for kind in KINDS.values()})
SCORES = list(Significance)


def some(chance: Random, names: list[str]) -> frozenset[str]:
    return frozenset(chance.sample(names, chance.choice([0, 0, 1, 3])))


def random_filters(chance: Random) -> Filters:
    """Few enough that some subscriptions share theirs."""
    beginnings = sorted({name.rsplit(".", chance.choice([0, 1]))[0] for name in KINDS})
    return Filters(
        topics=some(chance, TOPICS),
        kinds=some(chance, beginnings),
        without=some(chance, beginnings) if chance.random() < 0.3 else frozenset(),
        min_significance=chance.choice(SCORES),
        min_percent=chance.choice([None, None, 20.0]),
        min_days=chance.choice([None, None, 30]),
    )


def random_change(chance: Random, watch_id: int) -> Change:
    name = chance.choice([*KINDS, "trial.left", "trial.merged", "status.stopped"])
    return Change(
        field=chance.choice(["overall_status", "why_stopped", "enrollment", "honey"]),
        path="",
        kind=name,
        topic=str(KINDS[name].topic),
        before={"watch_id": chance.choice([watch_id, watch_id + 1])} if name == "trial.left" else None,
        after=chance.choice(TRIALS) if name == "trial.merged" else None,
        summary="Something.",
        measure=chance.choice([None, {"percent": -8.0, "days": 12}, {"percent": 50.0, "days": -92}]),
        significance=chance.choice(SCORES),
    )


def random_events(chance: Random, watch_id: int) -> Iterator[Event]:
    for number in range(2, 6):
        for trial_id in TRIALS:
            changes = tuple(random_change(chance, watch_id) for _ in range(chance.randint(1, 4)))
            yield replace(event(trial_id, number), changes=changes, occurred_at=NOON + timedelta(hours=number))


def random_subscriptions(store: Store, chance: Random, watch_id: int) -> Iterator[Subscription]:
    shared = [random_filters(chance) for _ in range(12)]
    with store.begin() as tx:
        boxes = [mailbox(tx, AMARA), mailbox(tx, BENGT)]
        for _ in range(60):
            scope = chance.choice([{"everything": True}, {"watch_id": watch_id}, {}])
            named = chance.sample(TRIALS, chance.randint(1, 2)) if not scope else []
            made = subscription(chance.choice(boxes), *named, filters=chance.choice(shared), **scope)
            made = replace(made, created_at=NOON + timedelta(hours=chance.choice([0, 0, 3, 4, 9])))
            subscriptions.add(tx, made)
            if chance.random() < 0.1:
                made = replace(made, state=SubscriptionState.PAUSED)
                subscriptions.set_state(tx, made.id, SubscriptionState.PAUSED, LATER)
            yield made


@pytest.mark.parametrize("seed", range(4))
def test_deciding_for_many_at_once_owes_what_deciding_one_by_one_does(store: Store, seed: int) -> None:
    chance = Random(seed)
    held = {HIP, KNEE}
    watch_id = watch(store, *held)
    told = list(random_events(chance, watch_id))
    people = list(random_subscriptions(store, chance, watch_id))
    now = NOON + timedelta(hours=7)

    def is_told(reader: Subscription, event: Event) -> bool:
        concerned = trials_concerned(event)
        named = {trial_id for _, trial_id in reader.trials}
        covers = (
            reader.everything or named.intersection(concerned) or (reader.watch_id and held.intersection(concerned))
        )
        since = reader.created_at
        is_due = reader.state is SubscriptionState.ACTIVE and (since <= event.occurred_at or since > now)
        return bool(covers) and is_due and matching(event.changes, reader, pasts[event.id]).passes

    with store.begin() as tx:
        snapshots.add(tx, [snapshot(trial_id, number) for trial_id in TRIALS for number in range(1, 6)])
        events.add(tx, told)
        owe_deliveries(tx, told, REGISTRY, now=now)
        owed = [(each.cause.id, each.subscription_id) for each in deliveries.listing(tx, limit=1000)]
        pasts = pasts_of(tx, told)

    assert sorted(owed) == sorted(
        (event.id, reader.id) for event in told for reader in people if is_told(reader, event)
    )
    assert 20 < len(owed) < len(told) * len(people) / 2


def test_an_event_that_a_hundred_ask_for_takes_as_many_statements_as_one_that_two_do(store: Store) -> None:
    with store.begin() as tx:
        snapshots.add(tx, [snapshot(trial_id, number) for trial_id in TRIALS for number in (1, 2)])
        events.add(tx, [event(trial_id) for trial_id in TRIALS])

    def statements(trial_id: str, readers: int) -> int:
        for _ in range(readers):
            kept(store, everything=True)
        with store.begin() as tx, counted_statements() as sent:
            owe_deliveries(tx, [event(trial_id)], REGISTRY, now=LATER)
        return len(sent)

    assert statements(HIP, 2) >= statements(KNEE, 98)  # the first one finds out how the database is set up
    with store.read() as tx:
        assert len(deliveries.listing(tx, limit=1000)) == 2 + 100
