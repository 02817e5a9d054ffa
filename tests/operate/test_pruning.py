"""What is old is given up where nothing rests on it, and all else stays readable."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from monitor.errors import SnapshotThinned
from monitor.model import DeliveryState, Settlement, State
from monitor.operate.backup import back_up
from monitor.operate.pruning import Pruned, prune, spared
from monitor.operate.transfer.exporting import export
from monitor.storage import deliveries, events, settlements, snapshots, standings, trials
from monitor.storage.inspection import inspect
from monitor.storage.standings import Outcome
from monitor.storage.store import Store
from monitor.storage.thinning import StoredSnapshot
from monitor.storage.trials import Trial
from tests.storage import documents
from tests.storage.documents import HIP, KNEE, NOON, REGISTRY, snapshot, tombstone
from tests.storage.subscribers import subscribed

LENGTH = 30
NOW = NOON + timedelta(days=LENGTH + 1)
KEEP = timedelta(days=5)
"""The last five of HIP's are not old."""
TOLD = 10


def stored(*numbers: int, base: int | None = 1, state: State = State.LISTED, days: int = 0) -> list[StoredSnapshot]:
    return [
        StoredSnapshot(each, state, NOON + timedelta(days=days), None if each == base else base, 100)
        for each in numbers
    ]


@pytest.mark.parametrize(
    ("kept", "told", "gone"),
    [
        ([], (), []),
        (stored(1), (), []),
        (stored(1, 2), (), []),
        (stored(1, 2, 3, 4), (), [2, 3]),
        (stored(1, 2, 3, 4, days=9), (), []),
        (stored(1, 2, 3, 4, 5, 6), (4,), [2, 5]),
        (stored(1, 2, 3) + stored(4, 5, days=9), (), [2]),
        (stored(1, 2, 3) + stored(4, 5, 6, base=4), (), [2, 3, 5]),
        (stored(1, 2, 3) + stored(4, 5, 6, base=4) + stored(7, 8, base=7), (6,), [2, 3]),
        (stored(1, state=State.MERGED) + stored(2, 3, 4, base=2) + stored(5, state=State.REMOVED), (), [3]),
    ],
)
def test_what_is_spared_is_what_nothing_rests_on(
    kept: Sequence[StoredSnapshot], told: Collection[int], gone: list[int]
) -> None:
    assert [each.number for each in spared(kept, told, NOON + timedelta(days=5))] == gone


def keep(store: Store) -> str:
    """Two trials; of the first, one event was told, and one is held. Give the id of what was sent."""
    reader = subscribed(store, HIP)
    told = [documents.event(HIP, number) for number in range(2, LENGTH + 1)]
    with store.begin() as tx:
        snapshots.add(tx, [snapshot(HIP, number) for number in range(1, LENGTH + 1)])
        snapshots.add(tx, [snapshot(KNEE), snapshot(KNEE, 2), tombstone(KNEE, 3, "gone"), snapshot(KNEE, 4)])
        trials.record(tx, [Trial(REGISTRY, HIP, snapshot=LENGTH, misses=0), Trial(REGISTRY, KNEE, snapshot=4)])
        events.add(tx, told)
        settlements.pend(tx, REGISTRY, {told[TOLD + 3].id: 1})
        settlements.record(tx, [told[TOLD + 3].id], Settlement.DISCARDED, at=NOON)
        (sent,) = deliveries.owe(tx, [(told[TOLD - 2].id, REGISTRY, HIP, reader.id)], NOON)
        deliveries.keep_bodies(tx, {sent: b"a mail" * 100})
    return sent


def finish(store: Store, delivery_id: str) -> None:
    with store.begin() as tx:
        standings.write(tx, [Outcome(delivery_id, DeliveryState.DELIVERED, NOON, "250 OK")])


def readable(store: Store, trial_id: str) -> list[int]:
    found = []
    with store.read() as tx:
        for row in snapshots.listing(tx, REGISTRY, trial_id):
            try:
                assert snapshots.get(tx, REGISTRY, trial_id, row.number) == snapshot(trial_id, row.number)
            except SnapshotThinned:
                continue
            found.append(row.number)
    return found


STAYS = [1, TOLD - 1, TOLD, TOLD + 4, TOLD + 5, *range(LENGTH - 5, LENGTH + 1)]
"""The first; what was told or discarded, and what each was compared with; what is not old, and what that was."""


def test_old_documents_go_but_for_those_on_which_something_rests(store: Store) -> None:
    sent = keep(store)
    finish(store, sent)
    with store.read() as tx:
        bases = {row.number for row in snapshots.listing(tx, REGISTRY, HIP) if row.stored > 1000}

    trial_run = prune(store, KEEP, now=NOW, is_trial_run=True)
    assert readable(store, HIP) == list(range(1, LENGTH + 1))
    done = prune(store, KEEP, now=NOW)

    assert done == trial_run
    assert readable(store, HIP) == sorted({*STAYS, *bases})
    assert done.snapshots == LENGTH - len({*STAYS, *bases}) + 1
    assert done.messages == 1
    assert done.bytes > 0
    with store.read() as tx:
        assert len(snapshots.listing(tx, REGISTRY, HIP)) == LENGTH
        assert len(events.of_trial(tx, REGISTRY, HIP)) == LENGTH - 1
        assert deliveries.get(tx, sent).body is None
        assert not inspect(tx, is_over=lambda: False).past
    assert prune(store, KEEP, now=NOW) == Pruned()


def test_what_comes_after_is_compared_and_stored_as_ever(store: Store) -> None:
    keep(store)
    prune(store, KEEP, now=NOW)

    with store.begin() as tx:
        latest = snapshots.latest(tx, REGISTRY, HIP)
        assert latest == snapshot(HIP, LENGTH)
        snapshots.add(tx, [snapshot(HIP, LENGTH + 1)])
    assert LENGTH + 1 in readable(store, HIP)


def test_a_backup_and_the_doctor_find_nothing_wrong_with_what_was_given_up(
    store: Store, store_url: str, tmp_path: Path
) -> None:
    keep(store)
    prune(store, KEEP, now=NOW)

    back_up(store_url, tmp_path / "backup.sqlite3", now=NOW, report_progress=lambda *_: None)

    copy = Store.open(f"sqlite:///{tmp_path}/backup.sqlite3")
    assert readable(copy, HIP) == readable(store, HIP)
    with copy.read() as tx:
        found = inspect(tx, is_over=lambda: False)
    assert (found.standing, found.past) == ([], [])
    copy.close()


def test_an_export_leaves_it_out_and_says_so(quick_store: Store, tmp_path: Path) -> None:
    keep(quick_store)
    done = prune(quick_store, KEEP, now=NOW)

    said: list[str] = []
    written = export(
        quick_store, tmp_path / "export", secrets=None, now=NOW, report_progress=lambda *_: None, complain=said.append
    )

    left_out = f"{done.snapshots} snapshots without a document, as store.keep says: left out, with what each changed"
    assert left_out in said
    assert written.snapshots == LENGTH + 4 - done.snapshots
    assert not written.damaged


def test_what_is_owed_keeps_its_message_however_old_it_is(store: Store) -> None:
    sent = keep(store)

    assert prune(store, KEEP, now=NOW).messages == 0
    with store.read() as tx:
        assert deliveries.get(tx, sent).body == b"a mail" * 100


def test_a_document_that_was_given_up_is_told_as_such(store: Store) -> None:
    keep(store)
    prune(store, KEEP, now=NOW)

    with store.read() as tx, pytest.raises(SnapshotThinned, match="snapshot 3 of NCT91000001 is not kept in full"):
        snapshots.get(tx, REGISTRY, HIP, 3)


def test_who_looks_every_hour_looks_at_all_trials_once_a_day(store: Store) -> None:
    keep(store)
    day, first = timedelta(days=1), NOW - timedelta(days=20)
    prune(store, KEEP, now=first, every=day)
    hours = [prune(store, KEEP, now=first + timedelta(hours=number), every=day) for number in (1, 12, 23)]
    assert hours == [Pruned()] * 3
    assert prune(store, KEEP, now=first + day, every=day).snapshots == 1


def test_wherever_it_dies_all_stays_whole_and_the_next_one_finishes(quick_store: Store) -> None:
    sent = keep(quick_store)
    finish(quick_store, sent)
    died = 0
    while died < 100:
        if not dies(quick_store, at_statement=died):
            break
        died += 1
        with quick_store.read() as tx:
            assert not inspect(tx, is_over=lambda: False).past
        assert set(STAYS) <= set(readable(quick_store, HIP))
    assert died > 10
    with quick_store.read() as tx:
        assert deliveries.get(tx, sent).body is None
    assert prune(quick_store, KEEP, now=NOW) == Pruned()


def dies(store: Store, *, at_statement: int) -> bool:
    """Prune, and die before that statement; give whether there were so many."""
    count = 0

    def note(*_: object) -> None:
        nonlocal count
        count += 1
        if count > at_statement:
            raise KeyboardInterrupt

    event.listen(Engine, "before_cursor_execute", note)
    try:
        prune(store, KEEP, now=NOW)
    except KeyboardInterrupt:
        return True
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return False
