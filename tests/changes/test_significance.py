import pytest

from monitor.changes.kinds import KINDS
from monitor.changes.rules import WeighingContext
from monitor.changes.significance import weigh, weigh_all
from monitor.model import Difference, Timing


def difference(kind: str, field: str = "anything", **members) -> Difference:
    given = {"before": None, "after": None, "summary": "Something changed.", **members}
    return Difference(field=field, path=field, kind=kind, topic=KINDS[kind].topic, **given)


BY_KIND = {
    "critical": """
        status.stopped status.reopened sponsor.lead outcome.primary.added outcome.primary.removed
        outcome.primary.measure results.posted results.removed trial.merged trial.removed trial.restored
        trial.withheld oversight.violation""",
    "major": """
        status.completed status.recruiting status.closed status.unknown status.changed why_stopped.added
        why_stopped.changed why_stopped.removed enrollment.actual enrollment.corrected outcome.primary.time_frame phase
        design.allocation design.masking arm.added arm.removed intervention.added intervention.removed eligibility.age
        eligibility.sex results.submitted results.returned trial.new trial.left date.unreadable expanded_access
        results.delayed results.waived eligibility.healthy_volunteers country.added country.removed
        trial.transferred""",
    "minor": """
        status.country
        enrollment.target enrollment.text
        date.slipped date.advanced date.actual date.added date.removed sponsor.collaborators
        sponsor.responsible_party outcome.primary.description outcome.secondary.added outcome.secondary.removed
        outcome.secondary.time_frame outcome.secondary.measure outcome.secondary.description outcome.other.added
        outcome.other.removed outcome.other.time_frame outcome.other.measure outcome.other.description outcome.promoted
        outcome.demoted study_type design.intervention_model design.primary_purpose arm.changed intervention.changed
        eligibility.criteria site.added site.removed site.status results.changed
        document.added document.removed title.brief title.official title.acronym other conditions
        keywords description.brief description.detailed design.observational_model design.time_perspective
        design.details eligibility.details oversight ipd_sharing references sponsor.organization identity.ids
        document.details""",
    "administrative": """
        date.precision outcome.primary.reworded outcome.secondary.reworded outcome.other.reworded verified updated
        contacts title.respelled why_stopped.respelled sponsor.respelled arm.respelled intervention.respelled
        eligibility.respelled site.respelled results.respelled other.respelled registered results.dates
        site.followed""",
}
EXPECTED = {kind: level for level, kinds in BY_KIND.items() for kind in kinds.split()}


def test_the_table_covers_every_kind():
    assert EXPECTED.keys() == KINDS.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_by_itself(kind):
    assert str(weigh(difference(kind)).significance) == EXPECTED[kind]


@pytest.mark.parametrize("field", ["start_date", "primary_completion_date", "completion_date"])
@pytest.mark.parametrize(("days", "significance"), [(0, "minor"), (-89, "minor"), (107, "major"), (-428, "major")])
def test_a_date_that_came_as_planned_is_minor_and_one_that_came_long_after_is_major(field, days, significance):
    assert str(weigh(difference("date.actual", field, measure={"days": days})).significance) == significance


@pytest.mark.parametrize(
    ("measure", "significance"),
    [
        ({"words_added": 3, "words_removed": 4, "decisive_words": 0}, "minor"),
        ({"words_added": 4, "words_removed": 4, "decisive_words": 0}, "major"),
        ({"words_added": 1, "words_removed": 0, "decisive_words": 1}, "major"),
    ],
)
def test_criteria_that_change_who_may_take_part_are_major(measure, significance):
    assert str(weigh(difference("eligibility.criteria", measure=measure)).significance) == significance


@pytest.mark.parametrize(
    ("days", "significance"), [(89, "minor"), (90, "major"), (-89, "minor"), (-90, "major"), (0, "minor")]
)
def test_ninety_days_are_major_in_either_direction(days, significance):
    assert str(weigh(difference("date.slipped", measure={"days": days})).significance) == significance


@pytest.mark.parametrize(("percent", "significance"), [(19.9, "minor"), (20.0, "major"), (-20.0, "major")])
def test_a_fifth_of_the_target_is_major_in_either_direction(percent, significance):
    sides = {"before": {"count": 1000}, "after": {"count": 1}}

    assert (
        str(weigh(difference("enrollment.target", measure={"percent": percent}, **sides)).significance) == significance
    )


@pytest.mark.parametrize("kind", ["enrollment.target", "enrollment.actual", "enrollment.corrected"])
def test_nobody_enrolled_is_critical(kind):
    assert str(weigh(difference(kind, after={"count": 0, "type": "ACTUAL"})).significance) == "critical"


@pytest.mark.parametrize(
    ("timing", "significance"),
    [
        (Timing.BEFORE_START, "minor"),
        (Timing.ENROLLING, "minor"),
        (Timing.AFTER_PRIMARY_COMPLETION, "critical"),
        (Timing.AFTER_RESULTS, "critical"),
        (None, "minor"),
    ],
)
def test_a_primary_outcome_weighs_more_once_the_data_may_be_known(timing, significance):
    assert str(weigh(difference("outcome.primary.description", timing=timing)).significance) == significance


@pytest.mark.parametrize("kind", ["site.added", "site.removed"])
def test_a_country_is_major(kind):
    assert str(weigh(difference(kind, measure={"sites": 9, "countries": 0})).significance) == "minor"
    assert str(weigh(difference(kind, measure={"sites": 1, "countries": 1})).significance) == "major"


def test_a_sponsor_under_the_same_name_is_minor():
    sides = {"before": {"name": "Apis  Medical", "class": "OTHER"}, "after": {"name": "APIS Medical"}}

    assert str(weigh(difference("sponsor.lead", **sides)).significance) == "minor"


def test_a_role_change_of_a_primary_outcome_is_critical():
    assert str(weigh(difference("outcome.demoted", "primary_outcomes")).significance) == "critical"


def test_a_trial_that_comes_back_after_it_was_gone_keeps_the_weight_of_its_changes():
    returned, lead = difference("trial.restored", "trial_id"), difference("sponsor.lead")

    assert [str(change.significance) for change in weigh_all([lead, returned])] == ["critical", "critical"]


def test_the_redaction_itself_is_critical():
    redaction, lead = difference("trial.withheld", "overall_status"), difference("sponsor.lead")

    assert WeighingContext.of([redaction, lead]).redacted
    assert [str(change.significance) for change in weigh_all([lead, redaction])] == ["critical", "administrative"]


def test_changes_of_one_weight_keep_the_order_of_topics():
    kinds = ["title.brief", "document.added", "date.added", "other", "site.added", "document.removed"]

    found = [change.kind for change in weigh_all([difference(kind) for kind in kinds])]

    assert found == ["date.added", "site.added", "document.added", "document.removed", "title.brief", "other"]
