"""Lists show the trials that were read and are watched; what is counted of them is what is there, whatever happened."""

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from monitor.model import Search
from monitor.operate.list_counts import mend
from monitor.storage import facets, index_tables, list_counts, listed, terms, trial_index, trial_lists, watches
from monitor.storage.found import TrialFilter
from monitor.storage.pages import Within
from monitor.storage.store import Store
from monitor.storage.term_rows import WATCH, TermKey
from monitor.storage.trial_index import CONDITION, PHASE, SPONSOR, IndexedTrial
from tests.storage.test_trial_plans import NOW, REGISTRY, fill

T = index_tables


def watch(store: Store, *numbers: int) -> int:
    with store.begin() as tx:
        ids = [f"NCT{number:08}" for number in numbers]
        name = "of " + " ".join(ids)
        return watches.add(tx, registry=REGISTRY, trial_ids=ids, origin="command", name=name, at=NOW)[0].id


def count(store: Store, wanted: TrialFilter) -> int:
    """By what is kept; and as many as there are, and as many as a page has."""
    with store.read() as tx:
        number = trial_lists.count(tx, wanted)
        assert len(trial_lists.in_order(tx, wanted, after=None, limit=1000)) == number
        assert len(trial_lists.page(tx, wanted, after=None, limit=1000)) == number
        assert kept(tx) == counted_anew(tx)
    return number


def kept(tx: Any) -> dict[Any, int]:
    found = {(row.term, row.facet): row.trials for row in tx.execute(select(T.term_counts)) if row.trials}
    in_all: Counter[int] = Counter()
    for (term, _), trials in found.items():
        in_all[term] += trials
    assert in_all.pop(listed.ALL, 0) == tx.scalar(select(func.count()).select_from(T.listed_trials))
    assert in_all == {row.id: row.trials for row in tx.execute(select(T.terms)) if row.trials}
    return found


def counted_anew(tx: Any) -> dict[Any, int]:
    query = select(T.trial_terms.c.term, T.listed_trials.c.facet)
    found = Counter(map(tuple, tx.execute(query.where(T.trial_terms.c.trial == T.listed_trials.c.trial))))
    return found + Counter((listed.ALL, facet) for facet in tx.scalars(select(T.listed_trials.c.facet)))


def test_counts_follow_what_is_watched(store: Store) -> None:
    fill(store, [1, 2, 3], watched=False)
    of_halden = TrialFilter(sponsor="halden biotherapeutics")
    assert count(store, of_halden) == 0

    two, one = watch(store, 0, 1), watch(store, 1)

    assert (count(store, of_halden), count(store, TrialFilter())) == (2, 2)
    assert count(store, TrialFilter(within=Within(watches=(one,)))) == 1
    assert count(store, TrialFilter(within=Within(watches=(one, two)))) == 2
    with store.begin() as tx:
        watches.remove(tx, two)
    assert count(store, of_halden) == 1
    with store.begin() as tx:
        watches.remove_trials(tx, REGISTRY, ["NCT00000001"])
    assert count(store, of_halden) == 0


def test_counts_follow_a_registry_that_is_watched_as_a_whole(store: Store) -> None:
    fill(store, [1, 2, 3], watched=False)
    watch(store, 1)
    with store.begin() as tx:
        whole, _ = watches.add_search(tx, registry=REGISTRY, search=Search(), origin="command", name=None, at=NOW)
    fill(store, [4], first=10, watched=False)
    assert count(store, TrialFilter(within=Within(watches=(whole.id,), registry=REGISTRY))) == 4
    with store.begin() as tx:
        watches.remove(tx, whole.id)
    assert count(store, TrialFilter()) == 1


def test_counts_follow_what_a_trial_becomes(store: Store) -> None:
    fill(store, [1, 2, 3])
    fill(store, [9], first=1, sponsor="Another", condition="Asthma", status="COMPLETED")
    with store.read() as tx:
        assert [(each.name, each.trials) for each in terms.listing(tx, SPONSOR, limit=5)] == [
            ("Another", 1),
            ("Halden Biotherapeutics", 2),
        ]
        assert [each.trials for each in terms.listing(tx, CONDITION, limit=5)] == [1, 2]
    assert count(store, TrialFilter(statuses=("COMPLETED",))) == 1
    assert count(store, TrialFilter(statuses=("RECRUITING",), condition="lupus")) == 2
    assert count(store, TrialFilter(statuses=("COMPLETED",), sponsor="another", condition="asthma")) == 1
    assert count(store, TrialFilter(registry="isrctn")) == 0


def test_a_trial_of_two_phases_counts_for_both(quick_store: Store) -> None:
    row = IndexedTrial(
        registry=REGISTRY, trial_id="NCT00000001", snapshot=1, phases=(("PHASE1", "Phase 1"), ("PHASE2", "Phase 2"))
    )
    with quick_store.begin() as tx:
        trial_index.record(tx, [row])
    watch(quick_store, 1)
    assert [count(quick_store, TrialFilter(phase=each)) for each in ("PHASE1", "PHASE2", "PHASE3")] == [1, 1, 0]
    with quick_store.read() as tx:
        assert [each.key for each in terms.listing(tx, PHASE, limit=5)] == ["PHASE1", "PHASE2"]


@pytest.mark.parametrize("few", [0, 3000], ids=["going through all", "looking at each"])
def test_a_page_is_the_same_however_it_is_found(quick_store: Store, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    """Which of many ways is taken goes by how many there are."""
    monkeypatch.setattr("monitor.storage.found.FEW", few)
    monkeypatch.setattr("monitor.storage.trial_lists.FEW", few)
    fill(quick_store, [1, 2, 3])
    fill(quick_store, [4, 5], first=10, sponsor="Another", status="COMPLETED")
    fill(quick_store, [6], first=20, watched=False)
    for wanted, number in (
        (TrialFilter(), 5),
        (TrialFilter(sponsor="another"), 2),
        (TrialFilter(statuses=("COMPLETED",)), 2),
        (TrialFilter(sponsor="another", statuses=("RECRUITING",)), 0),
        (TrialFilter(words=("lupus", "nct0000001")), 2),
        (TrialFilter(within=Within(trials=((REGISTRY, "NCT00000001"), (REGISTRY, "NCT00000020")))), 1),
    ):
        assert count(quick_store, wanted) == number


def test_counts_that_are_wrong_are_found_and_made_anew(store: Store) -> None:
    fill(store, [1, 2, 3])
    with store.begin() as tx:
        right = kept(tx)
        tx.execute(update(T.term_counts).values(trials=T.term_counts.c.trials + 1))
        tx.execute(update(T.terms).where(T.terms.c.kind == SPONSOR).values(trials=0))
        tx.execute(insert(T.change_counts).values(day="2026-11-01", registry="x", significance=1, topic="y", changes=1))
    with store.read() as tx:
        assert list_counts.wrong(tx) == 2 * len(right) + 1 + 1
    assert mend(store) == 2 * len(right) + 1 + 1
    assert mend(store) == 0
    with store.read() as tx:
        assert kept(tx) == right


def test_a_watch_is_no_sponsor_and_no_condition(quick_store: Store) -> None:
    fill(quick_store, [1])
    with quick_store.read() as tx:
        assert terms.by_key(tx, WATCH, "1") is not None
        assert terms.by_key(tx, SPONSOR, "1") is None
        assert facets.has_status(tx, "RECRUITING")
        assert TermKey(WATCH, "1") not in IndexedTrial(registry=REGISTRY, trial_id="NCT00000001").terms()
