"""A value in a form that nobody can read has not been removed, and the sentence says what stands there now."""

from dataclasses import replace

import pytest

from monitor.model import Document, Enrollment
from monitor.watching.plausibility import Implausibility, why_implausible
from tests.changes.diff.records import changes, dated, record

PATHS = {
    "start_date": "status.start",
    "enrollment": "design.enrollment",
    "overall_status": "status.overall",
    "healthy_volunteers": "eligibility.healthy",
    "minimum_age": "eligibility.minimumAge",
    "phases": "design.phases",
    "why_stopped": "status.why",
}


@pytest.mark.parametrize(
    ("field", "rest", "kind", "told"),
    [
        (
            "start_date",
            {"status": {"start": {"date": 61}}},
            "date.unreadable",
            "it was 2025-09-01, and the registry now",
        ),
        (
            "enrollment",
            {"design": {"enrollment": {"count": "many"}}},
            "enrollment.target",
            "it was 120, and the registry",
        ),
        ("overall_status", {"status": {"overall": 7}}, "status.changed", "it was Recruiting, and the registry now"),
        ("healthy_volunteers", {"eligibility": {"healthy": "perhaps"}}, "eligibility.healthy_volunteers", "“perhaps”"),
        (
            "minimum_age",
            {"eligibility": {"minimumAge": 18}},
            "eligibility.age",
            "it was “18 Years”, and the registry now",
        ),
        ("phases", {"design": {"phases": "2/3"}}, "phase", "and the registry now gives “2/3”"),
    ],
)
def test_a_value_that_cannot_be_read_is_not_removed(field, rest, kind, told):
    before = record(paths=PATHS)
    gone = () if field == "phases" else Enrollment(None, "ESTIMATED") if field == "enrollment" else None
    after = replace(before, **{field: gone}, rest={**before.rest, **rest})

    found = next(change for change in changes(before, after) if change.field == field)

    assert found.kind == kind
    assert "removed" not in found.summary
    assert told in found.summary


def test_a_value_that_can_be_read_again_was_not_added():
    after = record(paths=PATHS, start_date=dated("2026-01"))
    before = replace(after, start_date=None, rest={**after.rest, "status": {"start": {"date": [2026]}}})

    found = next(change for change in changes(before, after) if change.field == "start_date")

    assert (found.kind, str(found.significance)) == ("date.unreadable", "major")
    assert found.summary == "Start date can be read again: it is 2026-01, where the registry gave “[2026]”."


@pytest.mark.parametrize("given", [{"": ["a text"]}, "Deaths", 7])
def test_a_list_that_cannot_be_read_is_no_record_of_removals(given):
    before = record(paths={"primary_outcomes": "outcomes.primary"})
    after = replace(before, primary_outcomes=(), rest={**before.rest, "outcomes": {"primary": given}})
    document = Document("registry.example", "T1", b"{}")

    found = why_implausible(document, (before, after), last_build=None, latest="2027-01-01")
    assert found is not None
    assert (found.kind, found.reason) == (Implausibility.UNREADABLE, "primary outcomes cannot be read in it")
    gone = replace(before, primary_outcomes=())
    assert why_implausible(document, (before, gone), last_build=None, latest="2027-01-01") is None


def test_a_value_that_is_gone_was_removed():
    before = record(paths=PATHS)

    (found,) = changes(before, replace(before, start_date=None))

    assert (found.kind, str(found.significance)) == ("date.removed", "minor")
