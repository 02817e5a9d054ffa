"""Every look at a registry is kept with what it came to: people can see that all was seen, or since when not."""

from datetime import timedelta

from monitor.storage import looks
from monitor.storage.looks import KEPT, Look
from monitor.storage.store import Store
from tests.program import WITHDRAWN_LATER
from tests.service.workers import Workers
from tests.storage.documents import NOON, REGISTRY

HOUR = timedelta(hours=1)


def latest(store: Store, limit: int = 24) -> list[Look]:
    with store.read() as tx:
        return looks.latest(tx, limit)


def test_a_look_says_what_was_seen_and_what_could_not_be(quick_workers: Workers) -> None:
    outbox = quick_workers.outbox
    outbox.watch(WITHDRAWN_LATER)
    quick_workers.tick()
    outbox.sandbox.next_state(WITHDRAWN_LATER)
    quick_workers.pass_time(HOUR, every=HOUR)
    outbox.sandbox.misbehave("503")
    quick_workers.pass_time(HOUR, every=HOUR)

    failed, changed, first = latest(quick_workers.store)

    assert (first.is_whole, first.trials, first.changed, first.watched, first.verified) == (True, 1, 0, 1, 1)
    assert (changed.is_whole, changed.changed) == (True, 1)
    assert changed.version != first.version
    assert min(first.requests, first.bytes, changed.requests) > 0
    assert not failed.is_whole
    assert failed.reason
    assert "503" in failed.reason


def test_looks_of_long_ago_are_forgotten(store: Store) -> None:
    def look(registry: str, days: int) -> Look:
        return Look(
            registry=registry,
            ended_at=NOON + timedelta(days=days),
            version="2026-11-20T09:00:05",
            trials=3,
            changed=0,
            failed=0,
            watched=3,
            verified=3,
            requests=1,
            bytes=3_000_000_000,
            seconds=0.5,
            reason=None,
        )

    with store.begin() as tx:
        for days in (0, 1, KEPT.days + 1):
            looks.add(tx, look(REGISTRY, days))
        looks.add(tx, look("isrctn.com", 0))

    assert [(each.registry, each.ended_at) for each in latest(store)] == [
        (REGISTRY, NOON + KEPT + timedelta(days=1)),
        (REGISTRY, NOON + timedelta(days=1)),
        ("isrctn.com", NOON),
    ]
    with store.read() as tx:
        assert looks.traffic_since(tx, NOON) == (3, 3, 9_000_000_000)
