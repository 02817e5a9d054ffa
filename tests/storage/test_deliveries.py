"""The outbox: nothing is owed twice, nothing is claimed twice, and every trial is told in order."""

import json
import subprocess
import sys
from collections import Counter
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4, uuid5

import pytest
from sqlalchemy import insert, text

from monitor.errors import ConfigurationInvalid, NothingFound, StoreCorrupt
from monitor.model import (
    Attempt,
    Delivery,
    DeliveryState,
    EventCause,
    Notice,
    NoticeCause,
    SubscriptionState,
    delivery_id,
)
from monitor.storage import attempts, backlog, deliveries, endpoints, replays, standings, subscriptions
from monitor.storage.standings import Outcome
from monitor.storage.store import Store
from monitor.storage.tables import notices
from tests.databases import counted_statements
from tests.sample_sizes import sizes
from tests.storage.documents import HIP, KNEE, LATER, NOON, REGISTRY, SHOULDER
from tests.storage.subscribers import BENGT, owe, subscribed, tell

MINUTE = timedelta(minutes=1)
BODY = b"Subject: Withdrawn\r\n\r\n" + b"Because of economic problems. " * 40

CLAIMING = """
import json, sys
from datetime import datetime, timedelta
from monitor.storage import deliveries
from monitor.storage.store import Store

store, now = Store.open(sys.argv[1]), datetime.fromisoformat(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
claimed = []
for _ in range(int(sys.argv[3])):
    with store.begin() as tx:
        claimed += [each.id for each in deliveries.claim(tx, now=now, until=now + timedelta(hours=1), limit=1)]
print(json.dumps(claimed))
"""

OWING = """
import json, random, sys
from datetime import datetime
from monitor.storage import deliveries
from monitor.storage.store import Store

store, now, owed = Store.open(sys.argv[1]), datetime.fromisoformat(sys.argv[2]), json.loads(sys.argv[3])
random.shuffle(owed)
print("ready", flush=True)
sys.stdin.readline()
added = 0
for start in range(0, len(owed), 10):
    with store.begin() as tx:
        added += len(deliveries.owe(tx, map(tuple, owed[start : start + 10]), now))
print(json.dumps(added))
"""


def claim(store: Store, *, now: datetime = NOON, until: datetime = LATER, limit: int = 100) -> list[Delivery]:
    with store.begin() as tx:
        return deliveries.claim(tx, now=now, until=until, limit=limit)


def claimed(store: Store, *, now: datetime = NOON) -> list[tuple[str, int]]:
    """Trial and sequence of what is claimed, in the order in which it is given."""
    return [(each.trial_id, each.sequence) for each in claim(store, now=now, until=now + MINUTE)]


def delivered(delivery_id: str, at: datetime, outcome: str) -> Outcome:
    """The receiver accepted it, whatever was recorded before."""
    return Outcome(delivery_id, DeliveryState.DELIVERED, at, outcome)


def deferred(delivery_id: str, next_attempt_at: datetime, outcome: str, *, attempts: int = 1) -> Outcome:
    """It is to be tried again. A delivery that is already finished only counts the attempts."""
    return Outcome(delivery_id, DeliveryState.OWED, next_attempt_at, outcome, attempts)


def rejected(delivery_id: str, at: datetime, outcome: str, *, attempts: int = 1) -> Outcome:
    """It will never be accepted. A delivery that is already finished only counts the attempts."""
    return Outcome(delivery_id, DeliveryState.REJECTED, at, outcome, attempts)


@pytest.mark.parametrize("cause_id", ["clinicaltrials.gov/NCT02116634/2", "endpoint.disabled/ü/2026-11-22", ""])
def test_a_delivery_has_the_id_that_every_earlier_version_gave_it(cause_id: str) -> None:
    for subscription_id in (str(uuid4()), "00000000-0000-0000-0000-000000000000"):
        assert delivery_id(cause_id, subscription_id) == str(uuid5(UUID(subscription_id), cause_id))


def at(store: Store, delivery: Delivery) -> Delivery:
    with store.read() as tx:
        return deliveries.get(tx, delivery.id)


def run(program: str, *arguments: object) -> list[object]:
    """Four processes at once, and what each of them prints."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    processes = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", process.communicate()[1]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    printed = []
    for process in processes:
        output, errors = process.communicate(timeout=240)
        assert process.returncode == 0, errors
        printed.append(json.loads(output))
    return printed


# Owing


def test_a_delivery_comes_back_as_it_was_owed(store: Store) -> None:
    reader = subscribed(store)

    (owed,) = owe(store, HIP, [2], reader)

    assert owed == Delivery(
        cause=EventCause(f"{REGISTRY}/{HIP}/2"),
        subscription_id=reader.id,
        registry=REGISTRY,
        trial_id=HIP,
        sequence=1,
        created_at=NOON,
        owed_at=NOON,
        next_attempt_at=NOON,
    )
    assert at(store, owed) == owed
    with store.read() as tx:
        assert deliveries.of_event(tx, owed.cause.id) == [owed]
        assert deliveries.get(tx, owed.id[:13]) == owed


def test_owing_again_owes_nothing_and_takes_no_number(store: Store) -> None:
    reader = subscribed(store)
    owe(store, HIP, [2, 3], reader)

    assert owe(store, HIP, [2, 3], reader) == []
    assert [each.sequence for each in owe(store, HIP, [2, 3, 4], reader)] == [3]


def test_a_repeat_within_one_call_is_owed_once(store: Store) -> None:
    reader = subscribed(store)
    (event_id,) = tell(store, HIP, 2)
    with store.begin() as tx:
        added = deliveries.owe(tx, [(event_id, REGISTRY, HIP, reader.id)] * 3, NOON)

    assert added == [delivery_id(event_id, reader.id)]


def test_ids_are_kept_whatever_characters_they_have(store: Store) -> None:
    """The rows reach the database as JSON."""
    reader = subscribed(store)
    cause, registry = 'it\'s "\\u0041" \t[1], null ü \N{OFFICE BUILDING}', "a 'registry'"
    told = Notice(id=cause, kind="test", registry=registry, occurred_at=NOON, subject="A test", text="Nothing.")
    with store.begin() as tx:
        tx.execute(insert(notices).values(asdict(told)))
        (owed,) = deliveries.owe_notice(tx, told, [reader.id])

    with store.read() as tx:
        found = deliveries.get(tx, owed)
    assert (found.cause, found.registry, found.trial_id) == (NoticeCause(cause), registry, "")


def test_what_an_event_costs_does_not_grow_with_each_that_hears_of_it(store: Store) -> None:
    readers = [subscribed(store).id for _ in range(60)]
    statements = []
    for number, hearing in ((2, readers), (3, readers[:1])):
        (event_id,) = tell(store, HIP, number)
        with store.begin() as tx, counted_statements() as sent:
            deliveries.owe(tx, [(event_id, REGISTRY, HIP, each) for each in hearing], NOON)
        statements.append(len([each for each in sent if "procrastinate" not in each]))

    assert statements == [4, 4], (
        "lock, look for what is owed, owe, count on; and one more for workers, where there may be any"
    )


def test_those_who_hear_of_an_event_are_told_in_the_order_in_which_they_were_named(quick_store: Store) -> None:
    readers = [subscribed(quick_store) for _ in range(20)]

    owe(quick_store, HIP, [2], *readers)

    assert [each.subscription_id for each in claim(quick_store)] == [each.id for each in readers]


def test_each_subscription_counts_for_itself(store: Store) -> None:
    one, other = subscribed(store), subscribed(store, address=BENGT)
    owe(store, HIP, [2, 3], one)

    owed = owe(store, KNEE, [2, 3], one, other)

    assert [each.sequence for each in owed if each.subscription_id == one.id] == [3, 4]
    assert [each.sequence for each in owed if each.subscription_id == other.id] == [1, 2]


def test_those_that_are_owed_different_numbers_at_once_all_count_on(store: Store) -> None:
    few, more, most = (subscribed(store, HIP) for _ in range(3))
    told = tell(store, HIP, *range(2, 8))
    times = {few.id: 1, more.id: 3, most.id: 6}
    wanted = [(each, REGISTRY, HIP, reader) for reader, number in times.items() for each in told[:number]]

    for _ in range(2):
        with store.begin() as tx:
            deliveries.owe(tx, wanted, NOON)

    with store.read() as tx:
        assert subscriptions.last_sequences(tx) == times
    assert [each.sequence for each in owe(store, KNEE, [2], few, more, most)] == [2, 4, 7]


def test_what_was_rolled_back_leaves_no_gap(store: Store) -> None:
    reader = subscribed(store)
    (event_id,) = tell(store, HIP, 2)

    def owe_and_fail() -> None:
        with store.begin() as tx:
            deliveries.owe(tx, [(event_id, REGISTRY, HIP, reader.id)], NOON)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        owe_and_fail()

    assert [each.sequence for each in owe(store, HIP, [2], reader)] == [1]


def test_more_deliveries_than_a_statement_takes_are_numbered_without_a_gap(store: Store) -> None:
    readers = [subscribed(store, address=f"reader{number}@clinic.example") for number in range(60)]

    owed = owe(store, HIP, range(2, 22), *readers)

    assert len(owed) == 1200
    for reader in readers:
        assert [each.sequence for each in owed if each.subscription_id == reader.id] == list(range(1, 21))


@pytest.mark.slow
def test_four_processes_that_owe_the_same_number_without_gaps(store: Store, store_url: str) -> None:
    readers = [subscribed(store), subscribed(store, address=BENGT)]
    events = [event for trial in (HIP, KNEE, SHOULDER) for event in tell(store, trial, *range(2, 22))]
    owed = [(event, REGISTRY, event.split("/")[1], reader.id) for event in events for reader in readers]

    added = run(OWING, store_url, NOON.isoformat(), json.dumps(owed))

    assert sum(map(int, added)) == 120  # type: ignore[call-overload]
    with store.read() as tx:
        listed = deliveries.listing(tx, limit=1000)
    for reader in readers:
        numbers = sorted(each.sequence for each in listed if each.subscription_id == reader.id)
        assert numbers == list(range(1, 61))


# Claiming


def test_a_claim_is_out_of_sight_until_it_runs_out(store: Store) -> None:
    (owed,) = owe(store, HIP, [2], subscribed(store))

    assert claim(store, until=NOON + MINUTE) == [replace(owed, next_attempt_at=NOON + MINUTE)]
    assert claim(store) == []
    assert claimed(store, now=NOON + MINUTE) == [(HIP, 1)]


def test_what_is_not_due_yet_is_not_claimed(store: Store) -> None:
    owe(store, HIP, [2], subscribed(store))

    assert claimed(store, now=NOON - MINUTE) == []


def test_the_longest_due_is_claimed_first(store: Store) -> None:
    reader = subscribed(store)
    owed = [owe(store, trial, [2], reader)[0] for trial in (HIP, KNEE, SHOULDER)]
    with store.begin() as tx:
        standings.write(tx, [deferred(owed[0].id, NOON + 2 * MINUTE, "busy")])
        standings.write(tx, [deferred(owed[1].id, NOON + MINUTE, "busy")])

    assert [each.id for each in claim(store, now=LATER, limit=2)] == [owed[2].id, owed[1].id]


def test_a_trial_is_told_in_order(store: Store) -> None:
    reader = subscribed(store, HIP, KNEE)
    first, second = owe(store, HIP, [2, 3], reader)
    owe(store, KNEE, [2], reader)

    assert claimed(store) == [(HIP, 1), (KNEE, 3)]
    with store.begin() as tx:
        standings.write(tx, [deferred(first.id, NOON + 5 * MINUTE, "busy")])
        standings.write(tx, [deferred(second.id, NOON, "never tried")])
    assert claimed(store) == []
    with store.begin() as tx:
        standings.write(tx, [delivered(first.id, LATER, "250 OK")])
    assert claimed(store) == [(HIP, 2)]


def test_a_rejected_delivery_makes_way_for_the_next_of_its_trial(store: Store) -> None:
    first, _ = owe(store, HIP, [2, 3], subscribed(store))
    with store.begin() as tx:
        standings.write(tx, [rejected(first.id, LATER, "550 no such user")])

    assert claimed(store) == [(HIP, 2)]


def test_one_subscriber_does_not_wait_for_another(store: Store) -> None:
    one, other = subscribed(store), subscribed(store, address=BENGT)
    first, _ = owe(store, HIP, [2], one, other)
    with store.begin() as tx:
        standings.write(tx, [deferred(first.id, LATER, "busy")])

    assert [each.subscription_id for each in claim(store)] == [other.id]


def test_paused_subscriptions_and_disabled_endpoints_are_passed_over_and_keep_what_is_owed(store: Store) -> None:
    paused, disabled = subscribed(store), subscribed(store, address=BENGT)
    owe(store, HIP, [2], paused, disabled)
    with store.begin() as tx:
        subscriptions.set_state(tx, paused.id, SubscriptionState.PAUSED, NOON)
        endpoints.disable(tx, disabled.endpoint.id, NOON)
        assert backlog.next_due(tx) is None
    assert claim(store) == []

    with store.begin() as tx:
        subscriptions.set_state(tx, paused.id, SubscriptionState.ACTIVE, NOON)
        endpoints.enable(tx, disabled.endpoint.id)
    assert {each.subscription_id for each in claim(store)} == {paused.id, disabled.id}


def test_next_due_is_when_there_will_be_something_to_claim(store: Store) -> None:
    reader = subscribed(store)
    with store.read() as tx:
        assert backlog.next_due(tx) is None
    first, _ = owe(store, HIP, [2, 3], reader)
    with store.begin() as tx:
        assert backlog.next_due(tx) == NOON
        standings.write(tx, [deferred(first.id, LATER, "busy")])
        assert backlog.next_due(tx) == LATER  # the other one waits for the first


@pytest.mark.parametrize("claims", sizes(100, 500))
def test_four_processes_of_many_claims_claim_nothing_twice(store: Store, store_url: str, claims: int) -> None:
    readers = [subscribed(store, address=f"reader{number}@clinic.example") for number in range(claims // 10)]
    owed = {each.id for number in range(40) for each in owe(store, f"NCT{number:08d}", [2], *readers)}

    printed = run(CLAIMING, store_url, NOON.isoformat(), claims)

    times = Counter(key for each in printed for key in each)  # type: ignore[attr-defined]
    assert times.keys() == owed
    assert set(times.values()) == {1}


@pytest.mark.slow
def test_four_processes_keep_the_order_of_a_trial(store: Store, store_url: str) -> None:
    """Of many deliveries on one trial only the first is due to anybody."""
    owed = owe(store, HIP, range(2, 40), subscribed(store))

    printed = run(CLAIMING, store_url, NOON.isoformat(), 10)

    assert [key for each in printed for key in each] == [owed[0].id]  # type: ignore[attr-defined]


def test_a_claim_is_served_by_the_indexes_of_what_is_owed(sqlite_url: str) -> None:
    """What was delivered in all the years must not be read to find what is due."""
    store, seen = Store.open(sqlite_url), list[str]()
    with store.begin() as tx:
        tx.connection.driver_connection.set_trace_callback(seen.append)  # type: ignore[union-attr]
        deliveries.claim(tx, now=NOON, until=LATER, limit=10)
        backlog.next_due(tx)
        tx.connection.driver_connection.set_trace_callback(None)  # type: ignore[union-attr]
        plans = [[row[3] for row in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {each}")] for each in seen]
    store.close()

    *of_deliveries, of_digests = plans
    assert len(of_deliveries) == 2
    assert any("INDEX rhythms_due" in step for step in of_digests)
    for plan in of_deliveries:
        assert "deliveries USING INDEX deliveries_due" in plan[0]
        assert any("deliveries_in_order" in step for step in plan)
        assert not any("TEMP B-TREE" in step for step in plan)


# What becomes of it


def test_the_first_body_is_kept_and_every_attempt_carries_it(store: Store) -> None:
    (owed,) = owe(store, HIP, [2], subscribed(store))
    with store.begin() as tx:
        assert deliveries.keep_bodies(tx, {owed.id: BODY}) == {owed.id: BODY}
        assert deliveries.keep_bodies(tx, {owed.id: b"rendered a minute later"}) == {owed.id: BODY}

    assert claim(store)[0].body == BODY
    assert at(store, owed).body == BODY
    with store.read() as tx:
        assert [each.body for each in deliveries.listing(tx)] == [None]


def test_a_body_that_a_failing_disk_changed_is_not_sent(store: Store) -> None:
    (owed,) = owe(store, HIP, [2], subscribed(store))
    with store.begin() as tx:
        deliveries.keep_bodies(tx, {owed.id: BODY})
        zero = "x''" if tx.dialect.name == "sqlite" else "''::bytea"
        tx.execute(text(f"UPDATE deliveries SET body = {zero}"))

    with pytest.raises(StoreCorrupt, match=f"the body of delivery {owed.id} is damaged"):
        at(store, owed)


def test_a_damaged_body_holds_up_no_other_delivery_and_is_rendered_anew(store: Store) -> None:
    (owed,) = owe(store, HIP, [2], subscribed(store))
    (other,) = owe(store, HIP, [2], subscribed(store, address=BENGT))
    with store.begin() as tx:
        deliveries.keep_bodies(tx, {owed.id: BODY})
        deliveries.keep_bodies(tx, {other.id: BODY})
        value = {"body": b"\x28\xb5\x2f\xfd and no more", "id": owed.id}
        tx.execute(text("UPDATE deliveries SET body = :body WHERE id = :id"), value)

    assert {each.id: each.body for each in claim(store)} == {owed.id: None, other.id: BODY}
    with store.begin() as tx:
        assert deliveries.keep_bodies(tx, {owed.id: b"rendered anew"}) == {owed.id: b"rendered anew"}


def test_attempts_are_counted_and_their_outcome_shown(store: Store) -> None:
    (owed,) = owe(store, HIP, [2], subscribed(store))
    with store.begin() as tx:
        standings.write(tx, [deferred(owed.id, NOON + MINUTE, "451 greylisted")])
    assert at(store, owed) == replace(owed, attempts=1, next_attempt_at=NOON + MINUTE, outcome="451 greylisted")

    with store.begin() as tx:
        standings.write(tx, [deferred(owed.id, LATER, "its receiver is busy", attempts=0)])
        standings.write(tx, [delivered(owed.id, LATER, "250 OK")])
    assert at(store, owed) == replace(
        owed,
        attempts=2,
        next_attempt_at=LATER,
        standing=DeliveryState.DELIVERED,
        finished_at=LATER,
        outcome="250 OK",
    )


@pytest.mark.parametrize(
    ("first", "second", "standing", "outcome"),
    [
        ("delivered", "rejected", DeliveryState.DELIVERED, "delivered"),
        ("delivered", "deferred", DeliveryState.DELIVERED, "delivered"),
        ("delivered", "delivered", DeliveryState.DELIVERED, "delivered"),
        ("rejected", "delivered", DeliveryState.DELIVERED, "delivered"),
        ("rejected", "deferred", DeliveryState.REJECTED, "rejected"),
        ("rejected", "rejected", DeliveryState.REJECTED, "rejected"),
    ],
)
@pytest.mark.parametrize("at_once", [True, False])
def test_a_late_verdict_undoes_nothing_but_a_rejection(
    store: Store, first: str, second: str, standing: DeliveryState, outcome: str, at_once: bool
) -> None:
    """Two processes tried, because the first one's claim ran out while it waited for the receiver."""
    (owed,) = owe(store, HIP, [2], subscribed(store))
    verdicts = [(first, first), (second, second if first != second else "again")]
    made = {"delivered": delivered, "deferred": deferred, "rejected": rejected}
    outcomes = [made[verdict](owed.id, LATER, words) for verdict, words in verdicts]
    with store.begin() as tx:
        for part in [outcomes] if at_once else [[each] for each in outcomes]:
            standings.write(tx, part)

    settled = at(store, owed)
    assert (settled.standing, settled.outcome, settled.attempts) == (standing, outcome, 2)


def test_failed_deliveries_are_listed_with_the_latest_first(store: Store) -> None:
    owed = owe(store, HIP, [2, 3, 4], subscribed(store))
    with store.begin() as tx:
        standings.write(tx, [rejected(owed[0].id, LATER, "410 Gone")])
        standings.write(tx, [rejected(owed[1].id, LATER + MINUTE, "410 Gone")])
        assert [each.sequence for each in deliveries.listing(tx, failed=True)] == [2, 1]
        assert [each.sequence for each in deliveries.listing(tx, failed=True, limit=1)] == [2]
        assert len(deliveries.listing(tx)) == 3
        assert len(deliveries.listing(tx, limit=2)) == 2
        assert backlog.counts(tx) == {DeliveryState.OWED: 1, DeliveryState.DELIVERED: 0, DeliveryState.REJECTED: 2}


def test_a_delivery_that_is_not_there_is_said_to_be_none(store: Store) -> None:
    missing = delivery_id("an event", "00000000-0000-4000-8000-000000000000")
    with store.begin() as tx:
        with pytest.raises(NothingFound, match=f"no delivery {missing}: `monitor deliveries list`"):
            deliveries.get(tx, missing)
        with pytest.raises(NothingFound, match="no delivery abcd"):
            replays.replay(tx, "abcd", LATER)


def test_a_replay_carries_the_same_id_and_bytes_and_begins_its_attempts_anew(store: Store) -> None:
    (owed,) = owe(store, HIP, [2], subscribed(store))
    with store.begin() as tx:
        deliveries.keep_bodies(tx, {owed.id: BODY})
        standings.write(tx, [rejected(owed.id, NOON, "given up", attempts=10)])
        replayed = replays.replay(tx, owed.id[:8], LATER)

    assert replayed == replace(owed, body=BODY, owed_at=LATER, next_attempt_at=LATER, outcome="given up")
    assert [each.id for each in claim(store, now=LATER, until=LATER + MINUTE)] == [owed.id]


def test_what_failed_since_then_is_replayed_and_nothing_else(store: Store) -> None:
    owed = owe(store, HIP, [2, 3, 4, 5], subscribed(store))
    with store.begin() as tx:
        standings.write(tx, [rejected(owed[0].id, NOON, "before")])
        standings.write(tx, [rejected(owed[1].id, LATER, "since")])
        standings.write(tx, [delivered(owed[2].id, LATER, "OK")])

        assert replays.replay_failed_since(tx, LATER, LATER + MINUTE) == 1

    became = {each.sequence: at(store, each).standing for each in owed}
    assert became == {
        1: DeliveryState.REJECTED,
        2: DeliveryState.OWED,
        3: DeliveryState.DELIVERED,
        4: DeliveryState.OWED,
    }


def test_nothing_is_replayed_to_a_subscription_that_has_ended(store: Store) -> None:
    reader = subscribed(store)
    (owed,) = owe(store, HIP, [2], reader)
    with store.begin() as tx:
        subscriptions.set_state(tx, reader.id, SubscriptionState.ENDED, LATER)
        assert replays.replay_failed_since(tx, NOON, LATER) == 0
        with pytest.raises(ConfigurationInvalid, match=f"`monitor subscriptions resume {reader.id}` first"):
            replays.replay(tx, owed.id, LATER)
    assert at(store, owed).standing is DeliveryState.REJECTED


# Attempts


def attempt(delivery: Delivery, at: datetime = NOON, answer: bytes = b"") -> Attempt:
    return Attempt(
        delivery_id=delivery.id, number=1, at=at, outcome="451 greylisted", status=451, seconds=0.25, answer=answer
    )


def test_attempts_are_kept_in_order_whatever_number_they_bring(store: Store) -> None:
    first, second = owe(store, HIP, [2, 3], subscribed(store))
    one = attempt(first, answer=b"\x00\xff later, please")
    with store.begin() as tx:
        attempts.add(tx, [one, attempt(second), one])
    with store.begin() as tx:
        attempts.add(tx, [one])

    with store.read() as tx:
        assert attempts.of_delivery(tx, first.id) == [replace(one, number=number) for number in (1, 2, 3)]
        assert attempts.of_delivery(tx, second.id) == [attempt(second)]


def test_old_attempts_are_forgotten(store: Store) -> None:
    (owed,) = owe(store, HIP, [2], subscribed(store))
    with store.begin() as tx:
        attempts.add(tx, [attempt(owed, NOON), attempt(owed, LATER)])

        assert attempts.forget(tx, LATER) == 1
        assert attempts.of_delivery(tx, owed.id) == [replace(attempt(owed, LATER), number=2)]
