"""A disk without room: no process dies of it, nothing is damaged, and what was said to be kept is kept.

The limit on a file's size stands in for the disk: SQLite meets it at every kind of write, in the journal and in the
database, as the limit moves through both.
"""

import resource
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from monitor.errors import StoreError
from monitor.storage import snapshots, trials
from monitor.storage.copying import damaged_snapshots, prove
from monitor.storage.store import Store
from monitor.storage.trials import Trial
from tests import faults
from tests.storage.documents import NOON, REGISTRY, history

IDS = [f"NCT96{number:06d}" for number in range(6)]
PLACES = 80


def keep(store: Store, trial_id: str) -> None:
    """A trial with its snapshots, in one transaction of about 40 kB."""
    with store.begin() as tx:
        snapshots.add(tx, history(trial_id, 3, sites=300))
        trials.record(tx, [Trial(REGISTRY, trial_id, snapshot=3, verified_at=NOON)])


def work(url: str, room: int, *, once: bool) -> tuple[list[str], list[str]]:
    """Keep every trial while no file may have more than *room* bytes; give what was kept and what was refused.

    With *once*, there is room again after the first refusal.
    """
    kept, refused = [], []
    with closing(Store.open(url)) as store:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
        for trial_id in IDS:
            try:
                keep(store, trial_id)
            except StoreError:
                refused.append(trial_id)
                if once:
                    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            else:
                kept.append(trial_id)
    return kept, refused


def work_once(url: str, room: int) -> tuple[list[str], list[str]]:
    return work(url, room, once=True)


def work_for_ever(url: str, room: int) -> tuple[list[str], list[str]]:
    return work(url, room, once=False)


@pytest.mark.slow
@pytest.mark.parametrize("way", [work_once, work_for_ever])
def test_nothing_is_lost_or_damaged_wherever_there_is_no_more_room(way: object, tmp_path: Path) -> None:
    empty = tmp_path / "empty.sqlite3"
    Store.open(f"sqlite:///{empty}").close()
    full = shutil.copyfile(empty, tmp_path / "full.sqlite3")
    status, ((kept, _), _) = faults.run(way, f"sqlite:///{full}", resource.RLIM_INFINITY)
    assert (status, kept) == (0, IDS)
    whole = full.stat().st_size
    refusals = 0

    for number in range(PLACES):
        file = tmp_path / f"{number}.sqlite3"
        url = f"sqlite:///{file}"
        shutil.copyfile(empty, file)

        status, ((kept, refused), _) = faults.run(way, url, whole * number // PLACES)

        assert status == 0
        refusals += len(refused)
        assert len(refused) <= (1 if way is work_once else len(IDS))
        with closing(Store.open(url)) as store:
            with store.read() as tx:
                assert sorted(trials.known(tx, REGISTRY, IDS)) == sorted(kept)
            for trial_id in refused:
                keep(store, trial_id)
            with store.read() as tx:
                assert sorted(trials.known(tx, REGISTRY, IDS)) == IDS
                assert damaged_snapshots(tx, lambda _done, _total: None) == []
                assert [len(snapshots.listing(tx, REGISTRY, each)) for each in IDS] == [3] * len(IDS)
        prove(file)
        file.unlink()
    assert refusals >= PLACES // 2
