"""Everything that is known of one trial, as its page, the API and agents show it."""

from datetime import date

import pytest

from monitor.errors import NothingFound
from monitor.model import Document, Settlement, Significance, State
from monitor.model.ids import event_id
from monitor.storage import archived, quarantine, settlements, snapshots
from monitor.storage.archived import ArchivedDocument
from monitor.views.plan import drift_of
from monitor.views.trial_page import WholeTrial, whole_trial
from tests.databases import counted_statements
from tests.program import WITHDRAWN_LATER, Trying
from tests.studies import edited, status_becomes
from tests.views.asking import damage_event, damage_snapshots, publish


def seen(program: Trying, trial_id: str = WITHDRAWN_LATER) -> WholeTrial:
    return whole_trial(trial_id, registry=program.registry, store=program.store, all_registries=[program.registry])


def withdrawn(program: Trying) -> None:
    program.watch(WITHDRAWN_LATER)
    program.check()
    program.sandbox.next_state(WITHDRAWN_LATER)
    program.clock.advance(days=1)
    program.check()


def test_a_trial_is_told_with_its_plan_at_each_snapshot_on_either_store(program: Trying) -> None:
    withdrawn(program)

    trial = seen(program)

    assert [each.number for each in trial.taken] == [1, 2]
    assert [each.overall_status.code for each in trial.plans if each.overall_status] == [
        "NOT_YET_RECRUITING",
        "WITHDRAWN",
    ]
    assert trial.plans[-1].is_stopped
    assert [each.enrollment.count for each in trial.plans if each.enrollment] == [20, 0]
    assert trial.latest is not None
    assert (trial.latest.number, trial.latest.significance) == (2, Significance.CRITICAL)
    assert (trial.news, trial.record and trial.record.why_stopped) == (1, "Because economic problems")
    assert (trial.watching.is_watched, trial.watching.ended) == (True, "Withdrawn")
    assert trial.watching.verified_at == program.clock()


def test_a_baseline_alone_tells_nothing_yet(quick: Trying) -> None:
    quick.check(WITHDRAWN_LATER)

    trial = seen(quick)

    assert (len(trial.taken), trial.latest, trial.news, trial.watching.is_watched) == (1, None, 0, False)


def test_of_a_trial_that_was_never_read_nothing_is_found(quick: Trying) -> None:
    with pytest.raises(NothingFound, match="NCT09999999"):
        seen(quick, "NCT09999999")


def test_damage_harms_its_own_line_alone(quick: Trying) -> None:
    withdrawn(quick)
    publish(quick, WITHDRAWN_LATER, edited(designModule__enrollmentInfo={"count": 3, "type": "ACTUAL"}))
    damage_snapshots(quick, WITHDRAWN_LATER, 2)

    trial = seen(quick)

    assert [each.trouble is not None for each in trial.taken] == [False, True, False]
    assert [each.number for each in trial.plans] == [1, 3]
    assert trial.taken[1].changes, "what it told is kept beside it"
    assert trial.snapshot is not None
    assert trial.snapshot.number == 3

    damage_event(quick, WITHDRAWN_LATER)
    trial = seen(quick)
    assert [bool(each.trouble) for each in trial.taken] == [False, True, True]
    assert trial.record is not None


def test_where_the_latest_is_damaged_the_one_before_stands_in(quick: Trying) -> None:
    withdrawn(quick)
    damage_snapshots(quick, WITHDRAWN_LATER, 2)

    trial = seen(quick)

    assert trial.snapshot is not None
    assert trial.snapshot.number == 1
    assert trial.taken[-1].trouble is not None
    assert trial.taken[-1].state is None


def test_what_is_not_told_yet_says_so(quick: Trying) -> None:
    withdrawn(quick)
    key = event_id(quick.registry.key, WITHDRAWN_LATER, 2)
    with quick.store.begin() as tx:
        settlements.pend(tx, quick.registry.key, {key: 1})

    settled = seen(quick).taken[-1].settled

    assert settled is not None
    assert settled.settlement is Settlement.PENDING


def test_pages_from_before_the_first_look_come_first(quick: Trying) -> None:
    withdrawn(quick)
    with quick.store.begin() as tx:
        content = snapshots.get(tx, quick.registry.key, WITHDRAWN_LATER, 1).document.content
        earlier = content.replace(
            b'"completionDateStruct":{"date":"', b'"completionDateStruct":{"date":"2012-01","was":"'
        )
        document = Document(quick.registry.key, WITHDRAWN_LATER, earlier)
        archived.add(tx, [ArchivedDocument(document, date(2014, 4, 17), "saved.html", quick.clock())])

    trial = seen(quick)

    assert [each.number for each in trial.taken] == [0, 1, 2]
    assert trial.taken[0].source == "saved.html"
    assert trial.first is not None
    assert trial.first[0].number == 0
    assert [change.field for change in trial.taken[1].changes if change.topic == "dates"] == ["completion_date"]
    drift = drift_of(trial.plans, "completion_date")
    assert drift is not None
    assert (drift.first.text, drift.has_moved) == ("2012-01", True)
    assert trial.latest is not None
    assert trial.latest.number == 2


def test_a_trial_that_is_gone_keeps_the_plan_that_it_had(quick: Trying) -> None:
    withdrawn(quick)
    quick.sandbox.remove(WITHDRAWN_LATER)
    for _ in range(4):
        quick.clock.advance(days=2)
        quick.check()

    trial = seen(quick)

    assert trial.state is State.REMOVED
    assert trial.plans[-1].state is State.REMOVED
    assert trial.plans[-1].enrollment == trial.plans[-2].enrollment
    assert trial.watching.ended is None


def test_an_answer_that_was_not_believed_is_named(quick: Trying) -> None:
    withdrawn(quick)
    with quick.store.begin() as tx:
        number = quarantine.add(
            tx, quick.registry.key, WITHDRAWN_LATER, reason="no record", raw=b"<html>", at=quick.clock()
        )

    assert seen(quick).watching.refused == (number, quick.clock())


def test_more_snapshots_take_no_more_statements(quick: Trying) -> None:
    withdrawn(quick)
    publish(quick, WITHDRAWN_LATER, status_becomes("WITHDRAWN", "The first reason"))
    with counted_statements() as few:
        seen(quick)
    for number in range(5):
        publish(quick, WITHDRAWN_LATER, status_becomes("WITHDRAWN", f"Reason {number}"))
    with counted_statements() as many:
        assert len(seen(quick).taken) == 8

    assert len(many) == len(few) <= 20
