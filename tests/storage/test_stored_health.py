"""How well registries can be read, and all figures at a glance."""

from datetime import timedelta

from monitor.model import DeliveryState
from monitor.ports import RegistryVersion
from monitor.storage import health, registries
from monitor.storage.health import Health
from monitor.storage.overview import overview
from monitor.storage.store import Store
from tests.storage.documents import LATER, NOON, REGISTRY


def test_of_a_registry_that_was_never_looked_at_nothing_is_known(store: Store) -> None:
    with store.read() as tx:
        assert health.get(tx, REGISTRY) is None
        assert health.listing(tx) == []


def test_a_row_is_kept_whole_and_replaced_whole(store: Store) -> None:
    failing = Health(REGISTRY, LATER, 7, NOON, "no answer\0", NOON + timedelta(hours=2))
    with store.begin() as tx:
        health.record(tx, failing)
        health.record(tx, Health("another.org", NOON))
    with store.read() as tx:
        kept = health.get(tx, REGISTRY)
        assert kept == Health(REGISTRY, LATER, 7, NOON, "no answer\N{REPLACEMENT CHARACTER}", failing.told_at)
    with store.begin() as tx:
        health.record(tx, Health(REGISTRY, LATER))

    with store.read() as tx:
        assert health.listing(tx) == [Health("another.org", NOON), Health(REGISTRY, LATER)]


def test_the_overview_of_an_empty_database_is_empty(store: Store) -> None:
    with store.read() as tx:
        seen = overview(tx)

    assert (dict(seen.versions), seen.next_delivery_at, list(seen.health)) == ({}, None, [])
    assert set(seen.deliveries.values()) == {0}
    assert set(seen.deliveries) == set(DeliveryState)


def test_the_overview_has_the_version_of_each_registry(store: Store) -> None:
    with store.begin() as tx:
        registries.remember(tx, REGISTRY, RegistryVersion("2026-11-20T09:00:04", '"etag"'), NOON)

    with store.read() as tx:
        assert dict(overview(tx).versions) == {REGISTRY: "2026-11-20T09:00:04"}
