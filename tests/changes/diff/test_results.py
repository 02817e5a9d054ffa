import pytest

from monitor.changes.diff import apply
from monitor.model import StudyDocument, Submission
from tests.changes.diff.records import changes, differences, kinds, only, record

RELEASE = Submission("RELEASE", "2026-01-20")
RESET = Submission("RESET", "2026-02-11")
UNRELEASE = Submission("UNRELEASE")

RESULTS = {
    "outcomes": {
        "outcomeMeasures": [
            {"title": "Wound closure", "groups": [{"id": "OG1", "value": "40"}, {"id": "OG2", "value": "31"}]},
            {"title": "Pain", "groups": [{"id": "OG1", "value": "12"}]},
        ]
    },
    "adverseEventsModule": {"timeFrame": "12 weeks", "events": [{"term": "Itch", "affected": 3}]},
}

STEPS = {
    "a submission": (
        ((), (RELEASE,)),
        ("results.submitted", "major"),
        "The sponsor submitted results to the registry on 2026-01-20; they are not posted yet.",
    ),
    "a return": (
        ((RELEASE,), (RELEASE, RESET)),
        ("results.returned", "major"),
        "The registry returned the submitted results to the sponsor for correction on 2026-02-11.",
    ),
    "a sponsor's second thought": (
        ((RELEASE,), (UNRELEASE, RELEASE)),
        ("results.returned", "major"),
        "The sponsor took its submitted results back.",
    ),
    "a corrected day": (
        ((RELEASE,), (Submission("RELEASE", "2026-01-21"),)),
        ("results.submitted", "major"),
        "The sponsor submitted results to the registry on 2026-01-21; they are not posted yet.",
    ),
    "a step that is not listed any more": (
        ((RELEASE, RESET), (RELEASE,)),
        ("results.changed", "minor"),
        "No longer listed among the steps towards posting results: reset of 2026-02-11.",
    ),
    "a step nobody has heard of": (
        ((), (Submission("PAUSE", "2026-03-01"),)),
        ("results.changed", "minor"),
        "Newly listed among the steps towards posting results: pause of 2026-03-01.",
    ),
}


@pytest.mark.parametrize(("steps", "expected", "summary"), STEPS.values(), ids=STEPS)
def test_a_step_towards_results(steps, expected, summary):
    before, after = (record(submissions=listed) for listed in steps)

    (found,) = changes(before, after)

    assert (found.kind, str(found.significance)) == expected
    assert found.summary == summary
    assert (
        apply((found,), before).submissions
        == tuple(sorted(after.submissions, key=before.submissions.__contains__))[::-1]
    )


def test_posting_clears_the_steps():
    before = record(submissions=(RELEASE, RESET))
    after = record(has_results=True, results=RESULTS)

    (found,) = changes(before, after)

    assert (found.kind, str(found.significance), found.summary) == (
        "results.posted",
        "critical",
        "Results were posted.",
    )
    assert apply((found,), before).submissions == ()


def test_the_day_of_submission_is_told_when_it_becomes_known():
    after = record(has_results=True, results=RESULTS, results_first_submit_date="2025-11-03")

    found = changes(record(), after)

    assert [change.kind for change in found] == ["results.posted", "results.submitted"]
    assert found[1].summary == "Results were first submitted to the registry on 2025-11-03."


def test_a_corrected_day_of_submission_is_minor():
    before, after = (record(has_results=True, results_first_submit_date=day) for day in ("2025-11-03", "2025-11-04"))

    (found,) = changes(before, after)

    assert (found.kind, str(found.significance)) == ("results.changed", "minor")


def test_removed_results_are_critical():
    posted = record(has_results=True, results=RESULTS)

    (found,) = changes(posted, record())

    assert (found.kind, str(found.significance)) == ("results.removed", "critical")


def test_changed_results_name_the_outcome_measures_and_the_parts():
    changed = {
        "outcomes": {
            "outcomeMeasures": [
                RESULTS["outcomes"]["outcomeMeasures"][1],
                {"title": "Wound closure", "groups": [{"id": "OG2", "value": "33"}, {"id": "OG1", "value": "40"}]},
            ]
        },
        "adverseEventsModule": {"timeFrame": "13 weeks", "events": [{"term": "Itch", "affected": 3}]},
    }
    before, after = record(has_results=True, results=RESULTS), record(has_results=True, results=changed)

    (found,) = changes(before, after)

    assert (found.kind, str(found.significance), found.measure) == ("results.changed", "minor", {"places": 2})
    assert found.summary == "Posted results changed in 2 places: “Wound closure” and adverse events."
    assert found.before == {
        "outcomes.outcomeMeasures[Wound closure].groups[OG2].value": "31",
        "adverseEventsModule.timeFrame": "12 weeks",
    }


def test_results_in_another_order_are_the_same():
    turned = {
        "adverseEventsModule": RESULTS["adverseEventsModule"],
        "outcomes": {"outcomeMeasures": RESULTS["outcomes"]["outcomeMeasures"][::-1]},
    }

    assert differences(record(has_results=True, results=RESULTS), record(has_results=True, results=turned)) == ()


def test_items_of_one_name_are_all_looked_at():
    before, after = (
        record(has_results=True, results={"part": [{"title": "Pain", "n": n}, {"title": "Pain", "n": 5}]})
        for n in (1, 2)
    )

    found = only(differences(before, after))

    assert (found.before, found.after) == (
        {"part": [{"title": "Pain", "n": 1}]},
        {"part": [{"title": "Pain", "n": 2}]},
    )


def test_a_difference_carries_no_more_than_a_hundred_places():
    before, after = (
        record(has_results=True, results={"part": {f"n{number}": number + shift for number in range(500)}})
        for shift in (0, 1)
    )

    found = only(differences(before, after))

    assert found.measure == {"places": 500}
    assert len(found.before) == len(found.after) == 100


def test_another_version_of_a_document_is_another_document():
    after = record(documents=(StudyDocument("Study Protocol", "2026-02-01", "Prot_001.pdf"),))

    found = changes(record(), after)

    assert kinds(found) == ["document.added", "document.removed"]
    assert {change.summary for change in found} == {
        "Study document added: “Study Protocol”, dated 2026-02-01.",
        "Study document removed: “Study Protocol”, dated 2025-06-30.",
    }
