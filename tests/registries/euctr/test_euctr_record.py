"""What a trial of several countries says, and what of its changes is told."""

from datetime import UTC, datetime

import pytest

from monitor.changes.diff import diff
from monitor.registries.euctr.codes import WORDS
from monitor.registries.euctr.documents import kept_document
from monitor.registries.euctr.drift import unknown
from monitor.registries.euctr.record import parse
from monitor.registries.euctr.statuses import overall_status
from tests.registries.euctr.texts import TRIAL, country_text, whole

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def trial(**statuses):
    return parse(kept_document(TRIAL, whole({each: country_text(each, status=statuses[each]) for each in statuses})))


def told(before, after):
    return [(one.kind, one.summary) for one in diff(before, after, on=NOON.date())]


@pytest.mark.parametrize(
    ("said", "code", "words"),
    [
        ({"DE": "Ongoing", "ES": "Completed"}, "UNKNOWN", "Ongoing"),
        ({"DE": "Temporarily Halted", "ES": "Prematurely Ended"}, "SUSPENDED", "Temporarily Halted"),
        ({"DE": "Prematurely Ended", "ES": "Completed"}, "COMPLETED", "Completed"),
        ({"DE": "Prematurely Ended", "ES": "Not Authorised"}, "TERMINATED", "Prematurely Ended"),
        ({"DE": "Prohibited by CA", "ES": "Withdrawn"}, "WITHDRAWN", "Prohibited by CA"),
        ({"DE": "Completed", "GB": "GB - no longer in EU/EEA"}, "COMPLETED", "Completed"),
        ({"DE": "Ongoing", "ES": "Trial now transitioned"}, "UNKNOWN", "Ongoing"),
        ({"DE": "Completed", "ES": "Trial now transitioned"}, "UNKNOWN", "Trial now transitioned"),
        ({"DE": "Suspended by CA", "ES": "Trial now transitioned"}, "SUSPENDED", "Suspended by CA"),
        ({"GB": "GB - no longer in EU/EEA"}, "UNKNOWN", "GB - no longer in EU/EEA"),
        ({"DE": "On the moon"}, "UNKNOWN", "On the moon"),
        ({"DE": "prematurely  ended"}, "TERMINATED", "prematurely  ended"),
    ],
)
def test_a_trial_stands_as_where_it_is_least_finished(said, code, words):
    status = overall_status(said)

    assert (status.code, status.words) == (code, words)


def test_where_no_country_says_how_the_trial_stands_nothing_is_said():
    record = trial(DE="")

    assert record.overall_status is None
    assert record.country_statuses == ()


def test_a_country_that_stops_is_told_in_the_registers_words():
    assert told(trial(DE="Ongoing", ES="Ongoing"), trial(DE="Prematurely Ended", ES="Ongoing")) == [
        ("status.country", "In Germany the status went from “Ongoing” to “Prematurely Ended”.")
    ]


def test_a_trial_that_stops_everywhere_is_told_as_a_whole_too():
    kinds = dict(told(trial(DE="Prematurely Ended", ES="Ongoing"), trial(DE="Prematurely Ended", ES="Withdrawn")))

    assert kinds["status.stopped"] == "Overall status went from Ongoing to Prematurely Ended."


def test_a_trial_that_goes_on_after_a_halt_is_not_said_to_be_forgotten():
    kinds = dict(told(trial(DE="Temporarily Halted"), trial(DE="Restarted")))

    assert kinds["status.changed"] == "Overall status went from Temporarily Halted to Restarted."
    assert set(kinds) == {"status.changed", "status.country"}


def test_a_trial_that_moved_to_ctis_is_told_as_a_transfer():
    found = dict(told(trial(DE="Completed", ES="Ongoing"), trial(DE="Completed", ES="Trial now transitioned")))

    assert found == {
        "status.changed": "Overall status went from Ongoing to Trial now transitioned.",
        "status.country": "In Spain the status went from “Ongoing” to “Trial now transitioned”.",
        "trial.transferred": "The trial now goes on in CTIS (euclinicaltrials.eu): news of it come from there.",
    }


def test_a_country_that_joins_and_says_the_same_is_all_that_is_told():
    found = told(trial(DE="Ongoing", ES="Ongoing"), trial(DE="Ongoing", ES="Ongoing", FR="Ongoing"))

    assert [kind for kind, _ in found] == ["country.added", "oversight"]
    assert found[0][1] == "Country added: France (Ongoing)."
    assert "Competent authority, France: Authorised (2015-06-01)" in found[1][1]


def test_what_one_country_says_otherwise_stays_with_it():
    records = {each: country_text(each) for each in ("DE", "ES", "GB")}
    before = parse(kept_document(TRIAL, whole(records)))
    records["ES"] = country_text("ES", title="A trial of orangeade")
    after = parse(kept_document(TRIAL, whole(records)))

    assert before.official_title == after.official_title
    assert [kind for kind, _ in told(before, after)] == ["other"]
    assert after.rest["countries"]["ES"]["A-3 Full title of the trial"] == "A trial of orangeade"


def test_decisions_and_the_end_of_the_trial_are_told_with_their_days():
    before = parse(kept_document(TRIAL, whole({"DE": country_text("DE")})))
    edits = {
        "Decision: Authorised": "Decision: Not Authorised",
        "Authority Decision: 2015-06-01": "Authority Decision: 2015-07-01",
    }
    after = parse(kept_document(TRIAL, whole({"DE": country_text("DE", ended="2017-03-01", edits=edits)})))

    found = dict(told(before, after))

    assert "“Competent authority, Germany: Not Authorised (2015-07-01)”" in found["oversight"]
    assert "2017-03-01" in found["date.added"]


def test_an_edit_of_a_number_is_told():
    records = {each: country_text(each, planned="90") for each in ("DE", "ES")}

    found = dict(told(trial(DE="Ongoing", ES="Ongoing"), parse(kept_document(TRIAL, whole(records)))))

    assert set(found) == {"enrollment.target"}


def test_results_that_are_posted_are_told():
    records = {"DE": country_text("DE")}
    before = parse(kept_document(TRIAL, whole(records, results="(No results available)")))
    after = parse(kept_document(TRIAL, whole(records)))

    assert [kind for kind, _ in told(before, after)] == ["results.posted"]


def test_a_summary_that_is_silent_on_results_takes_none_away():
    records = {"DE": country_text("DE")}
    silent = whole(records).replace(b"Trial results: View results\r\n", b"")

    assert told(parse(kept_document(TRIAL, whole(records))), parse(kept_document(TRIAL, silent))) == []


def test_what_is_not_known_is_told_to_the_operator():
    edits = {"A.7 Trial": "A.9 Colour of the trial: blue\nA.7 Trial"}
    records = {"DE": country_text("DE", status="On the moon", edits=edits)}

    found = unknown(kept_document(TRIAL, whole(records)).content)

    assert {(one.path, one.value) for one in found} == {
        ("Trial Status", "On the moon"),
        ("P. End of Trial Status", "On the moon"),
        ("A.9 Colour of the trial", None),
    }


def test_nothing_is_unknown_in_a_usual_record():
    records = {"DE": country_text("DE"), "3RD": country_text("3RD", status="")}

    assert unknown(kept_document(TRIAL, whole(records)).content) == ()


def test_codes_of_its_own_have_words():
    record = trial(DE="Ongoing")

    assert {record.lead_sponsor.kind, *(one.type for one in record.interventions)} <= set(WORDS)
