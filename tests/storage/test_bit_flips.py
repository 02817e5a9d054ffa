"""A disk that changes a bit: it is noticed when the snapshot is read, and never taken for a change of the trial."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Connection

from monitor.errors import NothingFound, StoreCorrupt, StoreError
from monitor.model import Event, Snapshot, State
from monitor.storage import events, snapshots, trials, watches
from monitor.storage.store import Store
from monitor.storage.trials import Trial
from tests.sample_sizes import sizes
from tests.storage.documents import NOON, REGISTRY, event, history, tombstone

IDS = [f"NCT920000{number:02d}" for number in range(10)]
FLIPS = sizes(40, 300)


def kept(trial_id: str) -> list[Snapshot]:
    return [*history(trial_id, 4, sites=200), tombstone(trial_id, 5, "NCT number not found")]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database of ten trials of the usual size, with five snapshots each; closed."""
    store = Store.open(f"sqlite:///{tmp_path}/monitor.sqlite3")
    with store.begin() as tx:
        for trial_id in IDS:
            snapshots.add(tx, kept(trial_id))
            events.add(tx, [event(trial_id)])
        trials.record(tx, [Trial(REGISTRY, each, State.REMOVED, snapshot=5, verified_at=NOON) for each in IDS])
        watches.add(tx, registry=REGISTRY, trial_ids=IDS, origin="command", name=None, at=NOON)
    store.close()
    return tmp_path / "monitor.sqlite3"


def flipped(file: Path, position: int, bit: int) -> Path:
    data = bytearray(file.read_bytes())
    data[position] ^= 1 << bit
    copy = file.with_name("flipped.sqlite3")
    copy.write_bytes(data)
    return copy


def places_in_bodies(file: Path, rng: Random) -> Iterator[int]:
    """Places in the file that hold a byte of a body, found by the bytes around it."""
    store = Store.open(f"sqlite:///{file}")
    with store.read() as tx:
        bodies = [bytes(row[0]) for row in tx.exec_driver_sql("SELECT body FROM snapshots")]
    store.close()
    data = file.read_bytes()
    while True:
        body = rng.choice(bodies)
        offset = rng.randrange(len(body))
        begin = max(0, min(offset - 8, len(body) - 16))
        window = body[begin : begin + 16]
        if data.count(window) == 1:
            yield data.index(window) + offset - begin


@pytest.mark.parametrize("flips", FLIPS)
def test_every_flip_in_a_body_is_found_on_reading(file: Path, flips: int) -> None:
    rng = Random(20261122)
    places = places_in_bodies(file, rng)
    truth = {(trial_id, each.number): each for trial_id in IDS for each in kept(trial_id)}

    for _ in range(flips):
        store = Store.open(f"sqlite:///{flipped(file, next(places), rng.randrange(8))}")
        with store.read() as tx:
            found = {key: _read(tx, *key) for key in truth}
        store.close()

        assert None in found.values()
        assert all(each in (None, truth[key]) for key, each in found.items())


def _read(tx: Connection, trial_id: str, number: int) -> Snapshot | None:
    """The snapshot; None where it is said to be damaged."""
    try:
        return snapshots.get(tx, REGISTRY, trial_id, number)
    except StoreCorrupt:
        return None


@pytest.mark.parametrize("flips", FLIPS)
def test_nearly_every_flip_anywhere_is_found_or_harms_nothing(file: Path, flips: int) -> None:
    rng = Random(20261122)
    before = everything(file)
    size = file.stat().st_size
    unnoticed = 0

    for _ in range(flips):
        try:
            after = everything(flipped(file, rng.randrange(size), rng.randrange(8)))
        except (StoreError, NothingFound):  # the latter where an index no longer leads to a row
            continue
        unnoticed += after != before

    assert unnoticed <= flips * 0.05


def everything(
    file: Path,
) -> tuple[list[Snapshot | None], list[list[Event]], list[str], dict[str, Trial], list[watches.Watch]]:
    store = Store.open(f"sqlite:///{file}")
    try:
        with store.read() as tx:
            numbers = [(each, row.number) for each in IDS for row in snapshots.listing(tx, REGISTRY, each)]
            found: list[Snapshot | None] = [snapshots.get(tx, REGISTRY, *number) for number in numbers]
            found += [snapshots.latest(tx, REGISTRY, each, state=State.LISTED) for each in IDS]
            told = [events.of_trial(tx, REGISTRY, each) for each in IDS]
            known = trials.known(tx, REGISTRY, IDS)
            return found, told, trials.watched_ids(tx, REGISTRY), known, watches.listing(tx)
    finally:
        store.close()
