import pytest

from monitor.changes.diff import apply, diff
from tests.changes.diff.records import ON, changes, coded, differences, kinds, only, record


def status(code: str | None):
    return coded(code) if code else None


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("RECRUITING", "TERMINATED", "status.stopped"),
        ("RECRUITING", "SUSPENDED", "status.stopped"),
        ("NOT_YET_RECRUITING", "WITHDRAWN", "status.stopped"),
        ("SUSPENDED", "TERMINATED", "status.stopped"),
        ("SUSPENDED", "RECRUITING", "status.reopened"),
        ("WITHDRAWN", "NOT_YET_RECRUITING", "status.reopened"),
        ("COMPLETED", "ACTIVE_NOT_RECRUITING", "status.reopened"),
        ("ACTIVE_NOT_RECRUITING", "RECRUITING", "status.reopened"),
        ("ACTIVE_NOT_RECRUITING", "ENROLLING_BY_INVITATION", "status.reopened"),
        ("TERMINATED", "ENROLLING_BY_INVITATION", "status.reopened"),
        ("ACTIVE_NOT_RECRUITING", "COMPLETED", "status.completed"),
        ("TERMINATED", "COMPLETED", "status.completed"),
        ("NOT_YET_RECRUITING", "RECRUITING", "status.recruiting"),
        ("UNKNOWN", "RECRUITING", "status.recruiting"),
        ("RECRUITING", "ENROLLING_BY_INVITATION", "status.recruiting"),
        ("RECRUITING", "ACTIVE_NOT_RECRUITING", "status.closed"),
        ("UNKNOWN", "COMPLETED", "status.completed"),
        ("RECRUITING", "UNKNOWN", "status.unknown"),
        ("RECRUITING", "NOT_YET_RECRUITING", "status.changed"),
        ("AVAILABLE", "NO_LONGER_AVAILABLE", "status.changed"),
        ("NO_LONGER_AVAILABLE", "AVAILABLE", "status.changed"),
        ("RECRUITING", "PAUSED_FOR_TEA", "status.changed"),
        (None, "RECRUITING", "status.recruiting"),
        ("RECRUITING", None, "status.changed"),
        ("RECRUITING", "WITHHELD", "trial.withheld"),
        ("WITHHELD", "TERMINATED", "trial.restored"),
    ],
)
def test_a_move_of_the_overall_status_has_a_kind(before, after, kind):
    last_known = {"last_known_status": status(before)} if after == "UNKNOWN" else {}
    former = record(overall_status=status(before))

    found = only(differences(former, record(overall_status=status(after), **last_known)))

    assert (found.kind, found.before, found.after) == (kind, before, after)
    assert found.path == "status.overall"


def test_the_reason_stands_in_the_status_change_and_is_a_change_of_its_own():
    stopped = record(overall_status=coded("TERMINATED"), why_stopped="Honey supplier closed")

    found = changes(record(), stopped)

    assert [change.kind for change in found] == ["status.stopped", "why_stopped.added"]
    assert found[0].summary == "Overall status went from Recruiting to Terminated: “Honey supplier closed”."
    assert [str(change.significance) for change in found] == ["critical", "critical"]


def test_a_status_goes_back_only_to_one_that_it_is_known_to_have_had():
    ended, recruiting = (record(overall_status=coded(each)) for each in ("TERMINATED", "RECRUITING"))
    planned = record(overall_status=coded("NOT_YET_RECRUITING"))

    for first, words in (
        (planned, "Overall status went from Terminated to Recruiting, open again."),
        (recruiting, "Overall status went back from Terminated to Recruiting."),
        (None, "Overall status went from Terminated to Recruiting, open again."),
    ):
        (told,) = diff(ended, recruiting, on=ON, baseline=lambda first=first: first)
        assert (told.kind, told.summary) == ("status.reopened", words)


def test_a_reason_that_changes_later_is_major():
    before = record(overall_status=coded("SUSPENDED"), why_stopped="Audit")
    found = changes(before, record(overall_status=coded("SUSPENDED"), why_stopped="Audit of the supplier"))

    assert (found[0].kind, str(found[0].significance)) == ("why_stopped.changed", "major")
    assert found[0].summary == "Reason for stopping changed from “Audit” to “Audit of the supplier”."


def test_a_reason_can_go():
    stopped = record(overall_status=coded("SUSPENDED"), why_stopped="Audit")

    assert kinds(differences(stopped, record())) == ["status.reopened", "why_stopped.removed"]


def test_an_unknown_status_is_told_as_the_registrys_own_doing():
    unknown = record(
        overall_status=coded("UNKNOWN"), last_known_status=coded("RECRUITING"), status_verified_date="2024-02"
    )

    found = only(differences(record(status_verified_date="2024-02"), unknown))

    assert found.kind == "status.unknown"
    assert "The registry set the overall status to unknown" in found.summary
    assert "last verified in 2024-02" in found.summary
    assert "last known status: Recruiting" in found.summary


def test_the_last_known_status_comes_and_goes_with_an_unknown_one():
    known = record()
    unknown = record(overall_status=coded("UNKNOWN"), last_known_status=coded("RECRUITING"))

    assert apply(differences(known, unknown), known) == unknown
    assert apply(differences(unknown, known), unknown) == known


def test_a_last_known_status_that_moves_by_itself_is_minor():
    before = record(overall_status=coded("UNKNOWN"), last_known_status=coded("RECRUITING"))
    after = record(overall_status=coded("UNKNOWN"), last_known_status=coded("NOT_YET_RECRUITING"))

    (found,) = changes(before, after)

    assert (found.field, found.kind, str(found.significance)) == ("last_known_status", "status.changed", "minor")


@pytest.mark.parametrize(("before", "after"), [("RECRUITING", "WITHHELD"), ("WITHHELD", "RECRUITING")])
def test_what_the_registry_redacts_or_releases_is_administrative(before, after):
    redacted = {"lead_sponsor": None, "primary_outcomes": (), "sites": (), "overall_status": coded("WITHHELD")}
    by_status = {"RECRUITING": record(), "WITHHELD": record(**redacted)}

    first, *others = changes(by_status[before], by_status[after], on=ON)

    assert (first.topic, str(first.significance)) == ("identity", "critical")
    assert {change.kind for change in others} >= {"sponsor.lead"}
    assert {str(change.significance) for change in others} == {"administrative"}
