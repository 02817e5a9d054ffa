"""What an ISRCTN document says: the status by the day, texts that were written otherwise, and nothing about people."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from monitor.changes.events import changes_between
from monitor.model import Document, Outcome, PartialDate, Record
from monitor.registries.isrctn import drift, record, stating
from monitor.registries.isrctn.adapter import Isrctn
from monitor.registries.isrctn.documents import kept_document
from monitor.registries.isrctn.taking import numbered
from tests.registries.isrctn.trials import HIP, SPONSOR, listed, trial

NOVEMBER = date(2026, 11, 5)


def document(beside: str = SPONSOR, **changes: Any) -> Document:
    return kept_document(HIP, listed(trial(HIP, **changes), beside=beside))


def said(day: date = NOVEMBER, **changes: Any) -> Record:
    return record.parse(document(**changes), day)


DAY = "T00:00:00.000Z"


@pytest.mark.parametrize(
    ("day", "words", "code"),
    [
        (date(2024, 4, 30), "Not yet recruiting", "NOT_YET_RECRUITING"),
        (date(2024, 5, 1), "Recruiting", "RECRUITING"),
        (date(2026, 10, 30), "Recruiting", "RECRUITING"),
        (date(2026, 10, 31), "No longer recruiting", "ACTIVE_NOT_RECRUITING"),
        (date(2027, 6, 29), "No longer recruiting", "ACTIVE_NOT_RECRUITING"),
        (date(2027, 6, 30), "Completed", "COMPLETED"),
    ],
)
def test_the_status_goes_by_the_day(day: date, words: str, code: str) -> None:
    status = said(day).overall_status

    assert status is not None
    assert (status.code, status.words) == (code, words)


@pytest.mark.parametrize(
    ("changes", "words", "code"),
    [
        ({"trialDesign__overallStatusOverride": "Stopped"}, "Stopped", "TERMINATED"),
        ({"participants__recruitmentStatusOverride": "Suspended"}, "Suspended", "SUSPENDED"),
        ({"participants__recruitmentStartStatusOverride": "Anticipated"}, "Anticipated", "NOT_YET_RECRUITING"),
        ({"trialDesign__overallStatusOverride": "Ongoing"}, "Ongoing", "UNKNOWN"),
        ({"trialDesign__overallStatusOverride": "Paused at dawn"}, "Paused at dawn", "UNKNOWN"),
    ],
)
def test_what_somebody_said_goes_before_the_dates(changes: dict[str, str], words: str, code: str) -> None:
    status = said(date(2030, 1, 1), **changes).overall_status

    assert status is not None
    assert (status.code, status.words) == (code, words)
    assert record.next_move(document(**changes), date(2024, 1, 1)) is None


def test_the_days_on_which_the_status_moves_are_known_ahead() -> None:
    days, day = [], date(2020, 1, 1)
    while following := record.next_move(document(), day):
        days.append(day := following)

    assert days == [date(2024, 5, 1), date(2026, 10, 31), date(2027, 6, 30)]


def test_a_date_that_changes_nothing_is_no_such_day() -> None:
    """Recruitment cannot end after the trial."""
    changes = {"participants__recruitmentEnd": f"2028-01-01{DAY}"}

    assert record.next_move(document(**changes), date(2026, 1, 1)) == date(2027, 6, 30)
    assert record.next_move(document(**changes), date(2027, 6, 30)) is None


@pytest.mark.parametrize("wrong", ["", "soon", "2026-02-30T00:00:00.000Z", "99999-01-01", "2026-13-01T00:00:00.000Z"])
def test_a_date_that_is_none_is_shown_and_moves_nothing(wrong: str) -> None:
    read = said(date(2030, 1, 1), trialDesign__overallEndDate=wrong)

    assert read.overall_status == stating.CLOSED
    assert read.completion_date == (PartialDate(wrong[:10] if wrong.endswith("Z") else wrong) if wrong else None)


def test_an_unknown_status_is_told_to_the_operator() -> None:
    odd = drift.unknown(document(trialDesign__overallStatusOverride="Paused\x85at dawn", surprise="x").content)

    assert [(each.path, each.value) for each in odd] == [
        ("trial.trialDesign.overallStatusOverride", "Paused\\x85at dawn"),
        ("trial.surprise", None),
    ] or odd[0].value is not None
    assert not drift.unknown(document().content)


def test_the_forms_of_2022_and_of_2026_say_the_same() -> None:
    former = said(
        participants__gender="Both",
        participants__participantTypes=None,
        participants__participantType="Patient",
        participants__totalTarget="400 (200 each)",
        trialDesign__overallStartDate=f"2024-02-01{DAY}",
        trialDescription__acknowledgment="true",
        trialDescription__trialWebsite="https://walking.example",
        results__publicationDetails="2025 Protocol article",
        miscellaneous=None,
    )
    now = said(
        participants__irasNumber="",
        participants__lowerAgeLimit="65 Years",
        participants__totalTarget="",
        trialDescription__primaryOutcomes="",
        trialDescription__ethicsApprovalRequired="Old ethics approval format",
        outputs={"output": {"description": "protocol", "productionNotes": "moved"}},
        results__ipdSharingStatement="On request",
    )

    assert changes_between(former, now, on=NOVEMBER) == ()
    assert changes_between(now, former, on=NOVEMBER) == () or all(
        change.field in record.ADDED for change in changes_between(now, former, on=NOVEMBER)
    )


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("1. Pain\n2. Speed", ["Pain", "Speed"]),
        ("1. Pain at rest2. Speed (m/s)3. Falls", ["Pain at rest", "Speed (m/s)", "Falls"]),
        ("Pain at 1. 5 months", ["Pain at 1. 5 months"]),
        ("1. Pain", ["1. Pain"]),
        ("2. Pain 3. Speed", ["2. Pain 3. Speed"]),
        ("1. Pain 3. Speed", ["1. Pain 3. Speed"]),
        ("1. Pain (1.5 mm) 2. Dose of 1.2. mg", ["Pain (1.5 mm)", "Dose of 1.2. mg"]),
    ],
)
def test_outcomes_are_told_apart_where_they_are_counted(text: str, items: list[str]) -> None:
    assert numbered(text) == items


def test_the_number_of_participants_is_actual_once_it_is_known() -> None:
    moves = changes_between(said(), said(participants__totalFinalEnrolment="9"), on=NOVEMBER)

    assert [(change.kind, change.after) for change in moves] == [("enrollment.actual", {"count": 9, "type": "ACTUAL"})]


def test_the_end_of_recruitment_is_a_date_like_the_others() -> None:
    later = said(participants__recruitmentEnd=f"2026-10-20{DAY}")

    (change,) = changes_between(said(), later, on=NOVEMBER)

    assert (change.field, change.kind) == ("recruitment_end_date", "date.advanced")
    assert change.summary.startswith("Recruitment end date")


@pytest.mark.parametrize("results", [{"results__publicationStage": "Results"}])
def test_results_are_posted_with_their_stage(results: dict[str, str]) -> None:
    assert [change.kind for change in changes_between(said(), said(**results), on=NOVEMBER)] == ["results.posted"]


def test_nations_are_one_country_and_centres_stand_for_theirs() -> None:
    centres = {"trialCentre": [{"name": "Riverside", "city": "Hull", "zip": "-", "country": "England"}]}
    countries = {"country": ["England", "United Kingdom", "Malta", "Wales"]}

    sites = said(participants__trialCentres=centres, participants__recruitmentCountries=countries).sites

    assert [(site.facility, site.zip, site.country) for site in sites] == [
        ("Riverside", None, "United Kingdom"),
        (None, None, "Malta"),
    ]


def test_nothing_about_people_enters_a_document() -> None:
    beside = (
        '<contact id="c"><forename>Mira</forename><surname>Fell</surname></contact>'
        '<sponsor id="Sponsor1"><organisation>Riverside Trust</organisation>'
        "<contactDetails><email>mira.fell@example.org</email><telephone>0200</telephone></contactDetails></sponsor>"
    )
    content = document(
        beside=beside,
        trialDescription__plainEnglishSummary="Walking.\n\nWho is the main contact?\nDr Mira Fell\nmira@example.org",
        trialDescription__ethicsApproval="Committee, mira.fell@example.org, ref 1",
        participants__contact={"surname": "Fell"},
    ).content

    assert b"Riverside Trust" in content
    for word in (b"Mira", b"Fell", b"mira", b"0200", b"@example"):
        assert word not in content


def test_a_document_is_proven_by_its_content_as_by_the_answer() -> None:
    first = document()

    assert kept_document(HIP, first.content) == first


def test_new_ids_of_organisations_are_no_news() -> None:
    other = '<sponsor id="e67020e7"><organisation>Riverside Trust</organisation></sponsor>'

    assert document().content == document(beside=other, parties__sponsorId="e67020e7").content


def test_outcomes_that_are_numbered_are_several() -> None:
    assert said().primary_outcomes == (Outcome("Pain"), Outcome("Walking speed"))


def test_the_day_is_one_in_utc(adapter_for) -> None:
    isrctn = adapter_for("http://127.0.0.1:9", adapter=Isrctn)
    evening = datetime.fromisoformat("2026-10-30T23:30:00-05:00")

    assert isrctn.parse(document(), evening).overall_status == stating.CLOSED
    assert isrctn.reads_otherwise_on(document(), datetime(2026, 10, 30, 23, tzinfo=UTC)) == date(2026, 10, 31)
