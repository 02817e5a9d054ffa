"""Key dates as calendars: what a calendar program reads, and the rules of RFC 5545 that it reads by."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from icalendar import Calendar

from monitor.changes.plans import Plan, Step, last_day
from monitor.model import PartialDate
from monitor.web.feeds.calendar import MOST_EVENTS, CalendarTrial, calendar

URL = "https://monitor.example.org/base/"
BEGAN = datetime(2024, 3, 1, 9, tzinfo=UTC)
LATER = datetime(2025, 3, 1, 9, tzinfo=UTC)
LAST = datetime(2026, 3, 1, 9, tzinfo=UTC)


def day(text: str, type_: str | None = "ESTIMATED") -> dict[str, str]:
    return {"date": text, **({"type": type_} if type_ else {})}


def trial(*, title: str | None = "A Study", trial_id: str = "NCT02116634", **steps: Any) -> CalendarTrial:
    """Each field as a list of (moment, value)."""
    listed = steps.pop("is_listed", True)
    plan = Plan({field: tuple(Step(at, value) for at, value in each) for field, each in steps.items()})
    return CalendarTrial(registry="clinicaltrials.gov", trial_id=trial_id, title=title, plan=plan, is_listed=listed)


def made(*trials: CalendarTrial, **more: Any) -> bytes:
    return calendar("Key dates", trials, public_url=URL, **more)


def read(*trials: CalendarTrial, **more: Any) -> list[Any]:
    return list(Calendar.from_ical(made(*trials, **more)).walk("VEVENT"))


def only(*trials: CalendarTrial) -> Any:
    (event,) = read(*trials)
    assert not event.errors
    return event


def test_a_date_is_an_all_day_event_that_blocks_nobody() -> None:
    event = only(trial(primary_completion_date=[(BEGAN, day("2026-03-15"))]))
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (date(2026, 3, 15), date(2026, 3, 16))
    assert (event["STATUS"], event["TRANSP"], event["SEQUENCE"]) == ("TENTATIVE", "TRANSPARENT", 0)
    assert event["SUMMARY"] == "Primary completion (estimated): NCT02116634, A Study"
    assert event["URL"] == "https://monitor.example.org/base/trials/NCT02116634"


@pytest.mark.parametrize(
    ("text", "stands", "says"),
    [
        ("2026-02", date(2026, 2, 28), "in February 2026"),
        ("2028-02", date(2028, 2, 29), "in February 2028"),
        ("2026", date(2026, 12, 31), "in 2026"),
    ],
)
def test_a_date_without_a_day_says_so_and_stands_on_the_last_one(text: str, stands: date, says: str) -> None:
    event = only(trial(start_date=[(BEGAN, day(text))]))
    assert event.decoded("DTSTART") == stands
    assert event["SUMMARY"].startswith(f"Start {says} (estimated): ")
    assert "gives no day" in event["DESCRIPTION"]


def test_a_date_that_moved_is_the_same_event_moved() -> None:
    before = trial(start_date=[(BEGAN, day("2026-03-15"))])
    after = trial(start_date=[(BEGAN, day("2026-03-15")), (LATER, day("2026-07")), (LAST, day("2026-08-01"))])
    assert only(before)["UID"] == only(after)["UID"]
    assert only(after)["SEQUENCE"] == 2
    assert only(after).decoded("LAST-MODIFIED") == LAST == only(after).decoded("DTSTAMP")
    assert "At first: 2026-03-15." in only(after)["DESCRIPTION"]


def test_what_has_happened_is_confirmed() -> None:
    assert only(trial(start_date=[(BEGAN, day("2024-01-02", "ACTUAL"))]))["STATUS"] == "CONFIRMED"


@pytest.mark.parametrize("status", ["TERMINATED", "WITHDRAWN"])
def test_a_trial_that_ends_early_calls_off_what_has_not_happened(status: str) -> None:
    statuses = [(BEGAN, "RECRUITING"), (LATER, status)]
    started, planned = read(
        trial(
            start_date=[(BEGAN, day("2024-01-02", "ACTUAL"))],
            completion_date=[(BEGAN, day("2027-01"))],
            overall_status=statuses,
        )
    )
    assert (started["STATUS"], planned["STATUS"]) == ("CONFIRMED", "CANCELLED")
    assert planned["SEQUENCE"] == 1
    assert planned.decoded("LAST-MODIFIED") == LATER
    assert planned["SUMMARY"].startswith(f"{status.title()}: Completion in January 2027")


def test_a_trial_that_goes_on_again_has_its_dates_again() -> None:
    statuses = [(BEGAN, "RECRUITING"), (LATER, "WITHDRAWN"), (LAST, "RECRUITING")]
    event = only(trial(completion_date=[(BEGAN, day("2027-01"))], overall_status=statuses))
    assert (event["STATUS"], event["SEQUENCE"]) == ("TENTATIVE", 2)


def test_a_trial_that_is_no_longer_listed_is_called_off() -> None:
    event = only(trial(completion_date=[(BEGAN, day("2027-01"))], is_listed=False))
    assert event["STATUS"] == "CANCELLED"
    assert event["SUMMARY"].startswith("No longer listed: ")


def test_the_same_plans_are_the_same_bytes_in_whatever_order() -> None:
    one = trial(start_date=[(BEGAN, day("2026-03"))])
    other = trial(start_date=[(BEGAN, day("2026-03"))], trial_id="NCT00000102")
    assert made(one, other) == made(other, one)


@pytest.mark.parametrize("text", ["", "soon", "0000-00", "9999-12-31", "9999"])
def test_what_is_no_date_that_a_calendar_can_hold_is_left_out(text: str) -> None:
    assert read(trial(start_date=[(BEGAN, day(text))])) == []


def test_a_date_that_is_left_out_and_a_day_that_does_not_exist_are_told() -> None:
    assert b"Left out: 1 date that no calendar can hold." in made(trial(start_date=[(BEGAN, day("9999-12-31"))]))
    event = only(trial(start_date=[(BEGAN, day("2027-02-30"))]))
    assert "There is no such day" in event["DESCRIPTION"]
    assert "gives no day" not in event["DESCRIPTION"]


def test_a_date_that_went_away_is_no_longer_there() -> None:
    assert read(trial(start_date=[(BEGAN, day("2026-03")), (LATER, None)])) == []


def test_a_year_of_three_digits_has_four() -> None:
    assert b"DTSTART;VALUE=DATE:0204031" in made(trial(start_date=[(BEGAN, day("0204-03-15"))]))


HOSTILE = [
    "Semi;colon, comma \\ backslash",
    "line\r\nBEGIN:VEVENT\r\nUID:evil\r\nEND:VEVENT",
    "line\u2028separator\x0bvertical\x85next",
    "naïve – “quoted” " + "ü" * 200,
    "🧬" * 90,
    "\u202etxet lortnoc\u202c \x1b[31m red",
    "עברית ועוד " * 9,
    "x" * 400,
]


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_title_stays_a_title(title: str) -> None:
    content = made(trial(title=title, start_date=[(BEGAN, day("2026-03"))]))
    assert len(Calendar.from_ical(content).walk("VEVENT")) == 1
    assert content.endswith(b"\r\n")
    lines = content.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", content.replace(b"\r\n", b""))
    for line in lines:
        line.decode()  # no character is cut in two


def test_a_title_is_read_as_it_was_written() -> None:
    event = only(trial(title="Semi;colon, comma \\ and \\n “ü”", start_date=[(BEGAN, day("2026-03"))]))
    assert event["SUMMARY"].endswith("NCT02116634, Semi;colon, comma \\ and \\n “ü”")


def test_the_calendar_says_its_name_and_how_often_to_look() -> None:
    content = calendar("Halden; Co", [], public_url=URL)
    read_back = Calendar.from_ical(content)
    assert read_back["VERSION"] == "2.0"
    assert b"\r\nX-WR-CALNAME:Halden\\; Co\r\n" in content
    assert b"\r\nNAME:Halden\\; Co\r\n" in content
    assert [each.name for each in read_back.subcomponents] == ["VTIMEZONE"]  # it has to have something
    assert read_back["X-PUBLISHED-TTL"] == "PT6H"
    assert "METHOD" not in read_back


def test_a_long_calendar_begins_where_it_is_told_and_ends_where_programs_give_up() -> None:
    many = [trial(trial_id=f"NCT{n:08}", start_date=[(BEGAN, day("2026-03"))]) for n in range(MOST_EVENTS + 2)]
    old = trial(start_date=[(BEGAN, day("2019-03"))])
    content = made(old, *many, since=date(2025, 1, 1))
    assert content.count(b"BEGIN:VEVENT") == MOST_EVENTS
    assert b"2 others are left out" in content
    assert b"DATE:2019" not in content


def test_what_is_past_is_left_out_of_a_long_calendar_first() -> None:
    past = [trial(trial_id=f"NCT{n:08}", start_date=[(BEGAN, day("2026-03"))]) for n in range(MOST_EVENTS)]
    coming = trial(trial_id="NCT99999999", start_date=[(BEGAN, day("2027-03"))])
    content = made(*past, coming, coming=date(2026, 11, 1))
    assert content.count(b"BEGIN:VEVENT") == MOST_EVENTS
    assert b"DATE:20270331" in content


def test_of_too_many_dates_to_come_the_next_ones_are_kept() -> None:
    late = [trial(trial_id=f"NCT{n:08}", start_date=[(BEGAN, day("2028-03"))]) for n in range(MOST_EVENTS)]
    soon = trial(trial_id="NCT99999999", start_date=[(BEGAN, day("2027-03"))])
    assert b"DATE:20270331" in made(*late, soon, coming=date(2026, 11, 1))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_a_name(name: str) -> None:
    content = calendar(name, [trial(start_date=[(BEGAN, day("2026-03"))])], public_url=URL)
    assert len(Calendar.from_ical(content).walk("VEVENT")) == 1
    assert not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", content.replace(b"\r\n", b""))


def test_where_a_date_stands_is_a_day_that_it_allows() -> None:
    assert last_day(PartialDate("2030-02-30")) == date(2030, 2, 28)  # a day that does not exist: the month counts
    assert last_day(PartialDate("2099-13-45")) is None  # no such month: nothing to go by
