"""What registries served that was unknown is kept once, and told as new once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from monitor.ports import Oddity
from monitor.storage import drift
from monitor.storage.drift import Drift
from monitor.storage.store import Store
from tests.storage.documents import HIP, KNEE, LATER, NOON, REGISTRY

FIELD = Oddity("protocolSection.designModule.newField")
CODE = Oddity("protocolSection.statusModule.overallStatus", "PAUSED")


def test_only_what_was_not_there_yet_is_given_as_new(store: Store) -> None:
    with store.begin() as tx:
        first = drift.add(tx, REGISTRY, [(CODE, HIP), (FIELD, KNEE)], at=NOON)
        again = drift.add(tx, REGISTRY, [(FIELD, HIP)], at=NOON)
    with store.begin() as tx:
        other = Oddity(CODE.path, "HALTED")
        later = drift.add(tx, REGISTRY, [(CODE, KNEE), (other, KNEE), (FIELD, KNEE)], at=LATER)

    assert first == [
        Drift(REGISTRY, FIELD.path, None, KNEE, NOON),
        Drift(REGISTRY, CODE.path, "PAUSED", HIP, NOON),
    ]
    assert again == []
    assert later == [Drift(REGISTRY, CODE.path, "HALTED", KNEE, LATER)]


def test_the_newest_are_listed_first_each_with_the_trial_that_had_it_first(store: Store) -> None:
    with store.begin() as tx:
        drift.add(tx, REGISTRY, [(CODE, HIP)], at=NOON)
        drift.add(tx, "isrctn.com", [(CODE, "ISRCTN12345678")], at=NOON)
        drift.add(tx, REGISTRY, [(FIELD, KNEE), (CODE, KNEE)], at=LATER)

    with store.read() as tx:
        listed = drift.listing(tx)
    assert [(row.registry, row.path, row.value, row.trial_id) for row in listed] == [
        (REGISTRY, FIELD.path, None, KNEE),
        (REGISTRY, CODE.path, "PAUSED", HIP),
        ("isrctn.com", CODE.path, "PAUSED", "ISRCTN12345678"),
    ]
    assert [row.first_seen_at for row in listed] == [LATER, NOON, NOON]


def test_what_many_trials_of_one_pass_have_is_one_row_with_the_first_of_them(store: Store) -> None:
    many = [(FIELD, f"NCT{number:08}") for number in range(5000)]
    with store.begin() as tx:
        [new] = drift.add(tx, REGISTRY, many, at=NOON)
        assert drift.listing(tx) == [new]
    assert new.trial_id == "NCT00000000"


def test_nothing_at_all_is_nothing_new(store: Store) -> None:
    with store.begin() as tx:
        assert drift.add(tx, REGISTRY, [], at=NOON) == []
        assert drift.listing(tx) == []


def test_more_than_a_statement_takes_are_all_kept(store: Store) -> None:
    many = [(Oddity(CODE.path, f"CODE_{number}"), HIP) for number in range(2500)]
    with store.begin() as tx:
        assert len(drift.add(tx, REGISTRY, many, at=NOON)) == 2500
        assert len(drift.listing(tx)) == 2500


def test_of_several_that_see_it_at_once_one_is_told_that_it_is_new(store: Store) -> None:
    """Each names its finds in an order of its own, and still nobody waits in a circle."""
    seen = [(Oddity(CODE.path, f"CODE_{number}"), HIP) for number in range(900)]
    start = Barrier(4)

    def see(turn: int) -> list[Drift]:
        start.wait()
        with store.begin() as tx:
            return drift.add(tx, REGISTRY, seen if turn % 2 else reversed(seen), at=NOON)

    with ThreadPoolExecutor(4) as threads:
        told = [new for new in threads.map(see, range(4)) if new]
    assert len(told) == 1
    assert {(row.path, row.value) for row in told[0]} == {(oddity.path, oddity.value) for oddity, _ in seen}
