from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from monitor.errors import NothingFound, StoreCorrupt
from monitor.storage import events, snapshots, tables
from monitor.storage.store import Store
from tests.storage.documents import HIP, KNEE, LATER, REGISTRY, SHOULDER, event, history


@pytest.fixture
def store(store: Store) -> Store:
    """With snapshots for the events to be about."""
    with store.begin() as tx:
        snapshots.add(tx, [*history(HIP, 3), *history(KNEE, 2)])
    return store


def test_an_event_comes_back_with_its_changes(store: Store) -> None:
    with store.begin() as tx:
        assert events.add(tx, [event(HIP)]) == [event(HIP)]

    with store.read() as tx:
        assert events.get(tx, "clinicaltrials.gov/NCT91000001/2") == event(HIP)


def test_the_same_event_twice_is_one(store: Store) -> None:
    with store.begin() as tx:
        events.add(tx, [event(HIP)])
    with store.begin() as tx:
        assert events.add(tx, [event(HIP), event(KNEE)]) == [event(KNEE)]
        assert events.add(tx, []) == []

    with store.read() as tx:
        assert events.of_trial(tx, REGISTRY, HIP) == [event(HIP)]


def test_events_of_a_trial_come_the_oldest_first(store: Store) -> None:
    with store.begin() as tx:
        events.add(tx, [event(HIP, 3), event(KNEE), event(HIP, 2)])

    with store.read() as tx:
        assert [each.snapshot for each in events.of_trial(tx, REGISTRY, HIP)] == [2, 3]
        assert events.of_trial(tx, REGISTRY, "NCT99999999") == []


def test_the_last_event_of_a_trial_is_found_if_it_is_not_of_long_ago(store: Store) -> None:
    """However new an earlier one is: the clock was set back between them."""
    newer = replace(event(HIP, 2), occurred_at=LATER + timedelta(days=1))
    with store.begin() as tx:
        events.add(tx, [newer, event(HIP, 3), event(KNEE)])

    second = timedelta(seconds=1)
    with store.read() as tx:
        found = events.latest_of(tx, REGISTRY, [HIP, KNEE, SHOULDER], since=LATER)
        assert found == {HIP: event(HIP, 3), KNEE: event(KNEE)}
        assert events.latest_of(tx, REGISTRY, [HIP, KNEE], since=LATER + second) == {}
        assert events.latest_of(tx, REGISTRY, [KNEE], since=LATER - second) == {KNEE: event(KNEE)}


def test_an_event_may_be_added_before_its_snapshot_in_one_transaction_and_never_without(store: Store) -> None:
    fourth = history(HIP, 4)[3:]
    with store.begin() as tx:
        events.add(tx, [event(HIP, 4)])
        snapshots.add(tx, fourth)

    with pytest.raises(IntegrityError), store.begin() as tx:
        events.add(tx, [event(HIP, 5)])

    with store.read() as tx:
        assert [each.snapshot for each in events.of_trial(tx, REGISTRY, HIP)] == [4]


def test_an_unknown_event_is_not_found(store: Store) -> None:
    with store.read() as tx, pytest.raises(NothingFound, match=r"there is no event clinicaltrials\.gov/NCT1/2"):
        events.get(tx, "clinicaltrials.gov/NCT1/2")


def test_damaged_changes_are_named_with_the_remedy(store: Store) -> None:
    with store.begin() as tx:
        events.add(tx, [event(HIP)])
        tx.execute(update(tables.events).values(changes=b"scribble"))

    with store.read() as tx, pytest.raises(StoreCorrupt, match=r"event .*/NCT91000001/2 .*restore a backup"):
        events.of_trial(tx, REGISTRY, HIP)
