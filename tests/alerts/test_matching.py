"""What a subscriber hears of an event, and why not the rest."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from monitor.alerts.matching import matching, tells
from monitor.alerts.refusals import Refused, reason, refused_for
from monitor.changes.kinds import KINDS
from monitor.model import Change, Endpoint, Filters, Significance, Subscription, WatchGroup

ADMINISTRATIVE, MINOR, MAJOR, CRITICAL = Significance


def change(kind: str, significance: Significance = MAJOR, measure: dict[str, int | float] | None = None) -> Change:
    return Change(
        field="honey",
        path="",
        kind=kind,
        topic=str(KINDS[kind].topic),
        before=None,
        after=None,
        summary=f"Something about {kind}.",
        measure=measure,
        significance=significance,
    )


def asking(
    *, watch_id: int | None = None, group: WatchGroup | None = None, everything: bool = False, **given: object
) -> Subscription:
    """A subscription with these filters; to trials by name, unless it is said otherwise."""
    filters = {name: frozenset(value) if isinstance(value, list) else value for name, value in given.items()}
    return Subscription(
        id="7b0e6c1e-0000-4000-8000-000000000001",
        endpoint=Endpoint(id="e", channel="email", shown="ops@example.org", address="ops@example.org"),
        watch_id=watch_id,
        group=group,
        everything=everything,
        filters=Filters(**filters),
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


STOPPED = change("status.stopped", CRITICAL)
SLIPPED = change("date.slipped", MINOR, {"days": 12, "days_since_baseline": 412})
BROUGHT_FORWARD = change("date.advanced", MAJOR, {"days": -92})
ADDED_DATE = change("date.added", MINOR)
PRECISE = change("date.precision", ADMINISTRATIVE, {"days": 0})
CUT = change("enrollment.target", MINOR, {"percent": -8.3})
RAISED = change("enrollment.target", MAJOR, {"percent": 50.0})
NEW_TARGET = change("enrollment.target", MINOR)
EMPTIED = change("enrollment.target", CRITICAL, {"percent": -100.0})
FEW_BUT_NONE_LEFT = change("enrollment.actual", CRITICAL, {"percent": -1.0})
CRITERIA = change("eligibility.criteria", MINOR, {"percent": 1.0, "days": 1})
PRIMARY = change("outcome.primary.added", CRITICAL)
SECONDARY = change("outcome.secondary.added", MINOR)
SITE = change("site.added", MINOR, {"sites": 2, "countries": 0})
CONTACTS = change("contacts", ADMINISTRATIVE)
VERIFIED = change("verified", ADMINISTRATIVE)

CASES = [
    # By default, all but what is administrative.
    ({}, SITE, None),
    ({}, CONTACTS, "significance administrative is below minor"),
    ({}, PRECISE, "significance administrative is below minor"),
    # Topics.
    ({"topics": ["status", "dates"]}, STOPPED, None),
    ({"topics": ["dates", "status"]}, SITE, "topic sites is not among status, dates"),
    ({"topics": ["dates"]}, STOPPED, "topic status is not among dates"),
    # Kinds, by name or by what they begin with.
    ({"kinds": ["outcome.primary.added"]}, PRIMARY, None),
    ({"kinds": ["outcome.primary"]}, PRIMARY, None),
    ({"kinds": ["outcome"]}, SECONDARY, None),
    ({"kinds": ["outcome.primary"]}, SECONDARY, "kind outcome.secondary.added is not among outcome.primary"),
    ({"kinds": ["outcome.prim"]}, PRIMARY, "kind outcome.primary.added is not among outcome.prim"),
    ({"kinds": ["outcome.primary.added.late"]}, PRIMARY, "kind outcome.primary.added is not among outcome.primary.ad"),
    # Topics and kinds add up.
    ({"topics": ["status"], "kinds": ["outcome.primary"]}, STOPPED, None),
    ({"topics": ["status"], "kinds": ["outcome.primary"]}, PRIMARY, None),
    (
        {"topics": ["status"], "kinds": ["outcome.primary", "arm"]},
        SITE,
        "topic sites is not among status, and kind site.added is not among arm, outcome.primary",
    ),
    # Significance.
    ({"min_significance": MAJOR}, SITE, "significance minor is below major"),
    ({"min_significance": MAJOR}, RAISED, None),
    ({"min_significance": MAJOR}, STOPPED, None),
    ({"min_significance": CRITICAL}, RAISED, "significance major is below critical"),
    ({"min_significance": ADMINISTRATIVE}, CONTACTS, None),
    # Administrative changes come where they are named plainly.
    ({"topics": ["administrative"]}, CONTACTS, None),
    ({"topics": ["administrative"], "min_significance": MAJOR}, CONTACTS, None),
    ({"kinds": ["contacts"]}, CONTACTS, None),
    ({"kinds": ["contacts"]}, VERIFIED, "kind verified is not among contacts"),
    ({"kinds": ["date.precision"]}, PRECISE, None),
    ({"kinds": ["date"]}, PRECISE, "significance administrative is below minor"),
    ({"topics": ["dates"]}, PRECISE, "significance administrative is below minor"),
    ({"kinds": ["site.added"], "min_significance": MAJOR}, SITE, "significance minor is below major"),
    # Days concern dates that moved.
    ({"min_days": 30}, SLIPPED, "moves by 12 days, fewer than 30"),
    ({"min_days": 12}, SLIPPED, None),
    ({"min_days": 30}, BROUGHT_FORWARD, None),
    ({"min_days": 100}, BROUGHT_FORWARD, "moves by 92 days, fewer than 100"),
    ({"min_days": 30}, ADDED_DATE, None),
    ({"min_days": 30}, CRITERIA, None),
    ({"min_days": 30}, CUT, None),
    ({"min_days": 0}, SLIPPED, None),
    # Percents concern enrollments that moved.
    ({"min_percent": 20}, CUT, "changes by 8.3 %, less than 20 %"),
    ({"min_percent": 8.3}, CUT, None),
    ({"min_percent": 20}, RAISED, None),
    ({"min_percent": 50.5}, RAISED, "changes by 50 %, less than 50.5 %"),
    ({"min_percent": 20}, NEW_TARGET, None),
    ({"min_percent": 20}, CRITERIA, None),
    ({"min_percent": 20}, SLIPPED, None),
    # What is critical is never too small, though it may be of another topic.
    ({"min_percent": 200}, EMPTIED, None),
    ({"min_percent": 20}, FEW_BUT_NONE_LEFT, None),
    ({"min_percent": 20, "topics": ["status"]}, EMPTIED, "topic enrollment is not among status"),
]


@pytest.mark.parametrize(("given", "changed", "why_not"), CASES)
def test_a_change_passes_or_is_refused_with_its_reason(given, changed, why_not):
    told = reason(changed, asking(**given))

    assert (told is None) == (why_not is None)
    assert why_not is None or told.startswith(why_not)
    assert matching([changed], asking(**given)).passes == (why_not is None)


@pytest.mark.parametrize(("given", "changed", "why_not"), CASES)
def test_what_is_refused_is_counted_under_what_it_is_refused_for(given, changed, why_not):
    asked = asking(**given)

    counted = refused_for(changed, asked)

    assert (counted is None) == (why_not is None) == tells([changed], asked)
    assert counted is None or given.keys() & ASKED_BY[counted] or counted is Refused.SIGNIFICANCE


ASKED_BY = {
    Refused.NOT_NAMED: {"topics", "kinds"},
    Refused.WITHOUT: {"without"},
    Refused.SIGNIFICANCE: {"min_significance"},
    Refused.PERCENT: {"min_percent"},
    Refused.DAYS: {"min_days"},
}


def test_an_event_passes_with_one_of_its_changes_and_keeps_their_order():
    match = matching([STOPPED, SITE, SLIPPED, CONTACTS], asking(topics=["status", "dates"]))

    assert match.passes
    assert match.changes == (STOPPED, SLIPPED)
    assert match.reasons == (
        (SITE, "topic sites is not among status, dates"),
        (CONTACTS, "topic administrative is not among status, dates"),
    )


def test_an_event_without_a_change_that_passes_does_not():
    match = matching([SITE, CONTACTS], asking(min_significance=CRITICAL))

    assert not match.passes
    assert [change for change, _ in match.reasons] == [SITE, CONTACTS]


def test_every_kind_passes_by_default_and_by_its_own_name_and_topic():
    for kind, declared in KINDS.items():
        changed = replace(change(kind, MINOR), before={"watch_id": 7})
        for given in ({}, {"topics": [str(declared.topic)]}, {"kinds": [kind]}, {"kinds": [kind.split(".")[0]]}):
            assert matching([changed], asking(watch_id=7, **given)).passes, (kind, given)


# What a trial that joins or leaves a watch tells

JOINED = replace(change("trial.new"), field="trial_id", after={"trial_id": "NCT05550001"})
LEFT = replace(change("trial.left"), field="trial_id", before={"trial_id": "NCT05550001", "watch_id": 7})


@pytest.mark.parametrize("scope", [{"watch_id": 7}, {"everything": True}])
def test_a_new_trial_passes_whatever_topics_were_named(scope):
    assert matching([JOINED], asking(topics=["sites"], **scope)).passes
    assert not matching([JOINED], asking(topics=["sites"], without=["trial.new"], **scope)).passes
    assert not matching([JOINED], asking(min_significance=CRITICAL, **scope)).passes


@pytest.mark.parametrize("kind", ["trial.merged", "trial.removed"])
def test_a_trial_that_the_registry_takes_away_is_told_to_those_who_follow_a_watch(kind):
    assert matching([change(kind, CRITICAL)], asking(topics=["sites"], watch_id=7)).passes
    assert not matching([change(kind, CRITICAL)], asking(topics=["sites"])).passes


def test_a_trial_that_leaves_is_told_to_those_who_subscribed_to_that_watch():
    assert matching([LEFT], asking(topics=["sites"], watch_id=7)).passes
    for other in ({"watch_id": 8}, {"everything": True}, {}):
        assert reason(LEFT, asking(**other)) == "trial.left is about a watch that this subscription is not about"


def test_a_trial_left_a_group_of_watches_once_no_watch_of_it_holds_the_trial():
    moved = replace(LEFT, before={**LEFT.before, "still_in": [9, 12]})
    group = WatchGroup(1, "rivals", frozenset((7, 8, 9)))
    without_nine = replace(group, watches=frozenset((7, 8)))
    elsewhere = replace(group, watches=frozenset((8, 9)))

    assert matching([LEFT], asking(group=group)).passes
    assert reason(moved, asking(group=group)) == "it left one watch of the group, and another one holds it still"
    assert matching([moved], asking(group=without_nine)).passes
    assert matching([moved], asking(watch_id=7)).passes
    assert not matching([LEFT], asking(group=elsewhere)).passes
    assert matching([JOINED], asking(topics=["sites"], group=group)).passes


def test_what_is_never_to_be_told_is_not_told_however_critical():
    assert reason(STOPPED, asking(without=["status"])) == "kind status.stopped is among those never to be told: status"


# What explains a change that is told

REOPENED = replace(change("status.reopened", CRITICAL), field="overall_status")
REASON_GONE = replace(change("why_stopped.removed"), field="why_stopped")
STOP = replace(STOPPED, field="overall_status")
COUNTED = replace(change("enrollment.actual"), field="enrollment")


def test_a_status_is_told_beside_the_reason_that_went_with_it():
    found = matching([REOPENED, REASON_GONE, SITE], asking(kinds=["why_stopped"]))

    assert found.changes == (REOPENED, REASON_GONE)


def test_a_stop_is_told_beside_the_enrollment_that_ended_with_it():
    assert matching([STOP, COUNTED, SITE], asking(topics=["enrollment"])).changes == (STOP, COUNTED)
    assert matching([STOP, SITE], asking(topics=["sites"])).changes == (SITE,)
    assert matching([REOPENED, COUNTED], asking(topics=["enrollment"])).changes == (COUNTED,)


def test_nothing_is_explained_that_is_not_told_and_nothing_told_that_is_unwanted():
    assert not matching([STOP, REASON_GONE], asking(topics=["sites"])).passes
    assert matching([STOP, COUNTED], asking(topics=["enrollment"], without=["status"])).changes == (COUNTED,)
