"""What counts as seen, and why the rest does not: one count for each reason, whatever else a trial lacks."""

from dataclasses import replace
from datetime import timedelta

from monitor.model import Search, State
from monitor.model.unseen import UnseenReason
from monitor.ports import RegistryVersion
from monitor.storage import coverage, quarantine, registries, trials, watches
from monitor.storage.coverage import Unseen
from monitor.storage.pages import Within
from monitor.storage.store import Store
from monitor.storage.trials import Trial
from tests.storage.documents import NOON, REGISTRY

VERSION = "2026-11-20T09:00:04"
HOUR = timedelta(hours=1)
SINCE = coverage.seen_since(NOON, check_every=HOUR)


def listed(trial_id: str, registry: str = REGISTRY) -> Trial:
    return Trial(registry, trial_id, State.LISTED, snapshot=1, verified_version=VERSION, verified_at=NOON - HOUR)


def named(store: Store, registry: str = REGISTRY, *, hours: int = 0) -> None:
    with store.begin() as tx:
        registries.remember(tx, registry, RegistryVersion(VERSION), NOON - hours * HOUR)


def watch(store: Store, *trial_ids: str, registry: str = REGISTRY, known: tuple[Trial, ...] = ()) -> None:
    with store.begin() as tx:
        watches.add(tx, registry=registry, trial_ids=trial_ids, origin="command", name=None, at=NOON)
        trials.record(tx, known)


def unseen(store: Store) -> list[Unseen]:
    with store.read() as tx:
        return coverage.unseen(tx, since=SINCE)


def test_each_trial_that_is_not_seen_counts_for_one_reason(store: Store) -> None:
    old = replace(listed("NCT1"), verified_version="of old", verified_at=NOON - 9 * HOUR)
    gone = replace(listed("NCT2"), misses=2)
    merged = replace(listed("NCT6"), state=State.MERGED, verified_at=None, verified_version=None)
    elsewhere = replace(listed("DRKS1", "drks.de"), verified_at=NOON - 9 * HOUR)
    doubted = listed("NCT3")
    named(store)
    named(store, "drks.de", hours=9)
    watch(store, *(f"NCT{number}" for number in range(10)), known=(listed("NCT0"), old, gone, doubted, merged))
    watch(store, "DRKS1", registry="drks.de", known=(elsewhere,))
    with store.begin() as tx:
        quarantine.add(tx, REGISTRY, "NCT3", reason="of another trial", raw=b"{}", at=NOON)
        quarantine.add(tx, REGISTRY, "NCT4", reason="a login page", raw=b"<html>", at=NOON)

    found = unseen(store)

    assert found == [
        Unseen(REGISTRY, UnseenReason.MISSING, 1, ("NCT2",)),
        Unseen(REGISTRY, UnseenReason.NEVER_READ, 4, ["NCT5", "NCT7", "NCT8"]),
        Unseen(REGISTRY, UnseenReason.NOT_BELIEVED, 2, ["NCT3", "NCT4"]),
        Unseen(REGISTRY, UnseenReason.NOT_CONFIRMED, 1, ("NCT1",)),
        Unseen("drks.de", UnseenReason.SILENT, 1, ()),
    ]
    with store.read() as tx:
        seen = {each.registry: each.checked for each in coverage.by_registry(tx, Within(), since=SINCE)}
        watched = coverage.watched_by_registry(tx)
    missed = {key: sum(each.count for each in found if each.registry == key) for key in watched}
    assert watched == {REGISTRY: 10, "drks.de": 1}
    assert {key: seen[key] + missed[key] for key in watched} == watched


def test_a_trial_of_two_watches_is_one_and_one_that_nobody_watches_is_none(store: Store) -> None:
    named(store)
    watch(store, "NCT1", known=(listed("NCT9"),))
    watch(store, "NCT1")

    with store.read() as tx:
        assert coverage.watched_by_registry(tx) == {REGISTRY: 1}
    assert [(each.reason, each.count) for each in unseen(store)] == [(UnseenReason.NEVER_READ, 1)]


def test_of_a_registry_that_is_watched_as_a_whole_all_that_is_known_counts(store: Store) -> None:
    named(store)
    watch(store, "NCT1", known=(listed("NCT2"), replace(listed("NCT3"), misses=1)))
    with store.begin() as tx:
        watches.add_search(tx, registry=REGISTRY, search=Search(), origin="command", name=None, at=NOON)

    with store.read() as tx:
        assert coverage.watched_by_registry(tx) == {REGISTRY: 3}
        assert coverage.unseen(tx, since=SINCE, registry="drks.de") == []
    assert {each.reason: each.examples for each in unseen(store)} == {
        UnseenReason.MISSING: ("NCT3",),
        UnseenReason.NEVER_READ: ("NCT1",),
    }


def test_a_short_rhythm_is_not_late_at_once() -> None:
    assert NOON - coverage.seen_since(NOON, check_every=timedelta(seconds=1)) == timedelta(minutes=2)
    assert NOON - coverage.seen_since(NOON, check_every=timedelta(days=1)) == timedelta(days=2)
