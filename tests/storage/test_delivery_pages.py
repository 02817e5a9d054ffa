"""The outbox a page at a time: every delivery stands on one page, whatever the list, and damage spoils no other row."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import text

from monitor.model import Delivery, DeliveryState
from monitor.storage import delivery_pages, standings
from monitor.storage.delivery_pages import Among, DeliveryList
from monitor.storage.places import Place
from monitor.storage.standings import Outcome
from monitor.storage.store import Store
from tests.storage.documents import HIP, KNEE, NOON, REGISTRY
from tests.storage.subscribers import AMARA, BENGT, owe, subscribed

MINUTE = timedelta(minutes=1)
ANY = Among()


@pytest.fixture
def owed(store: Store) -> list[Delivery]:
    """Six of one moment: three about the hip, three about the knee, of two people."""
    amara, bengt = subscribed(store, HIP, address=AMARA), subscribed(store, KNEE, address=BENGT)
    return [*owe(store, HIP, [2, 3, 4], amara), *owe(store, KNEE, [2, 3, 4], bengt)]


def listed(store: Store, which: DeliveryList, among: Among = ANY, *, size: int = 2) -> list[str]:
    """The ids on all pages of a list, in order."""
    found: list[str] = []
    before: Place | None = None
    with store.read() as tx:
        for _ in range(20):
            page = delivery_pages.page(tx, which, among, before=before, limit=size)
            found += [each.id for each in page.deliveries]
            before = page.next
            if before is None:
                return found
    raise AssertionError("the pages never end")


def stand(store: Store, delivery: Delivery, standing: DeliveryState, *, minutes: int) -> None:
    with store.begin() as tx:
        standings.write(tx, [Outcome(delivery.id, standing, NOON + minutes * MINUTE, "so it went")])


def ids(deliveries: Sequence[Delivery]) -> list[str]:
    return [each.id for each in deliveries]


def test_what_happened_in_one_moment_stands_on_one_page_each(store: Store, owed: list[Delivery]) -> None:
    assert listed(store, DeliveryList.ALL) == sorted(ids(owed), reverse=True)
    assert listed(store, DeliveryList.OWED, size=4) == sorted(ids(owed))


def test_each_list_holds_what_its_name_says_in_an_order_of_its_own(store: Store, owed: list[Delivery]) -> None:
    later, sooner, taken, refused, refused_later, untried = owed
    stand(store, later, DeliveryState.OWED, minutes=9)
    stand(store, sooner, DeliveryState.OWED, minutes=5)
    stand(store, taken, DeliveryState.DELIVERED, minutes=1)
    stand(store, refused, DeliveryState.REJECTED, minutes=2)
    stand(store, refused_later, DeliveryState.REJECTED, minutes=3)

    assert listed(store, DeliveryList.OWED) == ids([untried, sooner, later])
    assert listed(store, DeliveryList.FAILING) == sorted(ids([sooner, later])), "both have waited as long"
    assert listed(store, DeliveryList.DELIVERED) == [taken.id]
    assert listed(store, DeliveryList.REJECTED, size=1) == ids([refused_later, refused])
    with store.read() as tx:
        assert delivery_pages.counts(tx) == {
            DeliveryList.OWED: 3,
            DeliveryList.FAILING: 2,
            DeliveryList.REJECTED: 2,
        }


def test_a_list_can_be_about_one_trial_or_some_subscriptions(store: Store, owed: list[Delivery]) -> None:
    of_amara = {owed[0].subscription_id}

    assert set(listed(store, DeliveryList.ALL, Among(trial=(REGISTRY, KNEE)))) == set(ids(owed[3:]))
    assert set(listed(store, DeliveryList.OWED, Among(subscriptions=of_amara))) == set(ids(owed[:3]))
    assert listed(store, DeliveryList.ALL, Among(trial=(REGISTRY, KNEE), subscriptions=of_amara)) == []


def test_counting_ends_where_nobody_looks_any_more(
    store: Store, owed: list[Delivery], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery_pages, "COUNTED", len(owed) - 1)

    with store.read() as tx:
        assert delivery_pages.counts(tx)[DeliveryList.OWED] == len(owed) - 1


def test_a_damaged_row_is_named_and_spoils_no_other(quick_store: Store) -> None:
    deliveries = owe(quick_store, HIP, [2, 3, 4], subscribed(quick_store, HIP))
    with quick_store.begin() as tx:
        tx.execute(text("UPDATE deliveries SET owed_at = 'no time' WHERE id = :id"), {"id": deliveries[1].id})

    with quick_store.read() as tx:
        page = delivery_pages.page(tx, DeliveryList.ALL, ANY, limit=10)

    assert sorted(ids(page.deliveries)) == sorted(ids([deliveries[0], deliveries[2]]))
    assert list(page.damaged) == [deliveries[1].id]


@pytest.mark.parametrize(
    ("which", "index"),
    [
        (DeliveryList.ALL, "deliveries_by_age"),
        (DeliveryList.OWED, "deliveries_due"),
        (DeliveryList.FAILING, "deliveries_failing"),
        (DeliveryList.REJECTED, "deliveries_rejected"),
    ],
)
def test_a_page_is_read_from_an_index(quick_store: Store, which: DeliveryList, index: str) -> None:
    place = Place(NOON, "5c4f3dbe-6e32-5b1f-8c1a-1b3a5a1f2c3d")

    with quick_store.read() as tx:
        seen = list[str]()
        tx.connection.driver_connection.set_trace_callback(seen.append)  # type: ignore[union-attr]
        delivery_pages.page(tx, which, ANY, before=place, limit=10)
        tx.connection.driver_connection.set_trace_callback(None)  # type: ignore[union-attr]
        plan = [row[3] for row in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {seen[0]}")]

    assert any(step.startswith("SEARCH") and index in step for step in plan), plan
