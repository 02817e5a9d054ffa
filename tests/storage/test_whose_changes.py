"""Which trials changed and who leads them: what is kept of it is what the changes say, whoever leads a trial now."""

from dataclasses import replace
from datetime import UTC, date, datetime

from monitor.model import Change, Event, Significance
from monitor.operate.list_counts import mend
from monitor.storage import change_index, index_tables, list_counts, whose_changes
from monitor.storage.changed import ChangeFilter
from monitor.storage.store import Store
from tests.storage.test_trial_plans import REGISTRY, fill

LATE = date(2100, 1, 1)
"""Before it is everything: a time that ends is counted change by change."""
WANTED = [
    ChangeFilter(least=least, topics=topics, since=since)
    for least in Significance
    for topics in ((), ("dates",), ("dates", "administrative"))
    for since in (None, date(2026, 8, 1), date(2026, 8, 15), date(2026, 9, 14), date(2027, 1, 1))
]


def weighing(weight: Significance) -> Change:
    topic = "dates" if weight else "administrative"
    return Change(
        field="f", path="p", kind=f"{topic}.moved", topic=topic, before=1, after=2, summary="", significance=weight
    )


def change(store: Store, number: int, snapshot: int, day: str, *weights: Significance) -> None:
    event = Event(
        registry=REGISTRY,
        trial_id=f"NCT{number:08}",
        snapshot=snapshot,
        occurred_at=datetime.fromisoformat(day).replace(tzinfo=UTC),
        changes=tuple(map(weighing, weights)),
    )
    with store.begin() as tx:
        change_index.add(tx, [event])
        change_index.add(tx, [event])


def assert_kept_is_what_there_is(store: Store) -> None:
    with store.read() as tx:
        assert list_counts.wrong(tx) == 0
        for wanted in WANTED:
            each = replace(wanted, until=LATE)
            assert whose_changes.by_sponsor(tx, wanted, limit=9) == whose_changes.by_sponsor(tx, each, limit=9)
            assert whose_changes.trials_changed(tx, wanted) == whose_changes.trials_changed(tx, each)
            assert whose_changes.trials_by_most(tx, wanted) == whose_changes.trials_by_most(tx, each)


def led(store: Store) -> dict[str, int]:
    with store.read() as tx:
        found, count = whose_changes.by_sponsor(tx, ChangeFilter(least=Significance.ADMINISTRATIVE), limit=9)
    assert count == len(found)
    return {each.key: each.changes for each in found}


def test_kept_counts_are_those_of_the_changes(store: Store) -> None:
    admin, minor, major, critical = Significance
    change(store, 9, 2, "2026-08-20", minor)  # before anything is known of the trial
    fill(store, [1, 2, 3])
    fill(store, [4, 5], first=10, sponsor="Another")
    change(store, 0, 2, "2026-07-31", admin, major)
    change(store, 0, 3, "2026-08-14", minor, minor)
    change(store, 1, 2, "2026-09-13", critical)
    change(store, 1, 3, "2026-09-14", admin)
    change(store, 10, 2, "2026-08-15", minor, admin)
    assert_kept_is_what_there_is(store)
    assert led(store) == {"halden biotherapeutics": 6, "another": 2}

    fill(store, [1], sponsor="Another")  # which takes over the first one
    assert_kept_is_what_there_is(store)
    assert led(store) == {"halden biotherapeutics": 2, "another": 6}
    fill(store, [1], first=9, sponsor="Another")
    assert_kept_is_what_there_is(store)
    assert led(store) == {"halden biotherapeutics": 2, "another": 7}


def test_wrong_ones_are_found_and_made_anew(quick_store: Store) -> None:
    fill(quick_store, [1])
    change(quick_store, 0, 2, "2026-07-31", Significance.MINOR)
    with quick_store.begin() as tx:
        tx.execute(index_tables.lead_counts.update().values(changes=7))
        tx.execute(index_tables.latest_changes.update().values(day="2026-08-01"))
    assert mend(quick_store) == 2 * (1 + 2)
    assert_kept_is_what_there_is(quick_store)
