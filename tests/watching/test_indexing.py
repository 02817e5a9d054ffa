"""The index of trials and changes is what would be made from scratch, whatever happened and in whatever order."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update

from monitor.model import Significance
from monitor.storage import changed, index_tables, terms, trial_index, trial_lists, unindexed, whose_changes
from monitor.storage.changed import ChangeFilter, Place
from monitor.storage.found import TrialFilter
from monitor.storage.store import Store
from monitor.storage.trial_index import CONDITION, SPONSOR, IndexedTrial
from monitor.storage.words import asked_for
from monitor.watching.indexing import Indexed, index_missing, start_over
from tests.program import WITHDRAWN_LATER, Trying
from tests.studies import led_by, status_becomes, titled, together, verified_a_year_later
from tests.views.asking import damage_event, damage_snapshots

T = index_tables


def index(program: Trying) -> Indexed:
    return index_missing(program.store, [program.registry])


def rows(store: Store) -> dict[str, list[Any]]:
    """All that the index says, without the numbers that it gives to trials and terms."""
    number = T.trial_index.c.id
    key = (T.trial_index.c.registry, T.trial_index.c.trial_id)
    plain = [column for column in T.trial_index.c if column.name != "id"]
    has = T.trial_terms.join(T.trial_index, number == T.trial_terms.c.trial).join(
        T.terms, T.terms.c.id == T.trial_terms.c.term
    )
    changes = [column for column in T.change_index.c if column.name != "trial"]
    facet, counted = (T.facets.c.registry, T.facets.c.status, T.facets.c.phases), T.term_counts.c.trials
    queries = {
        "trials": select(*plain),
        "terms": select(*key, T.terms.c.kind, T.terms.c.key, T.terms.c.slug).select_from(has),
        "words": select(*key, T.trial_words.c.word).join(T.trial_words, T.trial_words.c.trial == number),
        "changes": select(*key, *changes).join(T.change_index, T.change_index.c.trial == number),
        "slips": select(*key, T.terms.c.kind, T.terms.c.key, T.trial_terms.c.slip).select_from(has),
        "listed": select(*key, *facet, T.listed_trials.c.updated_on)
        .join(T.listed_trials, T.listed_trials.c.trial == number)
        .join(T.facets, T.facets.c.id == T.listed_trials.c.facet),
        "counts": select(T.terms.c.kind, T.terms.c.key, *facet, counted)
        .select_from(T.term_counts.join(T.facets, T.facets.c.id == T.term_counts.c.facet))
        .outerjoin(T.terms, T.terms.c.id == T.term_counts.c.term)
        .where(counted != 0),
        "in all": select(T.terms.c.kind, T.terms.c.key, T.terms.c.trials).where(T.terms.c.trials != 0),
        "days": select(T.change_counts),
    }
    with store.read() as tx:
        return {name: sorted(map(tuple, tx.execute(query)), key=repr) for name, query in queries.items()}


def a_history(program: Trying) -> list[str]:
    """Baselines, edits, a withdrawal, a removal and a merger; indexed now and then."""
    ids = sorted(program.sandbox.trial_ids())
    program.watch(*ids)
    program.check()
    index(program)
    program.sandbox.next_state(WITHDRAWN_LATER)
    program.sandbox.edit(ids[1], together(titled("Zoledronate in Sjögren"), verified_a_year_later), refresh=False)
    program.sandbox.edit(ids[2], together(led_by("Halden Biotherapeutics"), verified_a_year_later), refresh=False)
    program.sandbox.refresh()
    program.clock.advance(days=1)
    program.check()
    index(program)
    program.sandbox.remove(ids[4])
    for _ in range(4):
        program.sandbox.refresh()
        program.clock.advance(hours=13)
        program.check()
    program.sandbox.edit(ids[1], together(status_becomes("SUSPENDED", "No drug"), verified_a_year_later))
    program.clock.advance(days=3)
    program.check()
    return ids


def test_what_grew_is_what_a_new_start_makes(program: Trying) -> None:
    a_history(program)
    assert index(program).damaged == 0
    grown = rows(program.store)

    start_over(program.store)
    index(program)

    assert rows(program.store) == grown
    assert all(grown.values())


def test_a_change_is_found_as_soon_as_it_is_stored(program: Trying) -> None:
    """Its row is in the commit that stores the event; the trial's own row comes after."""
    program.watch(WITHDRAWN_LATER)
    program.check()
    program.sandbox.next_state(WITHDRAWN_LATER)
    program.check()

    with program.store.read() as tx:
        [found] = changed.page(tx, ChangeFilter(), after=None, limit=5)
        assert unindexed.some(tx, [program.registry.key], limit=5)
    assert (found.event_id, found.significance) == (program.events(WITHDRAWN_LATER)[0].id, Significance.CRITICAL)


def test_a_trial_is_found_by_what_its_latest_record_says(program: Trying) -> None:
    ids = a_history(program)
    index(program)

    with program.store.read() as tx:
        [zoledronate] = trial_lists.page(tx, TrialFilter(words=asked_for("SJOGREN zoledr")), after=None, limit=5)
        halden = TrialFilter(sponsor="halden biotherapeutics")
        assert [row.trial_id for row in trial_lists.page(tx, halden, after=None, limit=5)] == [ids[2]]
        [sponsor] = terms.listing(tx, SPONSOR, words=["halden"], limit=5)
        gone = trial_index.known(tx, [(program.registry.key, ids[4])])
        conditions = terms.most_frequent(tx, CONDITION, limit=50)
        of_first = TrialFilter(condition=conditions[0].key)
        assert trial_lists.count(tx, of_first) == conditions[0].trials
    assert (zoledronate.trial_id, zoledronate.status, zoledronate.title) == (
        ids[1],
        "SUSPENDED",
        "Zoledronate in Sjögren",
    )
    assert (sponsor.name, sponsor.slug, sponsor.trials) == ("Halden Biotherapeutics", "halden-biotherapeutics", 1)
    assert [row.state for row in gone.values()] == ["removed"]


def place_behind(trial: IndexedTrial) -> trial_lists.Place:
    return trial_lists.Place(trial.updated_on, (trial.registry, trial.trial_id))


def test_an_update_while_somebody_pages_repeats_no_trial_and_for_programs_leaves_out_none(program: Trying) -> None:
    ids = sorted(program.sandbox.trial_ids())
    program.watch(*ids)
    program.check()
    index(program)
    with program.store.read() as tx:
        newest = trial_lists.page(tx, TrialFilter(), after=None, limit=5)
        first = trial_lists.in_order(tx, TrialFilter(), after=None, limit=5)
    to_come = next(each for each in ids[5:] if each not in {row.trial_id for row in newest})
    for trial_id in (newest[-1].trial_id, first[-1].trial_id, to_come):
        program.sandbox.edit(trial_id, together(titled("Another title"), verified_a_year_later))
    program.clock.advance(days=1)
    program.check()
    index(program)
    with program.store.read() as tx:
        others = trial_lists.page(tx, TrialFilter(), after=place_behind(newest[-1]), limit=100)
        behind = (first[-1].registry, first[-1].trial_id)
        rest = trial_lists.in_order(tx, TrialFilter(), after=behind, limit=100)

    assert not {row.trial_id for row in newest} & {row.trial_id for row in others}
    assert [row.trial_id for row in [*first, *rest]] == ids


def test_pages_give_every_trial_and_every_event_once(program: Trying) -> None:
    ids = a_history(program)
    index(program)
    everything = ChangeFilter(least=Significance.ADMINISTRATIVE)
    with program.store.read() as tx:
        whole = changed.page(tx, everything, after=None, limit=100)
        parts, after = [], None
        while part := changed.page(tx, everything, after=after, limit=2):
            parts += part
            last = part[-1]
            after = Place(last.day, (int(last.significance), last.registry, last.trial_id, last.snapshot))
        trials: list[IndexedTrial] = []
        while some := trial_lists.page(tx, TrialFilter(), after=place_behind(trials[-1]) if trials else None, limit=5):
            trials += some
    assert parts == whole
    assert [(each.day, each.significance) for each in whole] == sorted(
        ((each.day, each.significance) for each in whole), reverse=True
    )
    assert {each.event_id for each in whole} == {event.id for each in ids for event in program.events(each)}
    assert sorted(row.trial_id for row in trials) == ids
    assert [row.updated_on for row in trials] == sorted((row.updated_on for row in trials), reverse=True)


def test_where_counts_are_wrong_a_page_leaves_no_event_out(quick: Trying) -> None:
    a_history(quick)
    index(quick)
    everything = ChangeFilter(least=Significance.ADMINISTRATIVE)
    with quick.store.begin() as tx:
        right = changed.page(tx, everything, after=None, limit=100)
        for count in (0, 1000):
            tx.execute(index_tables.change_counts.update().values(changes=count))
            assert changed.page(tx, everything, after=None, limit=100) == right
            assert changed.page(tx, everything, after=None, limit=3) == right[:3]


def test_counts_are_those_of_the_events(program: Trying) -> None:
    ids = a_history(program)
    index(program)
    told = [change for each in ids for event in program.events(each) for change in event.changes]
    least = Significance.MAJOR
    with program.store.read() as tx:
        matrix = changed.matrix(tx, ChangeFilter(least=least))
        wanted = ChangeFilter(least=least)
        since = changed.counts_since(tx, wanted, [program.clock().date(), None])
        by_day = changed.by_day(tx, wanted)
        sponsors, of = whose_changes.by_sponsor(tx, wanted, limit=50)
        trials = whose_changes.trials_changed(tx, wanted)
    assert sum(matrix.values()) == len(told)
    major = sum(change.significance >= least for change in told)
    assert since[1] == major == sum(sum(counts.values()) for counts in by_day.values())
    assert 0 < since[0] < major
    assert len(sponsors) == of
    assert trials == sum(any(e.significance >= least for e in program.events(each)) for each in ids)


def test_damage_harms_what_is_damaged(quick: Trying) -> None:
    ids = a_history(quick)
    damage_event(quick, ids[2])
    damage_snapshots(quick, ids[3], 1)

    start_over(quick.store)
    done = index(quick)

    assert (done.trials, done.damaged) == (len(ids), 2)
    with quick.store.read() as tx:
        known = trial_index.known(tx, [(quick.registry.key, ids[3])])
        found = changed.page(tx, ChangeFilter(least=Significance.ADMINISTRATIVE), after=None, limit=100)
        assert unindexed.count(tx) == 0
    assert [row.status for row in known.values()] == [None]
    assert ids[2] not in {each.trial_id for each in found}


def test_what_is_written_while_a_batch_is_read_stays_to_be_indexed(quick: Trying) -> None:
    """The batch was read before: its rows would be those of a snapshot that is not the latest any more."""
    quick.watch(WITHDRAWN_LATER)
    quick.check()
    first = quick.registry.parse

    def meanwhile(*arguments: Any) -> Any:
        quick.registry.parse = first  # type: ignore[method-assign]
        quick.sandbox.next_state(WITHDRAWN_LATER)
        quick.check()
        return first(*arguments)

    quick.registry.parse = meanwhile  # type: ignore[method-assign]
    index_missing(quick.store, [quick.registry], most=1)
    with quick.store.read() as tx:
        assert unindexed.count(tx) == 1
    index(quick)
    with quick.store.read() as tx:
        [row] = trial_index.known(tx, [(quick.registry.key, WITHDRAWN_LATER)]).values()
    assert (row.snapshot, row.status) == (2, "WITHDRAWN")


def test_a_database_from_before_the_index_gets_all_of_it(quick: Trying) -> None:
    a_history(quick)
    index(quick)
    grown = rows(quick.store)
    with quick.store.begin() as tx:
        for table in (
            "trial_words",
            "trial_terms",
            "terms",
            "trial_index",
            "change_index",
            "facets",
            "listed_trials",
            "term_counts",
            "change_counts",
        ):
            tx.execute(text(f"DELETE FROM {table}"))
        tx.execute(text("INSERT INTO unindexed SELECT registry, trial_id, TRUE FROM trials WHERE snapshot IS NOT NULL"))
    index(quick)

    assert rows(quick.store) == grown


def test_a_trial_that_nobody_watches_is_in_no_list(quick: Trying) -> None:
    quick.check(WITHDRAWN_LATER)
    index(quick)
    with quick.store.read() as tx:
        assert trial_lists.page(tx, TrialFilter(), after=None, limit=5) == []
        assert terms.listing(tx, SPONSOR, limit=5) == []
    quick.watch(WITHDRAWN_LATER)
    with quick.store.read() as tx:
        [row] = trial_lists.page(tx, TrialFilter(), after=None, limit=5)
        assert [each.trials for each in terms.listing(tx, SPONSOR, limit=5)] == [1]
    assert row.first_start_date == row.start_date


def test_changes_of_a_time_are_found_by_day(quick: Trying) -> None:
    a_history(quick)
    with quick.store.read() as tx:
        every = changed.page(tx, ChangeFilter(), after=None, limit=100)
        day = date.fromisoformat(every[-1].day)
        span = ChangeFilter(since=day, until=day + timedelta(days=1))
        assert {each.day for each in changed.page(tx, span, after=None, limit=100)} == {day.isoformat()}
        behind = changed.page(tx, ChangeFilter(), after=Place(every[0].day), limit=100)
    assert behind == [each for each in every if each.day < every[0].day]


@pytest.mark.parametrize("damage", [{"day": "2026-11-2x"}, {"day": "zzz"}, {"day": ""}, {"significance": 77}])
def test_a_damaged_row_of_the_index_harms_itself(quick: Trying, damage: dict[str, Any]) -> None:
    quick.watch(WITHDRAWN_LATER)
    quick.check()
    for title in ("One", "Two"):
        quick.sandbox.edit(WITHDRAWN_LATER, together(titled(title), verified_a_year_later))
        quick.clock.advance(days=1)
        quick.check()
    everything = ChangeFilter(least=Significance.ADMINISTRATIVE)
    with quick.store.begin() as tx:
        tx.execute(update(T.change_index).where(T.change_index.c.snapshot == 2).values(damage))
    with quick.store.read() as tx:
        assert [each.snapshot for each in changed.page(tx, everything, after=None, limit=9)] == [3]
        assert changed.matrix(tx, everything)
        changed.by_day(tx, everything)
