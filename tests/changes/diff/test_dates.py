from datetime import date

import pytest

from monitor.model import Difference, Record, Submission, Timing
from tests.changes.diff.records import ON, changes, coded, dated, differences, record

FIELD = "primary_completion_date"
FIRST = "in the first version on file, posted 2026-01-15"

CASES = {
    "a later day": (
        (dated("2026-07-31"), dated("2026-10-31")),
        ("date.slipped", "major", {"days": 92}),
        "Primary completion date slipped from 2026-07-31 to 2026-10-31, 92 days (3 months) later.",
    ),
    "an earlier day by less than 90": (
        (dated("2027-02-14"), dated("2027-02-13")),
        ("date.advanced", "minor", {"days": -1}),
        "Primary completion date was brought forward from 2027-02-14 to 2027-02-13, 1 day earlier.",
    ),
    "months are told in months": (
        (dated("2026-03"), dated("2026-05-10")),
        ("date.slipped", "minor", {"days": 61}),
        "Primary completion date slipped from 2026-03 to 2026-05-10, 2 months later.",
    ),
    "years are told in years": (
        (dated("2026"), dated("2028-12")),
        ("date.slipped", "major", {"days": 730}),
        "Primary completion date slipped from 2026 to 2028-12, 2 years later.",
    ),
    "a finer date is no move": (
        (dated("2026-03"), dated("2026-03-15")),
        ("date.precision", "administrative", {"days": 0}),
        "Primary completion date is now given more precisely: 2026-03-15, formerly 2026-03.",
    ),
    "a coarser date is no move": (
        (dated("2026-03-15"), dated("2026")),
        ("date.precision", "administrative", {"days": 0}),
        "Primary completion date is now given less precisely: 2026, formerly 2026-03-15.",
    ),
    "it happened as estimated": (
        (dated("2026-03"), dated("2026-03-02", "ACTUAL")),
        ("date.actual", "minor", {"days": 0}),
        "Primary completion date is now actual: 2026-03-02, as estimated.",
    ),
    "it happened earlier": (
        (dated("2026-03-31"), dated("2026-03-02", "ACTUAL")),
        ("date.actual", "minor", {"days": -29}),
        "Primary completion date is now actual: 2026-03-02, 29 days earlier than the estimate of 2026-03-31.",
    ),
    "it has not happened after all": (
        (dated("2026-03", "ACTUAL"), dated("2026-09")),
        ("date.slipped", "major", {"days": 184}),
        "Primary completion date slipped from 2026-03 to 2026-09, 6 months later, and is an estimate again.",
    ),
    "the same day is an estimate again": (
        (dated("2026-03", "ACTUAL"), dated("2026-03")),
        ("date.precision", "administrative", {"days": 0}),
        "Primary completion date stays 2026-03, and is an estimate again.",
    ),
    "an actual day is corrected": (
        (dated("2025-03-01", "ACTUAL"), dated("2025-03-03", "ACTUAL")),
        ("date.slipped", "minor", {"days": 2}),
        "Primary completion date (actual) was corrected from 2025-03-01 to 2025-03-03, 2 days later.",
    ),
    "an old record gains a type": (
        (dated("2009-05", None), dated("2009-05", "ACTUAL")),
        ("date.precision", "administrative", {"days": 0}),
        "Primary completion date stays 2009-05, and is now marked as actual.",
    ),
    "a date comes": (
        (None, dated("2027-01")),
        ("date.added", "minor", None),
        "Primary completion date was added: 2027-01 (estimated).",
    ),
    "a date goes": (
        (dated("2027-01", None), None),
        ("date.removed", "minor", None),
        "Primary completion date was removed; it was 2027-01.",
    ),
    "a text that is no date becomes one": (
        (dated("to be decided"), dated("2027-12")),
        ("date.unreadable", "major", None),
        "Primary completion date went from “to be decided” (no date) to 2027-12 (estimated).",
    ),
    "a date becomes a text that is none": (
        (dated("2027-12"), dated("soon")),
        ("date.unreadable", "major", None),
        "Primary completion date went from 2027-12 (estimated) to “soon” (no date).",
    ),
    "neither text is a date": (
        (dated("soon"), dated("later")),
        ("date.unreadable", "major", None),
        "Primary completion date went from “soon” (no date) to “later” (no date).",
    ),
    "a date that was no date goes": (
        (dated("soon"), None),
        ("date.removed", "minor", None),
        "Primary completion date was removed; it was “soon” (no date).",
    ),
    "a delay to a day that does not exist": (
        (dated("2027-02-28"), dated("2030-02-30")),
        ("date.slipped", "major", {"days": 1096}),
        (
            "Primary completion date slipped from 2027-02-28 to 2030-02-30, 36 months later "
            "(the day of 2030-02-30 does not exist)."
        ),
    ),
    "a delay from a day that does not exist": (
        (dated("2026-06-31"), dated("2027-06-30")),
        ("date.slipped", "major", {"days": 365}),
        (
            "Primary completion date slipped from 2026-06-31 to 2027-06-30, 12 months later "
            "(the day of 2026-06-31 does not exist)."
        ),
    ),
    "a month that does not exist": (
        (dated("2027-02-28"), dated("2099-13-45")),
        ("date.unreadable", "major", None),
        "Primary completion date went from 2027-02-28 (estimated) to “2099-13-45” (no date).",
    ),
    "the day 0": (
        (dated("2026-03-15"), dated("2026-03-00")),
        ("date.precision", "administrative", {"days": 0}),
        (
            "Primary completion date is now given less precisely: 2026-03-00, formerly 2026-03-15 "
            "(the day of 2026-03-00 does not exist)."
        ),
    ),
    "it happened on a day that does not exist": (
        (dated("2026-02"), dated("2026-02-30", "ACTUAL")),
        ("date.actual", "minor", {"days": 0}),
        "Primary completion date is now actual: 2026-02-30, as estimated (the day of 2026-02-30 does not exist).",
    ),
    "the year 0": (
        (dated("2026-03"), dated("0000-00")),
        ("date.unreadable", "major", None),
        "Primary completion date went from 2026-03 (estimated) to “0000-00” (no date).",
    ),
    "the same day in another form": (
        (dated("2026-03-15"), dated("March 15, 2026")),
        ("date.precision", "administrative", {"days": 0}),
        "Primary completion date is now written otherwise: March 15, 2026, formerly 2026-03-15.",
    ),
    "another day in another form": (
        (dated("2026-3-1"), dated("15 March 2026")),
        ("date.slipped", "minor", {"days": 14}),
        "Primary completion date slipped from 2026-3-1 to 15 March 2026, 14 days later.",
    ),
}


@pytest.mark.parametrize(("sides", "expected", "summary"), CASES.values(), ids=CASES)
def test_a_date(sides, expected, summary):
    before, after = sides

    (found,) = changes(record(**{FIELD: before}), record(**{FIELD: after}))

    assert (found.kind, str(found.significance), found.measure) == expected
    assert found.summary == summary


def test_a_start_that_happened_is_minor():
    before, after = record(start_date=dated("2026-01")), record(start_date=dated("2026-02-03", "ACTUAL"))

    (found,) = changes(before, after)

    assert (found.kind, str(found.significance)) == ("date.actual", "minor")
    assert (found.before, found.after) == (
        {"date": "2026-01", "type": "ESTIMATED"},
        {"date": "2026-02-03", "type": "ACTUAL"},
    )


@pytest.mark.parametrize(
    ("first", "told", "days"),
    [
        ("2025-06-30", f"; 488 days (16 months) later than {FIRST}", 488),
        ("2026-06-30", "", 123),
        ("2026-10-31", f"; as {FIRST}", 0),
        ("2026-12", f"; 2 months earlier than {FIRST}", -61),
    ],
)
def test_moves_are_counted_from_the_first_record_too(first, told, days):
    before, after = record(completion_date=dated("2026-06-30")), record(completion_date=dated("2026-10-31"))
    baseline = record(completion_date=dated(first))

    (found,) = differences(before, after, baseline=lambda: baseline)

    assert found.summary == f"Completion date slipped from 2026-06-30 to 2026-10-31, 123 days (4 months) later{told}."
    assert found.measure == {"days": 123, "days_since_baseline": days}


@pytest.mark.parametrize(
    ("changes", "on", "timing"),
    [
        ({"start_date": dated("2026-03")}, date(2026, 2, 28), Timing.BEFORE_START),
        ({"start_date": dated("2026-03")}, date(2026, 3, 1), Timing.ENROLLING),
        ({"start_date": None}, date(2026, 3, 1), None),
        ({"primary_completion_date": dated("2026-02")}, date(2026, 2, 28), Timing.ENROLLING),
        ({"primary_completion_date": dated("2026-02")}, date(2026, 3, 1), Timing.AFTER_PRIMARY_COMPLETION),
        ({"primary_completion_date": dated("2026-12")}, date(2026, 12, 31), Timing.ENROLLING),
        ({"primary_completion_date": dated("2025")}, date(2025, 12, 31), Timing.ENROLLING),
        ({"primary_completion_date": dated("2025")}, date(2026, 1, 1), Timing.AFTER_PRIMARY_COMPLETION),
        ({"primary_completion_date": dated("2025-12-31")}, date(2025, 12, 31), Timing.ENROLLING),
        ({"primary_completion_date": dated("2025-12-31")}, date(2026, 1, 1), Timing.AFTER_PRIMARY_COMPLETION),
        ({"primary_completion_date": dated("never")}, date(2026, 1, 1), Timing.ENROLLING),
        ({"has_results": True}, date(2026, 1, 1), Timing.AFTER_RESULTS),
    ],
)
def test_a_change_is_placed_by_the_former_record(changes, on, timing):
    before = record(**changes)

    found = differences(before, record(**changes, minimum_age="21 Years"), on=on)

    assert found[0].timing is timing


PASSED = {"primary_completion_date": dated("2026-02-28")}
POSTED = {"last_update_post_date": "2026-02-20"}


def timed(before: Record, after: Record, *, on: date = ON) -> Difference:
    return next(found for found in differences(before, after, on=on) if found.field == "minimum_age")


def test_a_change_is_placed_on_the_day_on_which_the_registry_posted_it():
    found = timed(record(**PASSED), record(**PASSED, **POSTED, minimum_age="21 Years"))

    assert found.timing is Timing.ENROLLING
    assert found.summary.endswith(", while the trial was under way.")


def test_where_no_posting_is_given_the_day_of_submission_counts():
    undated = {"last_update_post_date": None}
    submitted = {**undated, "last_update_submit_date": "2026-02-20"}

    found = timed(record(**PASSED, **undated), record(**PASSED, **submitted, minimum_age="21 Years"))

    assert found.timing is Timing.ENROLLING


@pytest.mark.parametrize("posted", [None, "soon", "2026-02", "2126-01-01"])
def test_a_change_that_the_registry_gives_no_usable_day_for_was_posted_when_it_was_seen(posted):
    undated = {"last_update_post_date": posted, "last_update_submit_date": posted}

    found = timed(record(**PASSED), record(**PASSED, **undated, minimum_age="21 Years"))

    assert found.timing is Timing.AFTER_PRIMARY_COMPLETION


def test_what_the_registry_changes_by_itself_is_placed_when_it_was_seen():
    found = timed(record(**PASSED), record(**PASSED, minimum_age="21 Years"))

    assert found.timing is Timing.AFTER_PRIMARY_COMPLETION


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("2026-02-01", "2027-02-01", "posted after the former primary completion date, 2026-02-01"),
        ("2027-02-01", "2026-02-01", "posted before the former primary completion date, 2027-02-01"),
        ("2027-02-01", "2028-02-01", "while the trial was under way"),
        ("2026-02-01", "2026-02-03", "after the primary completion date"),
    ],
)
def test_a_primary_completion_that_moves_across_the_day_of_posting_is_named(before, after, told):
    former = record(primary_completion_date=dated(before))

    found = timed(former, record(primary_completion_date=dated(after), minimum_age="21 Years"))

    assert found.summary.endswith(f", {told}.")


@pytest.mark.parametrize("status", ["NOT_YET_RECRUITING", "WITHDRAWN"])
def test_a_trial_in_which_nobody_takes_part_has_not_started_whatever_was_planned(status):
    after = record(**PASSED, overall_status=coded(status), minimum_age="21 Years")

    assert timed(record(**PASSED), after).timing is Timing.BEFORE_START


@pytest.mark.parametrize(
    "results",
    [
        {"has_results": True},
        {"results_first_submit_date": "2026-02-20"},
        {"submissions": (Submission("RELEASE", "2026-02-20"),)},
    ],
)
def test_results_that_come_with_a_change_are_known_when_it_is_made(results):
    found = timed(record(), record(**results, minimum_age="21 Years"))

    assert found.timing is Timing.AFTER_RESULTS
    assert found.summary.endswith(", after results were submitted.")


def test_a_change_of_a_stopped_trial_is_not_told_as_if_it_went_on():
    found = timed(record(), record(overall_status=coded("TERMINATED"), minimum_age="21 Years"))

    assert found.summary.endswith(", before the primary completion date.")
