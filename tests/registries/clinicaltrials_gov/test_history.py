"""Former versions of records: how they are asked for, proven and read, and what of them can be compared."""

import gzip
import json
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest

from monitor.changes.diff import diff, not_compared
from monitor.errors import (
    AnswerUnreadable,
    ConfigurationInvalid,
    HistoryUnavailable,
    RegistryError,
    RegistryUnreachable,
    RequestRefused,
)
from monitor.model import Arm, Enrollment, Outcome, PartialDate, Record, Snapshot
from monitor.ports import FormerVersion, HistoryReading
from monitor.registries.clinicaltrials_gov.adapter import ClinicalTrialsGov
from monitor.registries.clinicaltrials_gov.history.asking import history_address, versions_in
from monitor.registries.clinicaltrials_gov.history.content import document_of
from monitor.registries.clinicaltrials_gov.history.markup import as_text
from monitor.registries.clinicaltrials_gov.history.record import parse_version
from monitor.sandbox.clinicaltrials_gov import synthetic
from monitor.sandbox.clinicaltrials_gov.marked_up import with_html
from tests.loopback import http
from tests.registries.clinicaltrials_gov.fake import FakeRegistry
from tests.registries.trials import FULL, trial
from tests.studies import edited

TRIAL = FULL["protocolSection"]["identificationModule"]["nctId"]
AT = datetime(2026, 11, 27, tzinfo=UTC)
HISTORY = f"/api/int/studies/{TRIAL}/history"
REAL = Path(__file__).parents[4] / "shared/data/ctgov"
CAPTURES = REAL / "history"


def version_of(study: dict[str, Any], number: int = 3) -> dict[str, Any]:
    """A version as the registry serves it: HTML, without what the registry adds itself."""
    served = with_html({name: section for name, section in study.items() if name != "derivedSection"})
    return {"studyVersion": number, "study": served}


def read(study: dict[str, Any]) -> Record:
    """What a version of that study says."""
    return parse_version(document_of(version_of(study), TRIAL))


def of_api(adapter: ClinicalTrialsGov, study: dict[str, Any]) -> Record:
    return adapter.parse(adapter.prove(TRIAL, orjson.dumps(study)), AT)


def changed(**changes: Any) -> dict[str, Any]:
    study = orjson.loads(orjson.dumps(FULL))
    edited(**changes)(study)
    return study


def fields(before: Record, after: Record) -> set[str]:
    return {each.field for each in diff(before, after, on=AT.date())}


# What it says


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("As it is, at 5 mg", "As it is, at 5 mg"),
        ("<p>Age &gt;&#x2F;= 18</p>", "Age >/= 18"),
        (
            "<p>Inclusion:</p><ul><li>One</li><li>Two</li></ul><p>Exclusion:</p>",
            "Inclusion:\n\n* One\n* Two\n\nExclusion:",
        ),
        ("<ol><li>One<ul><li>Within</li></ul></li><li>Two</li></ol>", "1. One\n   * Within\n2. Two"),
        ("<ul><li><p>In a paragraph</p></li></ul>", "* In a paragraph"),
        ("One<br>Two <b>bold</b>\n  words", "One\nTwo bold words"),
        ("<p>Kept", "Kept"),
        ("a < b & c", "a < b & c"),
        ("<script>alert(1)</script>Text", "Text"),
        ("</li></ul></p>Odd", "Odd"),
        ("", ""),
    ],
)
def test_html_becomes_what_the_api_writes(markup: str, text: str):
    assert as_text(markup) == text


def test_markup_that_is_nested_without_end_takes_no_time_without_end():
    deep = "<ul><li>" * 20_000 + "at the bottom"

    assert as_text(deep).endswith("at the bottom")
    assert len(as_text(deep)) < 40 * 20_000


def test_a_version_as_it_is_on_the_wire_becomes_a_record():
    """Invented, in the shape that captures of the interface have."""
    answer = json.loads((Path(__file__).parent / "former_version.json").read_bytes())
    document = document_of(answer, "NCT91000007")
    record = parse_version(document)

    assert (document.title, record.brief_title) == ("Tea & Rest After Long Voyages",) * 2
    assert record.details["brief_summary"] == "Sailors & tea.\n\nTwice a day, 1/2 l."
    assert record.eligibility_criteria == (
        "Inclusion Criteria:\n\n1. Age >/= 18 years\n2. A voyage of:\n   * two weeks, or\n   * more\n\n"
        "Exclusion Criteria:\n\n* None"
    )
    assert record.arms == (Arm("Tea", "EXPERIMENTAL", "* Tea\n* Rest"),)
    assert record.primary_outcomes == (Outcome("Days without nausea", "6 weeks", "A diary; < 1 entry counts"),)
    assert record.enrollment == Enrollment(60, "ESTIMATED")
    assert record.primary_completion_date == PartialDate("2021-06", "ESTIMATED")
    assert (record.last_update_submit_date, record.last_update_post_date) == ("2019-03-04", "2019-03-06")
    assert [each["pmid"] for each in record.details["references"]] == ["30000001"]  # type: ignore[index,union-attr,call-overload]
    assert b"geoPoint" not in document.content


def test_a_version_says_what_the_record_says_that_it_was(adapter: ClinicalTrialsGov):
    """Whatever else the API writes otherwise, none of it is a difference, in either direction."""
    version, record = read(FULL), of_api(adapter, FULL)

    assert fields(version, record) == set()
    assert fields(record, version) == set()
    assert version.eligibility_criteria
    assert "<" not in version.eligibility_criteria
    assert version.brief_title == record.brief_title
    assert version.primary_outcomes
    assert version.last_update_post_date == record.last_update_post_date


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"eligibility_criteria": "Inclusion Criteria:\n\n* Something else"}, "eligibility_criteria"),
        ({"overall_status": "SUSPENDED"}, "overall_status"),
        ({"enrollment_count": 7}, "enrollment"),
        ({"brief_summary": "Another summary."}, "brief_summary"),
    ],
)
def test_what_changed_since_a_version_is_told_against_a_record_and_a_version(adapter, changes, field):
    study = orjson.loads(orjson.dumps(FULL))
    protocol = study["protocolSection"]
    places = {
        "eligibility_criteria": (protocol["eligibilityModule"], "eligibilityCriteria"),
        "overall_status": (protocol["statusModule"], "overallStatus"),
        "enrollment_count": (protocol["designModule"]["enrollmentInfo"], "count"),
        "brief_summary": (protocol["descriptionModule"], "briefSummary"),
    }
    for name, value in changes.items():
        node, member = places[name]
        node[member] = value

    assert field in fields(read(FULL), of_api(adapter, study))
    assert field in fields(read(FULL), read(study))


def test_what_no_version_can_say_is_not_compared(adapter: ClinicalTrialsGov):
    """The derived section is of today, and so are the publications that the registry attaches."""
    study = orjson.loads(orjson.dumps(FULL))
    study["protocolSection"].setdefault("referencesModule", {}).setdefault("references", []).append(
        {"pmid": "1", "type": "DERIVED", "citation": "of today"}
    )
    study["protocolSection"]["newModule"] = {"of": "some day"}

    assert fields(read(study), of_api(adapter, FULL)) == set()
    assert {"submissions", "rest"} <= read(FULL).silent
    bare = {name: FULL[name] for name in ("protocolSection", "hasResults")}
    assert {"documents", "violation_events"} <= read(bare).silent
    assert set(not_compared(read(bare), of_api(adapter, FULL))) >= {"Study documents"}


def test_texts_of_results_and_notices_are_converted_too():
    study = orjson.loads(orjson.dumps(FULL))
    study["resultsSection"] = {"moreInfoModule": {"limitationsAndCaveats": {"description": "Few\n\n* or none"}}}

    results = read(study).results

    assert results == study["resultsSection"]


def test_a_version_is_kept_as_it_was_served_and_proven_again(adapter: ClinicalTrialsGov):
    document = document_of(version_of(FULL), TRIAL)

    assert adapter.prove(TRIAL, document.content) == document
    assert adapter.parse(document, AT) == parse_version(document)
    assert json.loads(document.content)["studyVersion"] == 3
    assert adapter.unknown(document) == ()


@pytest.mark.parametrize(
    "answer",
    [
        version_of(trial("NCT91000001")),
        {"studyVersion": 3, "study": {"protocolSection": {}}},
        {"studyVersion": "three", "study": FULL},
        {"studyVersion": 3, "study": []},
    ],
)
def test_what_is_not_proven_is_no_version(adapter: ClinicalTrialsGov, answer: dict[str, Any]):
    with pytest.raises(AnswerUnreadable):
        adapter.prove(TRIAL, orjson.dumps(answer, option=orjson.OPT_SORT_KEYS))


def test_two_versions_that_are_read_where_they_differ_say_what_they_say_in_full(adapter: ClinicalTrialsGov):
    """Over a hundred steps as sponsors make them, in what they change and in what is silent."""
    differing = 0
    for number in range(10):
        rng = Random(number)
        study = synthetic.study(1, number, today=date(2026, 11, 27))
        trial_id = synthetic.trial_id(number)
        for step in range(10):
            former, study = study, synthetic.evolve(study, rng).study
            before, after = (document_of(version_of(each, step), trial_id) for each in (former, study))
            pair = adapter.parse_pair(Snapshot(0, before, AT, None), after, AT)
            whole = parse_version(before), parse_version(after)
            assert diff(*pair, on=AT.date()) == diff(*whole, on=AT.date())
            assert [each.silent for each in pair] == [each.silent for each in whole]
            differing += bool(diff(*pair, on=AT.date()))
    assert differing > 50


# How it is asked for


def listed(*days: str) -> dict[str, Any]:
    return {"changes": [{"version": number, "date": day, "status": "RECRUITING"} for number, day in enumerate(days)]}


def test_the_list_names_versions_and_the_days_of_their_submission():
    assert versions_in(listed("2018-09-27", "2018-10-16"), TRIAL) == [
        FormerVersion(0, date(2018, 9, 27)),
        FormerVersion(1, date(2018, 10, 16)),
    ]


@pytest.mark.parametrize(
    "odd",
    [
        [],
        {},
        {"changes": None},
        {"changes": [{"version": 1, "date": "2018-09-27"}]},
        {"changes": [{"version": 0, "date": "September 2018"}]},
        {"changes": [{"version": "0", "date": "2018-09-27"}]},
        {"changes": [{"version": False, "date": "2018-09-27"}]},
        {"changes": ["2018-09-27"]},
        {"versions": [{"version": 0, "date": "2018-09-27"}]},
    ],
)
def test_a_list_of_another_shape_is_not_believed(odd: Any):
    with pytest.raises(HistoryUnavailable, match="not documented"):
        versions_in(odd, TRIAL)


def test_the_history_is_beside_the_api():
    assert history_address("https://clinicaltrials.gov/api/v2/") == "https://clinicaltrials.gov/api/int"
    with pytest.raises(ConfigurationInvalid, match="ends in /v2"):
        history_address("https://relay.example.org/trials")


@pytest.fixture
def fake():
    with FakeRegistry() as running:
        running.overrides["/robots.txt"] = lambda _: http(b"", 404)
        running.overrides[HISTORY] = lambda _: http(json.dumps(listed("2018-09-27", "2019-01-02")).encode())
        running.overrides[f"{HISTORY}/1"] = lambda _: http(json.dumps(version_of(FULL, 1)).encode())
        yield running


def test_versions_are_asked_for_one_by_one(adapter_for, fake: FakeRegistry):
    asked = adapter_for(fake.base_url)

    assert isinstance(asked, HistoryReading)
    assert [each.number for each in asked.former_versions(TRIAL)] == [0, 1]
    assert asked.parse(asked.former_version(TRIAL, 1), AT).trial_id == TRIAL
    assert [request.path for request in fake.requests] == ["/robots.txt", HISTORY, f"{HISTORY}/1"]


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (http(b"Forbidden", 403), RequestRefused, "403"),
        (http(b"<html>Not Found</html>", 404), RequestRefused, "404"),
        (http(b"", 302, headers={"Location": "https://elsewhere.invalid/"}), RequestRefused, "302"),
        (http(b"<html><title>Maintenance</title></html>"), AnswerUnreadable, "Maintenance"),
        (http(b'{"studyVersion":1,"study":{'), AnswerUnreadable, "not proper JSON"),
        (http(b"{}"), HistoryUnavailable, "not documented"),
        (http(json.dumps(version_of(FULL, 2)).encode()), HistoryUnavailable, "not documented"),
        (http(json.dumps(version_of(trial("NCT91000001"), 1)).encode()), AnswerUnreadable, "NCT91000001"),
        (http(b"", 503), RegistryUnreachable, "503"),
    ],
)
def test_what_comes_instead_is_said_in_one_line(adapter_for, fake: FakeRegistry, answer, error, words):
    fake.overrides[f"{HISTORY}/1"] = lambda _: answer

    with pytest.raises(RegistryError, match=words) as raised:
        adapter_for(fake.base_url).former_version(TRIAL, 1)

    assert isinstance(raised.value, error)
    assert "\n" not in str(raised.value)


def test_robots_txt_is_obeyed_and_asked_for_once(adapter_for, fake: FakeRegistry):
    fake.overrides["/robots.txt"] = lambda _: http(b"User-agent: *\nAllow: /\nDisallow: /api/int/\n")
    asked = adapter_for(fake.base_url)

    for _ in range(2):
        with pytest.raises(HistoryUnavailable, match=r"robots\.txt"):
            asked.former_versions(TRIAL)
    assert [request.path for request in fake.requests] == ["/robots.txt"]


def test_where_robots_txt_cannot_be_had_nothing_is_asked(adapter_for, fake: FakeRegistry):
    fake.overrides["/robots.txt"] = lambda _: http(b"", 500)

    with pytest.raises(RegistryUnreachable):
        adapter_for(fake.base_url).former_versions(TRIAL)
    assert {request.path for request in fake.requests} == {"/robots.txt"}


# Captures of the real interface, where they are at hand


@pytest.mark.skipif(not CAPTURES.exists(), reason="the captures are not beside the checkout")
def test_real_captures_are_read():
    history = json.loads((CAPTURES / "NCT03690141_int_history_true.EXCERPT.json").read_bytes())["history"]
    versions = versions_in(history, "NCT03690141")
    captured = json.loads((CAPTURES / "NCT04280705_int_history_0.EXCERPT.json").read_bytes())
    record = parse_version(document_of(captured, "NCT04280705"))

    assert (len(versions), versions[0].submitted_on, versions[-1].submitted_on) == (
        10,
        date(2018, 9, 27),
        date(2020, 4, 27),
    )
    assert record.overall_status is not None
    assert record.overall_status.code == "NOT_YET_RECRUITING"
    assert record.last_update_post_date == "2020-02-21"
    assert record.eligibility_criteria is not None
    assert record.eligibility_criteria.startswith("Inclusion Criteria:\n\n1. ")
    assert ">/=18 years" in record.eligibility_criteria
    assert record.sites


@pytest.mark.slow
@pytest.mark.skipif(not REAL.exists(), reason="the sample of real records is not beside the checkout")
def test_no_real_record_differs_from_a_version_that_says_the_same(adapter: ClinicalTrialsGov):
    """With all that sponsors write into long texts: lists in lists, marks that are none, signs that are escaped."""
    with gzip.open(REAL / "records.jsonl.gz") as lines:
        for study in map(orjson.loads, lines):
            trial_id = study["protocolSection"]["identificationModule"]["nctId"]
            record = adapter.parse(adapter.prove(trial_id, orjson.dumps(study)), AT)
            version = parse_version(document_of(version_of(study), trial_id))
            assert fields(version, record) == fields(record, version) == set(), trial_id
