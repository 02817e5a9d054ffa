"""Trials in the order of their slips, a page at a time; and who is called nearly so."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.changes.plans import Plan, Step
from monitor.errors import ConfigurationInvalid
from monitor.storage import terms, trial_index, trial_plans, watches
from monitor.storage.found import term_of
from monitor.storage.store import Store
from monitor.storage.term_rows import TermKey
from monitor.storage.trial_index import CONDITION, SPONSOR, IndexedTrial
from monitor.storage.trial_plans import StoredPlan

NOW = datetime(2026, 11, 28, tzinfo=UTC)
REGISTRY = "clinicaltrials.gov"


def fill(
    store: Store,
    slips: list[int | None],
    *,
    sponsor: str = "Halden Biotherapeutics",
    condition: str = "Lupus",
    first: int = 0,
    watched: bool = True,
    status: str = "RECRUITING",
) -> None:
    """A trial a slip in days; of None, one without a date."""
    rows, plans = [], []
    for number, slip in enumerate(slips, start=first):
        trial_id = f"NCT{number:08}"
        day = datetime(2027, 1, 1, tzinfo=UTC)
        began = Step(NOW - timedelta(days=300), {"date": day.date().isoformat(), "type": "ESTIMATED"})
        moved = {"date": (day + timedelta(days=slip or 0)).date().isoformat(), "type": "ESTIMATED"}
        steps = {"overall_status": (Step(began.seen_at, status),)}
        if slip is not None:
            steps["primary_completion_date"] = (began, *((Step(NOW, moved),) if slip else ()))
        rows.append(
            IndexedTrial(
                registry=REGISTRY,
                trial_id=trial_id,
                snapshot=1,
                state="listed",
                title=f"Trial {number}",
                status=status,
                sponsor=sponsor,
                conditions=(condition,),
                primary_completion_date=moved["date"] if slip is not None else None,
            )
        )
        plans.append(StoredPlan(REGISTRY, trial_id, 1, 0, Plan(steps)))
    with store.begin() as tx:
        trial_index.record(tx, rows)
        trial_plans.record(tx, plans)
        if watched:
            ids = [each.trial_id for each in rows]
            watches.add(tx, registry=REGISTRY, trial_ids=ids, origin="command", name=None, at=NOW)


def halden(store: Store) -> int:
    with store.read() as tx:
        term = term_of(tx, TermKey(SPONSOR, "halden biotherapeutics"))
    assert term is not None
    return term


def paged(store: Store, term: int, *, limit: int) -> list[tuple[str, int | None]]:
    """All pages, one after the other."""
    found: list[tuple[str, int | None]] = []
    after = None
    while True:
        with store.read() as tx:
            page = trial_plans.page(tx, term, after=after, limit=limit)
        if not page:
            return found
        found += [(each.trial.trial_id, each.plan.slip("primary_completion_date")) for each in page]
        after = page[-1].trial.registry, page[-1].trial.trial_id


def test_pages_are_all_trials_the_worst_slip_first_and_those_without_a_date_last(store: Store) -> None:
    slips = [31, None, 412, 0, -30, 31, 31, None, 900, 0, 31]
    fill(store, slips)
    fill(store, [5000], first=100, watched=False)
    fill(store, [4000], first=200, sponsor="Another")
    whole = paged(store, halden(store), limit=100)
    assert [slip for _, slip in whole] == [900, 412, 31, 31, 31, 31, 0, 0, -30, None, None]
    for limit in (1, 3, 4):
        assert paged(store, halden(store), limit=limit) == whole


def test_a_page_behind_a_trial_that_is_not_there_is_refused(quick_store: Store) -> None:
    fill(quick_store, [1])
    term = halden(quick_store)
    with quick_store.read() as tx, pytest.raises(ConfigurationInvalid, match="first page"):
        trial_plans.page(tx, term, after=(REGISTRY, "NCT00000009"), limit=3)


@pytest.mark.parametrize("of_few", [True, False])
def test_what_is_due_is_neither_past_nor_void(store: Store, of_few: bool) -> None:
    fill(store, [31, None, 0])
    fill(store, [31], first=10, status="WITHDRAWN")
    fill(store, [31], first=20, watched=False)
    fill(store, [31], first=30, sponsor="Another")
    term = halden(store)
    with store.read() as tx:
        found = trial_plans.due(tx, term, "2026-11-28", of_few=of_few, limit=10)
        later = trial_plans.due(tx, term, "2027-01-02", of_few=of_few, limit=10)
        first = trial_plans.due(tx, term, "2026-11-28", of_few=of_few, limit=1)
    assert [each.day for each in found] == ["2027-01-01", "2027-02-01"]
    assert (later, first) == (found[1:], found[:1])
    assert {each.field for each in found} == {"primary_completion_date"}


def test_half_of_the_trials_slipped_by_more_than_the_median(store: Store) -> None:
    fill(store, [40, 10, None, 20])
    term = halden(store)
    with store.read() as tx:
        assert trial_plans.slips(tx, term) == (3, 20)
    fill(store, [100, 900], first=10)
    fill(store, [5000], first=20, watched=False)
    with store.read() as tx:
        assert trial_plans.slips(tx, term) == (5, 40)
    fill(store, [61], first=30)
    with store.read() as tx:
        assert trial_plans.slips(tx, term) == (6, round((40 + 61) / 2))


def test_sponsors_are_counted_by_their_watched_trials(store: Store) -> None:
    fill(store, [1, 2, 3])
    fill(store, [500], first=10, watched=False)
    fill(store, [7, 8], first=20, sponsor="Another", condition="Lupus nephritis")
    fill(store, [9], first=30, sponsor="Nobody's", watched=False)
    with store.read() as tx:
        most = terms.most_frequent(tx, SPONSOR, limit=10)
        assert [(each.name, each.trials) for each in most] == [("Halden Biotherapeutics", 3), ("Another", 2)]
        by_name = terms.listing(tx, SPONSOR, limit=10)
        assert [each.name for each in by_name] == ["Another", "Halden Biotherapeutics"]
        assert [each.name for each in terms.listing(tx, SPONSOR, after=by_name[0].key, limit=1)] == [by_name[1].name]
        worst = trial_plans.worst_by_term(tx, SPONSOR, [each.key for each in most])
        assert worst == {"halden biotherapeutics": 3, "another": 8}
        assert [each.name for each in terms.near(tx, CONDITION, "lupus-x", limit=5)] == ["Lupus", "Lupus nephritis"]
        assert terms.near(tx, CONDITION, "-", limit=5) == []
        nobody = terms.by_slug(tx, SPONSOR, terms.near(tx, SPONSOR, "nobody", limit=1)[0].slug)
        assert nobody is not None
        assert nobody.trials == 0
