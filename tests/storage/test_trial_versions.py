from dataclasses import replace

from monitor.model import State
from monitor.storage import events, quarantine, settlements, snapshots, trial_versions, trials, watches
from monitor.storage.store import Store
from monitor.storage.trials import Trial
from tests.storage.documents import HIP, KNEE, LATER, NOON, REGISTRY, event, snapshot


def version(store: Store, trial_id: str = HIP) -> str:
    with store.read() as tx:
        return trial_versions.version_of(tx, REGISTRY, trial_id)


def test_it_changes_with_what_is_stored_of_the_trial_and_of_no_other(store: Store) -> None:
    row = Trial(REGISTRY, HIP, state=State.LISTED, snapshot=1, verified_at=NOON)
    with store.begin() as tx:
        trials.record(tx, [row, Trial(REGISTRY, KNEE, state=State.LISTED)])
        snapshots.add(tx, [snapshot(HIP, 1), snapshot(HIP, 2), snapshot(KNEE, 1)])
    seen = [version(store)]

    def changed() -> None:
        seen.append(version(store))
        assert len({*seen}) == len(seen)

    with store.begin() as tx:
        trials.record(tx, [row := replace(row, snapshot=2)])
        events.add(tx, [event(HIP, 2)])
    changed()
    with store.begin() as tx:
        settlements.pend(tx, REGISTRY, {event(HIP, 2).id: 1})
    changed()
    with store.begin() as tx:
        trials.record(tx, [replace(row, verified_at=LATER)])
    changed()
    with store.begin() as tx:
        quarantine.add(tx, REGISTRY, HIP, reason="no record", raw=b"<html>", at=NOON)
    changed()
    with store.begin() as tx:
        watches.add(tx, registry=REGISTRY, trial_ids=[HIP], origin="command", name=None, at=NOON)
    changed()

    of_knee = version(store, KNEE)
    with store.begin() as tx:
        quarantine.add(tx, REGISTRY, KNEE, reason="no record", raw=b"<html>", at=NOON)
    assert version(store, KNEE) != of_knee
    assert version(store) == seen[-1]


def test_a_trial_without_a_row_has_none(quick_store: Store) -> None:
    assert version(quick_store, "NCT09999999") == ""
