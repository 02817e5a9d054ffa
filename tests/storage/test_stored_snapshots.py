import statistics
from pathlib import Path

import orjson
import pytest
from sqlalchemy import delete, select, text, tuple_, update

from monitor.errors import NothingFound, StoreCorrupt
from monitor.model import Document, Snapshot, State
from monitor.storage import bodies, snapshots, tables
from monitor.storage.store import Store
from tests.databases import counted_statements
from tests.storage.documents import HIP, KNEE, NOON, REGISTRY, SHOULDER, VERSION, history, snapshot, tombstone

REAL_VERSIONS = Path(__file__).parents[3] / "shared/data/ctgov/versions"


def keep(store: Store, *kept: Snapshot) -> list[Snapshot]:
    with store.begin() as tx:
        return snapshots.add(tx, kept)


def bases(store: Store, trial_id: str) -> dict[int, int | None]:
    with store.read() as tx:
        rows = tx.execute(text("SELECT number, base FROM snapshots WHERE trial_id = :id"), {"id": trial_id})
        return {row.number: row.base for row in rows}


def test_what_is_kept_comes_back_byte_for_byte(store: Store) -> None:
    first, second = history(HIP, 2)
    keep(store, first)
    keep(store, second, snapshot(KNEE))

    with store.read() as tx:
        assert snapshots.get(tx, REGISTRY, HIP, 1) == first
        assert snapshots.get(tx, REGISTRY, HIP, 2) == second
        assert snapshots.latest(tx, REGISTRY, HIP) == second
        assert snapshots.latest(tx, REGISTRY, SHOULDER) is None


def test_the_latest_of_many_trials(store: Store) -> None:
    keep(store, *history(HIP, 3), snapshot(KNEE))

    with store.read() as tx:
        found = snapshots.latest_of(tx, REGISTRY, [HIP, KNEE, SHOULDER])

    assert {trial_id: latest.number for trial_id, latest in found.items()} == {HIP: 3, KNEE: 1}


def test_bases_that_come_with_the_latest_make_the_rows_that_bases_read_anew_make(store: Store) -> None:
    """Behind a full copy, a difference, a removal, and a difference that reaches as far as one may."""
    table, trials = tables.snapshots, [HIP, KNEE, SHOULDER]
    keep(store, *history(HIP, 3), tombstone(HIP, 4, "gone"), snapshot(KNEE), *history(SHOULDER, 21))
    new = [snapshot(HIP, 5), snapshot(KNEE, 2), snapshot(SHOULDER, 22)]
    of_new = tuple_(table.c.trial_id, table.c.number).in_([(one.document.trial_id, one.number) for one in new])
    with_latest: snapshots.Bases = {}

    with store.begin() as tx:
        snapshots.latest_of(tx, REGISTRY, trials, state=State.LISTED, bases=with_latest)
        rows = []
        for given in (with_latest, None):
            with counted_statements() as sent:
                assert len(snapshots.add(tx, new, given)) == len(new)
            assert len(sent) == (1 if given else 2)
            rows.append(tx.execute(select(table).where(of_new).order_by(table.c.trial_id)).all())
            tx.execute(delete(table).where(of_new))

    assert rows[0] == rows[1]
    assert [row.base for row in rows[0]] == [1, 1, None]


def test_the_latest_record_is_found_behind_a_removal(store: Store) -> None:
    keep(store, *history(HIP, 2), tombstone(HIP, 3, "NCT number NCT91000001 not found"))

    with store.read() as tx:
        latest = snapshots.latest(tx, REGISTRY, HIP)
        assert latest is not None
        assert latest.document.state is State.REMOVED
        assert latest.document.content == b"NCT number NCT91000001 not found"
        assert snapshots.latest(tx, REGISTRY, HIP, state=State.LISTED) == snapshot(HIP, 2)
        assert snapshots.latest_of(tx, REGISTRY, [HIP], state=State.MERGED) == {}


def test_keeping_a_snapshot_again_changes_nothing(store: Store) -> None:
    first, second = history(HIP, 2)
    assert keep(store, first) == [first]
    other = Snapshot(1, Document(REGISTRY, HIP, b"something else"), NOON)

    assert keep(store, other, second, second) == [second, second]

    with store.read() as tx:
        assert snapshots.get(tx, REGISTRY, HIP, 1) == first


def test_a_snapshot_that_is_not_there_names_those_that_are(store: Store) -> None:
    keep(store, *history(HIP, 3), snapshot(KNEE))

    with store.read() as tx:
        with pytest.raises(NothingFound, match=r"NCT91000001 has no snapshot 7: choose from 1 to 3"):
            snapshots.get(tx, REGISTRY, HIP, 7)
        with pytest.raises(NothingFound, match=r"NCT91000002 has no snapshot 2: choose from 1$"):
            snapshots.get(tx, REGISTRY, KNEE, 2)
        with pytest.raises(NothingFound, match=r"no snapshots yet: run `monitor check NCT91000003`"):
            snapshots.get(tx, REGISTRY, SHOULDER, 1)


def test_a_listing_tells_what_is_stored_without_documents(store: Store) -> None:
    keep(store, *history(HIP, 2), tombstone(HIP, 3, KNEE, State.MERGED))

    with store.read() as tx:
        rows = snapshots.listing(tx, REGISTRY, HIP)

    assert [row.number for row in rows] == [1, 2, 3]
    assert [row.state for row in rows] == [State.LISTED, State.LISTED, State.MERGED]
    assert rows[0].registry_version == VERSION
    assert rows[0].taken_at == snapshot(HIP, 1).taken_at
    assert rows[1].stored < rows[0].stored / 5


def test_a_full_copy_is_kept_again_after_twenty_differences(store: Store) -> None:
    for each in history(HIP, 30):
        keep(store, each)

    assert [number for number, base in bases(store, HIP).items() if base is None] == [1, 22]
    assert bases(store, HIP)[21] == 1
    assert bases(store, HIP)[30] == 22
    with store.read() as tx:
        assert [snapshots.get(tx, REGISTRY, HIP, number) for number in range(1, 31)] == history(HIP, 30)


def test_a_batch_is_kept_as_if_it_came_one_by_one(store: Store) -> None:
    keep(store, *history(HIP, 30))

    assert [number for number, base in bases(store, HIP).items() if base is None] == [1, 22]
    with store.read() as tx:
        assert snapshots.get(tx, REGISTRY, HIP, 30) == snapshot(HIP, 30)


def test_a_record_that_is_hardly_the_same_is_kept_in_full(store: Store) -> None:
    rewritten = Snapshot(2, Document(REGISTRY, HIP, snapshot("NCT95555555").document.content), NOON)
    keep(store, snapshot(HIP), rewritten)

    assert bases(store, HIP) == {1: None, 2: None}


def test_a_record_that_grew_is_kept_as_a_difference_where_that_saves_half(store: Store) -> None:
    small, large = snapshot(HIP, 1, sites=40), snapshot(HIP, 2, sites=100)
    keep(store, small)
    keep(store, large)

    difference = len(bodies.compress_against(large.document.content, small.document.content))
    assert difference > len(bodies.compress(small.document.content)) / 2
    assert bases(store, HIP) == {1: None, 2: 1}


def test_words_of_the_registry_are_never_a_base(store: Store) -> None:
    keep(store, snapshot(HIP, 1), tombstone(HIP, 2, "NCT number not found"), snapshot(HIP, 3))

    assert bases(store, HIP) == {1: None, 2: None, 3: 1}


def test_a_damaged_snapshot_is_named_with_the_remedy(store: Store) -> None:
    keep(store, *history(HIP, 2))
    with store.begin() as tx:
        tx.execute(update(tables.snapshots).values(digest=b"d" * 32).where(tables.snapshots.c.number == 2))

    with store.read() as tx, pytest.raises(StoreCorrupt, match=r"snapshot 2 of NCT91000001 .*restore a backup"):
        snapshots.latest(tx, REGISTRY, HIP)


def test_the_state_is_covered_by_the_digest(store: Store) -> None:
    keep(store, snapshot(HIP))
    with store.begin() as tx:
        tx.execute(update(tables.snapshots).values(state=State.REMOVED))

    with store.read() as tx, pytest.raises(StoreCorrupt, match="SHA-256"):
        snapshots.latest(tx, REGISTRY, HIP)


def test_a_missing_base_is_damage(store: Store) -> None:
    keep(store, *history(HIP, 2))
    with store.begin() as tx:
        tx.execute(update(tables.snapshots).values(base=9).where(tables.snapshots.c.number == 2))

    with store.read() as tx, pytest.raises(StoreCorrupt, match="snapshot 9 of NCT91000001"):
        snapshots.get(tx, REGISTRY, HIP, 2)


def test_nothing_new_is_built_on_a_damaged_base(store: Store) -> None:
    keep(store, snapshot(HIP))
    with store.begin() as tx:
        tx.execute(update(tables.snapshots).values(body=b"scribble"))

    keep(store, snapshot(HIP, 2))

    with store.read() as tx:
        assert snapshots.latest(tx, REGISTRY, HIP) == snapshot(HIP, 2)


def test_a_body_that_unpacks_to_too_much_is_refused(store: Store) -> None:
    keep(store, snapshot(HIP))
    bomb = bodies.compress(bytes(bodies.LARGEST + 1))
    with store.begin() as tx:
        tx.execute(update(tables.snapshots).values(body=bomb, size=bodies.LARGEST + 1))

    with store.read() as tx, pytest.raises(StoreCorrupt, match="claims 67108865 bytes"):
        snapshots.latest(tx, REGISTRY, HIP)


@pytest.mark.skipif(not REAL_VERSIONS.is_dir(), reason="needs the real records beside the project")
def test_a_second_snapshot_of_a_real_record_costs_at_most_500_bytes_at_the_median(sqlite_url: str) -> None:
    store = Store.open(sqlite_url)
    for folder in sorted(REAL_VERSIONS.iterdir()):
        editions = dict.fromkeys(map(_canonical, sorted(folder.glob("[0-9]*.json"))))
        kept = [Snapshot(n, Document(REGISTRY, folder.name, c), NOON, VERSION) for n, c in enumerate(editions, start=1)]
        keep(store, *kept)

    with store.read() as tx:
        columns = " + ".join(f"coalesce(length({column.name}), 0)" for column in tables.snapshots.c)
        key = "length(registry) + length(trial_id)"  # once more, in the index of the primary key
        costs = list(tx.execute(text(f"SELECT {columns} + {key} + 40 FROM snapshots WHERE number > 1")).scalars())
    store.close()
    assert len(costs) > 20
    assert statistics.median(costs) <= 500


def _canonical(path: Path) -> bytes:
    """Roughly what the registry's adapter makes of a record: without what is derived or drifts."""
    record = orjson.loads(path.read_bytes())
    tracking = record.pop("derivedSection", {}).get("miscInfoModule", {}).get("submissionTracking")
    protocol = record["protocolSection"]
    for site in protocol.get("contactsLocationsModule", {}).get("locations", []):
        site.pop("geoPoint", None)
    module = protocol.get("referencesModule", {})
    module["references"] = [r for r in module.get("references", []) if r.get("type") != "DERIVED"]
    return orjson.dumps(record | {"tracking": tracking}, option=orjson.OPT_SORT_KEYS)
