"""What several changes of one trial come to: the direct difference, or nothing, and never a change lost."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.changes.diff import apply
from monitor.changes.events import changes_between
from monitor.changes.netting import Net, net
from monitor.model import Change, Enrollment, Event, Outcome, Record, Significance, Site, Timing
from tests.changes.diff.edits import PLANTED
from tests.changes.diff.records import COST, GHENT, HEALING, LYON, NAPLES, PAIN, coded, dated, record
from tests.changes.diff.test_what_must_hold import watched
from tests.sample_sizes import examples

BEGUN = datetime(2026, 3, 9, 8, tzinfo=UTC)
OSLO, TURKU = (
    Site("Research Site", city, None, None, country, "RECRUITING")
    for city, country in (("Oslo", "Norway"), ("Turku", "Finland"))
)
ONE_AFTER_THE_OTHER = ("has_results", "submissions", "results", "rest")
"""Fields that hold places only, or whose edits bring about others."""


def events(*versions: Record) -> list[tuple[Event, tuple[Change, ...]]]:
    """What a trial told that had these versions, an hour apart."""
    told = []
    for number, (before, after) in enumerate(itertools.pairwise(versions), 2):
        at = BEGUN + timedelta(hours=number)
        if changes := changes_between(before, after, on=at.date()):
            event = Event(
                registry=after.registry, trial_id=after.trial_id, snapshot=number, occurred_at=at, changes=changes
            )
            told.append((event, changes))
    return told


def netted(*versions: Record) -> list[Net]:
    return net(events(*versions))


def only(nets: Sequence[Net]) -> Net:
    assert len(nets) == 1, [each.change.summary for each in nets]
    return nets[0]


STATUSES = [record(overall_status=coded(code)) for code in ("RECRUITING", "SUSPENDED", "ACTIVE_NOT_RECRUITING")]


def test_one_change_is_told_as_it_is():
    told = events(record(), record(enrollment=Enrollment(60, "ESTIMATED")))

    found = only(net(told))

    assert found.change is told[0][1][0]
    assert [(step.event, step.change) for step in found.steps] == [(told[0][0], found.change)]
    assert not found.is_folded


def test_two_moves_of_a_date_are_one_and_weigh_what_it_comes_to():
    found = only(netted(*(record(completion_date=dated(day)) for day in ("2027-09-30", "2027-11-15", "2028-01-10"))))

    assert (found.change.before["date"], found.change.after["date"]) == ("2027-09-30", "2028-01-10")
    assert found.change.kind == "date.slipped"
    assert found.change.measure == {"days": 102}
    assert found.change.significance is Significance.MAJOR
    assert [step.change.significance for step in found.steps] == [Significance.MINOR] * 2


def test_a_status_that_is_back_is_folded_and_weighs_little():
    recruiting, suspended, _ = STATUSES

    found = only(netted(recruiting, suspended, recruiting))

    assert found.is_folded
    assert found.change.significance is Significance.MINOR
    assert [step.change.after for step in found.steps] == ["SUSPENDED", "RECRUITING"]


def test_a_status_that_went_on_is_told_by_where_it_came_to():
    found = only(netted(*STATUSES))

    assert (found.change.before, found.change.after) == ("RECRUITING", "ACTIVE_NOT_RECRUITING")
    assert found.change.kind == "status.closed"
    assert len(found.steps) == 2


def test_where_a_step_was_not_asked_for_nothing_is_folded():
    """From suspended it may have gone anywhere: that it is back where it was is not known from these two."""
    recruiting, suspended, closed = STATUSES
    told = events(recruiting, suspended, closed, recruiting)

    found = net([told[0], told[2]])

    assert [(each.change.before, each.change.after) for each in found] == [
        ("RECRUITING", "SUSPENDED"),
        ("ACTIVE_NOT_RECRUITING", "RECRUITING"),
    ]


def test_a_code_keeps_the_registrys_own_words():
    own = [
        record(overall_status=replace(coded(code), words=words))
        for code, words in (
            ("NOT_YET_RECRUITING", "Authorised, recruitment pending"),
            ("RECRUITING", "Ongoing, recruiting"),
            ("ACTIVE_NOT_RECRUITING", "Ongoing, recruitment ended"),
        )
    ]

    found = only(netted(*own))

    assert "from Authorised, recruitment pending to Ongoing, recruitment ended" in found.change.summary
    assert found.change.words["ACTIVE_NOT_RECRUITING"] == "Ongoing, recruitment ended"


def test_a_late_change_stays_a_late_one():
    ended = {"primary_completion_date": dated("2025-12-31", "ACTUAL")}
    frames = [
        record(primary_outcomes=(replace(HEALING, time_frame=each),), **ended)
        for each in ("12 weeks", "6 weeks", "1 year")
    ]

    found = only(netted(*frames))

    assert found.change.kind == "outcome.primary.time_frame"
    assert found.change.timing is Timing.AFTER_PRIMARY_COMPLETION
    assert found.change.significance is Significance.CRITICAL
    assert found.change.summary.endswith("after the primary completion date.")


def test_sites_that_left_again_are_taken_from_those_that_came():
    base = (GHENT, NAPLES, LYON)

    found = only(netted(*(record(sites=each) for each in (base, (*base, OSLO, TURKU), (*base, OSLO)))))

    assert [site["city"] for site in found.change.after] == ["Oslo"]
    assert found.left_out == 1
    assert not found.is_folded


@pytest.mark.parametrize("between", [(GHENT,), (GHENT, NAPLES, LYON, OSLO)])
def test_sites_that_came_and_went_or_went_and_came_are_folded(between):
    base = (GHENT, NAPLES, LYON)

    assert only(netted(record(sites=base), record(sites=between), record(sites=base))).is_folded


def test_sites_of_which_only_some_were_new_leave_as_they_are_told():
    base = (GHENT, NAPLES, LYON)

    found = netted(*(record(sites=each) for each in (base, (*base, OSLO), (GHENT, NAPLES))))

    assert sorted(each.change.kind for each in found) == ["site.added", "site.removed"]
    assert sorted(len(each.change.after or each.change.before) for each in found) == [1, 2]


@pytest.mark.parametrize("field", ["secondary_outcomes", "primary_outcomes"])
def test_an_outcome_that_is_back_in_its_wording_is_folded(field):
    before, between = (
        record(**{field: (PAIN,)}),
        record(**{field: (replace(PAIN, measure="Pain, on a scale from 0 to 10"),)}),
    )

    assert all(each.is_folded for each in netted(before, between, before))


def test_an_outcome_that_was_added_changed_and_removed_is_folded():
    ice = Outcome("Ice applied to the ankle", "Week 2")
    base = record().secondary_outcomes

    found = netted(
        *(
            record(secondary_outcomes=each)
            for each in (base, (*base, ice), (*base, replace(ice, time_frame="Week 3")), base)
        )
    )

    assert only(found).is_folded
    assert len(only(found).steps) == 3


def test_of_sites_that_are_alike_each_is_counted():
    base = (GHENT, NAPLES, LYON)

    found = only(netted(*(record(sites=each) for each in (base, (*base, OSLO, OSLO, TURKU), (*base, OSLO)))))

    assert [site["city"] for site in found.change.after] == ["Oslo"]
    assert found.left_out == 2


def test_one_that_came_while_another_was_away_is_told_by_itself():
    base, others = (PAIN, COST), (COST,)
    ice = Outcome("Ice applied to the ankle", "Week 2")

    found = netted(*(record(secondary_outcomes=each) for each in (base, others, (*others, ice), others, base)))

    assert [each.is_folded for each in found] == [True, True]
    assert [len(each.steps) for each in found] == [2, 2]


def test_folded_ones_come_last_and_the_others_by_significance():
    versions = [
        record(),
        record(enrollment=Enrollment(115, "ESTIMATED"), brief_title="Honey"),
        record(enrollment=Enrollment(115, "ESTIMATED"), overall_status=coded("TERMINATED")),
    ]

    found = netted(*versions)

    assert [each.change.field for each in found] == ["overall_status", "enrollment", "brief_title"]
    assert [each.is_folded for each in found] == [False, False, True]


def pool() -> list[Record]:
    """The honey trial, and what it is after each planted edit."""
    fields = [field for field in sorted(PLANTED) if field not in ONE_AFTER_THE_OTHER]
    return [record(), *(edit(record()) for field in fields for edit, _ in PLANTED[field])]


POOL = pool()


@examples(40, 400)  # each compares several records
@given(
    st.lists(st.sampled_from(POOL), min_size=3, max_size=3, unique_by=id).flatmap(
        lambda some: st.lists(st.sampled_from(some), min_size=2, max_size=6)
    )
)
def test_whatever_happened_the_net_leads_from_the_first_version_to_the_last_and_loses_no_change(versions):
    told = events(*versions)
    found = net(told)

    steps = [step.change for each in found for step in each.steps]
    assert {id(change) for change in steps} == {id(change) for _, changes in told for change in changes}
    order = {id(change): place for place, change in enumerate(change for _, changes in told for change in changes)}
    standing = sorted((each for each in found if not each.is_folded), key=lambda each: order[id(each.steps[0].change)])
    assert watched(apply([each.change for each in standing], versions[0])) == watched(versions[-1])


SINGLE = {
    "enrollment": st.builds(
        Enrollment, st.sampled_from([60, 100, 119, 120, 500]), st.sampled_from(["ESTIMATED", "ACTUAL"])
    ),
    "completion_date": st.builds(
        dated,
        st.sampled_from(["2027-09-30", "2027-09", "2027-12-01", "2029", "soon"]),
        st.sampled_from(["ESTIMATED", "ACTUAL"]),
    ),
    "overall_status": st.sampled_from(["RECRUITING", "SUSPENDED", "WITHDRAWN", "COMPLETED", "UNKNOWN"]).map(coded),
    "brief_title": st.sampled_from(["Honey", "honey.", "Honey and saline", "Something else"]),
    "masking": st.sampled_from(["NONE", "SINGLE", "DOUBLE"]).map(coded),
}


@examples(60, 500)  # as above
@given(
    st.sampled_from(sorted(SINGLE)).flatmap(
        lambda field: st.tuples(st.just(field), st.lists(SINGLE[field], min_size=2, max_size=5))
    )
)
def test_a_single_value_comes_to_the_direct_difference(walk):
    field, values = walk
    versions = [record(**{field: value}) for value in values]

    found = [each for each in netted(*versions) if not each.is_folded and each.change.field == field]

    direct = [change for change in changes_between(versions[0], versions[-1], on=BEGUN.date()) if change.field == field]
    told = [(each.change.kind, each.change.before, each.change.after, each.change.significance) for each in found]
    assert told == [(each.kind, each.before, each.after, each.significance) for each in direct]
