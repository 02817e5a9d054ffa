"""Which subscriptions cover a trial, and in which groups."""

from typing import Any

import pytest
from sqlalchemy import update

from monitor.errors import NothingFound
from monitor.model import Filters, Interest, SubscriptionState
from monitor.storage import groups, subscriptions, tables, watches
from monitor.storage.covering import Covering
from monitor.storage.covering import find as find_covering
from monitor.storage.store import Store
from tests.databases import counted_statements
from tests.storage.documents import HIP, KNEE, LATER, REGISTRY, SHOULDER
from tests.storage.subscribers import covering, grouped, kept, mailbox, subscribed, subscription, watch

OTHER = "isrctn.com"
MONTHS = Filters(min_days=30)


def find(store: Store, *trial_ids: str) -> Covering:
    with store.read() as tx:
        return find_covering(tx, REGISTRY, trial_ids)


def as_sets(found: Covering, *trial_ids: str) -> list[tuple[Interest, set[str]]]:
    return [(interest, {key for _, key in members}) for interest, members in found.groups(trial_ids)]


def test_a_trial_is_covered_by_its_name_by_its_watch_and_by_everything(store: Store) -> None:
    by_name = subscribed(store, HIP, KNEE)
    by_watch = kept(store, watch_id=watch(store, KNEE, SHOULDER))
    by_both = kept(store, watch_id=watch(store, HIP))
    everything = kept(store, everything=True)

    assert covering(store, HIP, KNEE, SHOULDER, "NCT99999999") == {
        HIP: {by_name.id, by_both.id, everything.id},
        KNEE: {by_name.id, by_watch.id, everything.id},
        SHOULDER: {by_watch.id, everything.id},
        "NCT99999999": {everything.id},
    }


def test_a_trial_that_nobody_asked_for_is_covered_by_nobody(store: Store) -> None:
    subscribed(store, HIP)

    assert covering(store, KNEE) == {}
    assert covering(store, HIP, registry=OTHER) == {}
    assert covering(store) == {}


def test_only_active_subscriptions_cover(store: Store) -> None:
    paused, ended, resumed = (subscribed(store, HIP) for _ in range(3))
    with store.begin() as tx:
        subscriptions.set_state(tx, paused.id, SubscriptionState.PAUSED, LATER)
        subscriptions.set_state(tx, ended.id, SubscriptionState.ENDED, LATER)
        subscriptions.set_state(tx, resumed.id, SubscriptionState.PAUSED, LATER)
        subscriptions.set_state(tx, resumed.id, SubscriptionState.ACTIVE, LATER)

    assert covering(store, HIP) == {HIP: {resumed.id}}


def test_more_trials_than_a_statement_takes_are_covered(store: Store) -> None:
    many = [f"NCT{number:08d}" for number in range(2500)]
    made = subscribed(store, *many)

    assert covering(store, *many) == {each: {made.id} for each in many}


def test_those_that_ask_for_the_same_are_one_group(store: Store) -> None:
    dates = [kept(store, everything=True, filters=MONTHS).id for _ in range(3)]
    all_of_it = kept(store, everything=True)
    number = watch(store, HIP)
    watching = [kept(store, watch_id=number, filters=MONTHS).id for _ in range(2)]
    by_name = subscribed(store, HIP)

    groups = dict(as_sets(find(store, HIP), HIP))

    assert groups == {
        Interest(MONTHS, everything=True): set(dates),
        Interest(Filters(), everything=True): {all_of_it.id},
        Interest(MONTHS, frozenset((number,))): set(watching),
        Interest(): {by_name.id},
    }


def test_a_watch_that_holds_two_of_the_trials_covers_both_once(store: Store) -> None:
    to_watch = kept(store, watch_id=watch(store, HIP, KNEE))

    [(_, members)] = as_sets(find(store, HIP, KNEE), HIP, KNEE)

    assert members == {to_watch.id}


def test_a_trial_is_covered_by_a_group_that_a_watch_of_it_is_in(store: Store) -> None:
    hips, both = watch(store, HIP), watch(store, HIP, KNEE)
    joints = grouped(store, "joints", hips, both)
    to_group = kept(store, group=joints)
    alone = kept(store, watch_id=both)
    grouped(store, "others", watch(store, SHOULDER))

    assert covering(store, HIP, KNEE, SHOULDER) == {HIP: {to_group.id, alone.id}, KNEE: {to_group.id, alone.id}}
    assert (Interest(watches=frozenset((hips, both))), {to_group.id}) in as_sets(find(store, HIP), HIP)


def test_a_group_is_what_it_holds_at_the_moment(store: Store) -> None:
    hips, knees = watch(store, HIP), watch(store, KNEE)
    to_group = kept(store, group=grouped(store, "joints", hips))

    joints = grouped(store, "joints", knees)
    assert covering(store, HIP, KNEE) == {HIP: {to_group.id}, KNEE: {to_group.id}}

    with store.begin() as tx:
        groups.take_out(tx, joints, hips)
    assert covering(store, HIP, KNEE) == {KNEE: {to_group.id}}

    with store.begin() as tx:
        watches.remove(tx, knees)
        assert groups.find(tx, "joints").watches == frozenset()
        subscriptions.set_state(tx, to_group.id, SubscriptionState.ENDED, LATER)
        groups.forget_empty(tx)
        with pytest.raises(NothingFound, match="there is no group of watches “joints”"):
            groups.find(tx, "joints")


def test_groups_cost_one_statement_however_many_they_are(store: Store) -> None:
    number = watch(store, HIP)

    def ask(times: int) -> int:
        for each in range(times):
            kept(store, group=grouped(store, f"group {times}, {each}", number))
        with counted_statements() as sent:
            find(store, HIP)
        return len(sent)

    assert ask(1) == ask(20) == 5


def test_the_number_of_subscriptions_costs_no_statement(store: Store) -> None:
    def ask_for_all(times: int) -> int:
        with store.begin() as tx:
            box = mailbox(tx)
            for _ in range(times):
                subscriptions.add(tx, subscription(box, HIP))
                subscriptions.add(tx, subscription(box, watch_id=number))
                subscriptions.add(tx, subscription(box, everything=True))
        with counted_statements() as sent:
            members = [key for _, members in as_sets(find(store, HIP), HIP) for key in members]
        assert len(members) % 3 == 0
        return len(sent)

    number = watch(store, HIP)

    assert ask_for_all(1) == ask_for_all(100) == 4


@pytest.mark.parametrize("filters", ["[", '[["status"]]', "7", "null"])
def test_damaged_filters_filter_nothing(store: Store, filters: str) -> None:
    damaged, other = (kept(store, everything=True, filters=MONTHS) for _ in range(2))
    with store.begin() as tx:
        tx.execute(update(tables.subscriptions).where(tables.subscriptions.c.id == damaged.id).values(topics=filters))

    assert dict(as_sets(find(store, HIP), HIP)) == {
        Interest(Filters(), everything=True): {damaged.id},
        Interest(MONTHS, everything=True): {other.id},
    }


def test_a_damaged_row_silences_nobody_else(quick_store: Store) -> None:
    number = watch(quick_store, HIP)
    joints = grouped(quick_store, "joints", number)
    scopes: tuple[dict[str, Any], ...] = ({"everything": True}, {"watch_id": number}, {"group": joints})
    damaged, others = ([kept(quick_store, **scope).id for scope in scopes] for _ in range(2))
    damaged.append(subscribed(quick_store, HIP).id)
    others.append(subscribed(quick_store, HIP).id)
    with quick_store.begin() as tx:
        for each in damaged:
            tx.exec_driver_sql("UPDATE subscriptions SET created_at = 'noon' WHERE id = ?", (each,))

    assert covering(quick_store, HIP) == {HIP: set(others)}
