"""The line under the frame: when the last and the next look are, whatever registries do meanwhile."""

from datetime import timedelta

from monitor.ports import RegistryVersion
from monitor.storage import health, registries, watches
from monitor.storage.health import Health
from monitor.storage.store import Store
from monitor.web.site.proof import ProofReader
from tests.program import Clock
from tests.storage.documents import HIP, REGISTRY

NOW = Clock().now
SECOND = timedelta(seconds=1)


def test_the_next_look_is_never_before_the_last_one(quick_store: Store) -> None:
    proofs = ProofReader(quick_store, check_every=timedelta(hours=1), names={})
    with quick_store.begin() as tx:
        watches.add(tx, registry=REGISTRY, trial_ids=[HIP], origin="command", name=None, at=NOW)
        registries.remember(tx, REGISTRY, RegistryVersion("2026-11-20T09:00:05", "1"), NOW)
        health.record(tx, Health(REGISTRY, NOW - 6 * SECOND, failures=2, failing_since=NOW - 60 * SECOND))

    lasting = proofs.read(NOW + SECOND)
    assert (lasting.looked_at, lasting.next_at) == (NOW, None), "it was due before, and is not over"

    with quick_store.begin() as tx:
        health.record(tx, Health(REGISTRY, NOW + 90 * SECOND))
    proofs.forget()
    assert proofs.read(NOW + 2 * SECOND).next_at == NOW + 90 * SECOND
