"""What a subscriber hears of an event, and why not the rest."""

import pytest

from monitor.fields import KINDS
from monitor.matching import matching, reason
from monitor.model import Change, Filters, Significance

ADMINISTRATIVE, MINOR, MAJOR, CRITICAL = Significance


def change(kind: str, significance: Significance = MAJOR, measure: dict[str, int | float] | None = None) -> Change:
    return Change(
        field="honey",
        path="",
        kind=kind,
        topic=str(KINDS[kind]),
        before=None,
        after=None,
        summary=f"Something about {kind}.",
        measure=measure,
        significance=significance,
    )


def filters(**given: object) -> Filters:
    return Filters(**{name: frozenset(value) if isinstance(value, list) else value for name, value in given.items()})


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
    told = reason(changed, filters(**given))

    assert (told is None) == (why_not is None)
    assert why_not is None or told.startswith(why_not)
    assert matching([changed], filters(**given)).passes == (why_not is None)


def test_an_event_passes_with_one_of_its_changes_and_keeps_their_order():
    match = matching([STOPPED, SITE, SLIPPED, CONTACTS], filters(topics=["status", "dates"]))

    assert match.passes
    assert match.changes == (STOPPED, SLIPPED)
    assert match.reasons == (
        (SITE, "topic sites is not among status, dates"),
        (CONTACTS, "topic administrative is not among status, dates"),
    )


def test_an_event_without_a_change_that_passes_does_not():
    match = matching([SITE, CONTACTS], filters(min_significance=CRITICAL))

    assert not match.passes
    assert [change for change, _ in match.reasons] == [SITE, CONTACTS]


def test_every_kind_passes_by_default_and_by_its_own_name_and_topic():
    for kind, topic in KINDS.items():
        changed = change(kind, MINOR)
        for given in ({}, {"topics": [str(topic)]}, {"kinds": [kind]}, {"kinds": [kind.split(".")[0]]}):
            assert matching([changed], filters(**given)).passes, (kind, given)
