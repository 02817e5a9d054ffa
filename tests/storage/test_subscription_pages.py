"""Subscriptions a page at a time, and how much each was sent, on both stores."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import text

from monitor.model import Subscription, SubscriptionState
from monitor.storage import subscription_pages, subscriptions
from monitor.storage.store import Store
from monitor.storage.subscription_pages import Place
from tests.storage.documents import NOON
from tests.storage.subscribers import mailbox, subscription

EVERY = list(SubscriptionState)


def added(store: Store, count: int) -> list[Subscription]:
    """Two of each moment."""
    made = []
    with store.begin() as tx:
        for number in range(count):
            at = NOON + timedelta(seconds=number // 2)
            made.append(replace(subscription(mailbox(tx, f"p{number}@example.org"), everything=True), created_at=at))
            subscriptions.add(tx, made[-1])
    return made


def walked(store: Store, states: list[SubscriptionState], limit: int) -> list[str]:
    seen: list[str] = []
    before: Place | None = None
    with store.read() as tx:
        while page := subscription_pages.page(tx, states=states, before=before, limit=limit):
            seen += [each.id for each in page]
            before = page[-1].created_at, page[-1].id
    return seen


def test_each_stands_on_one_page_the_newest_first_also_those_of_one_moment(store: Store) -> None:
    made = added(store, 7)

    expected = [each.id for each in sorted(made, key=lambda each: (each.created_at, each.id), reverse=True)]
    assert walked(store, EVERY, 3) == expected
    assert walked(store, EVERY, 100) == expected


def test_those_in_other_states_are_left_out_and_counted(store: Store) -> None:
    made = added(store, 4)
    with store.begin() as tx:
        subscriptions.set_state(tx, made[0].id, SubscriptionState.PAUSED, NOON)
        subscriptions.set_state(tx, made[1].id, SubscriptionState.ENDED, NOON)

    assert walked(store, [SubscriptionState.PAUSED], 2) == [made[0].id]
    with store.read() as tx:
        counts = subscription_pages.counts(tx)
    assert counts == {SubscriptionState.ACTIVE: 2, SubscriptionState.PAUSED: 1, SubscriptionState.ENDED: 1}


def test_a_damaged_row_spoils_no_other(quick_store: Store) -> None:
    made = added(quick_store, 3)
    with quick_store.begin() as tx:
        tx.execute(text("UPDATE subscriptions SET ended_at = 'never' WHERE id = :id"), {"id": made[1].id})

    assert set(walked(quick_store, EVERY, 10)) == {made[0].id, made[2].id}
