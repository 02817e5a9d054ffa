"""How a trial stands in each country, and what the form of a document cannot say."""

from dataclasses import replace
from datetime import date

from monitor.changes.diff import diff
from monitor.changes.significance import weigh_all
from monitor.model import CountryStatus, Difference, Enrollment, Record
from tests.changes.diff.records import record

DAY = date(2026, 3, 2)
RECRUITING, ENDED = ("RECRUITING", "Ongoing, recruiting"), ("ACTIVE_NOT_RECRUITING", "Ongoing, recruitment ended")
HALTED = "SUSPENDED", "Temporarily halted"


def standing(**countries: tuple[str, str]) -> Record:
    """The honey trial, with these countries alone."""
    return record(country_statuses=tuple(CountryStatus(name, *status) for name, status in countries.items()))


def told(before: Record, after: Record) -> list[str]:
    """The sentences of what differs."""
    return [difference.summary for difference in differing(before, after)]


def differing(before: Record, after: Record) -> tuple[Difference, ...]:
    return diff(before, after, on=DAY)


def test_countries_that_moved_alike_are_told_together_in_the_registrys_words():
    before = standing(Spain=RECRUITING, Hungary=RECRUITING, Poland=RECRUITING)
    after = standing(Poland=HALTED, Hungary=ENDED, Spain=ENDED)

    assert told(before, after) == [
        "In Hungary and Spain the status went from “Ongoing, recruiting” to “Ongoing, recruitment ended”.",
        "In Poland the status went from “Ongoing, recruiting” to “Temporarily halted”.",
    ]
    assert [str(change.significance) for change in weigh_all(differing(before, after))] == ["major", "minor"]


def test_countries_that_came_and_went_are_told_with_how_they_stand():
    assert told(standing(Spain=RECRUITING), standing(Italy=ENDED)) == [
        "Country added: Italy (Ongoing, recruitment ended).",
        "Country removed: Spain (Ongoing, recruiting).",
    ]


def test_two_stages_that_share_a_code_are_told_apart_by_their_words():
    stages = standing(Spain=("RECRUITING", "Authorised, recruiting")), standing(Spain=RECRUITING)

    assert told(*stages) == ["In Spain the status went from “Authorised, recruiting” to “Ongoing, recruiting”."]


def test_another_order_or_another_name_of_a_country_is_no_change():
    before = standing(Spain=RECRUITING, Czechia=ENDED)
    after = replace(
        before, country_statuses=standing(**{"Czech Republic": ENDED, "Spain": RECRUITING}).country_statuses
    )

    assert told(before, after) == []


def test_what_the_form_of_one_document_cannot_say_is_no_difference():
    whole = record(details={"brief_summary": "Honey against saline."})
    page = replace(whole, enrollment=Enrollment(3, "ACTUAL"), arms=(), details={}, rest={})
    page = replace(page, silent=frozenset(("arms", "brief_summary", "rest")))

    assert {difference.field for difference in differing(page, whole)} == {"enrollment"}
    assert {difference.field for difference in differing(whole, page)} == {"enrollment"}
