"""What the form of a document cannot say, in whole or in part, is no difference."""

from dataclasses import replace
from datetime import date

from monitor.changes.diff import diff, last_said, not_compared
from monitor.model import Coded, Enrollment, Outcome, PartialDate, Record, Site, Sponsor

ON = date(2026, 11, 27)
RECORD = Record(
    registry="clinicaltrials.gov",
    trial_id="NCT91000001",
    url="",
    paths={},
    overall_status=Coded("RECRUITING", "Recruiting"),
    enrollment=Enrollment(40, "ACTUAL"),
    start_date=PartialDate("2015-04", "ACTUAL"),
    lead_sponsor=Sponsor("Hospital", "OTHER"),
    primary_outcomes=(Outcome("Pain", "6 weeks", "On a scale"),),
    sites=(Site("Ward 3", "Bergen", country="Norway"), Site("Ward 4", "Oslo", country="Norway"), Site(country="Iran")),
    details={"brief_summary": "Words"},
    rest={"more": 1},
)
PAGE = replace(
    RECORD,
    enrollment=Enrollment(40),
    start_date=PartialDate("2015-04"),
    lead_sponsor=Sponsor("Hospital"),
    primary_outcomes=(Outcome("Pain", "6 weeks"),),
    sites=(Site("Clinic", "Bergen", country="Norway"), Site(country="Iran, Islamic Republic of")),
    details={},
    rest={},
    silent=frozenset(
        ("enrollment.type", "start_date.type", "lead_sponsor.kind", "primary_outcomes.description", "sites.facility")
    )
    | {"brief_summary", "rest"},
)


def kinds(before: Record, after: Record) -> list[str]:
    return [difference.kind for difference in diff(before, after, on=ON)]


def test_parts_that_one_side_cannot_say_are_no_difference():
    assert kinds(PAGE, RECORD) == []
    assert kinds(RECORD, PAGE) == []


def test_what_both_can_say_is_compared():
    changed = replace(
        RECORD,
        enrollment=Enrollment(50, "ACTUAL"),
        lead_sponsor=Sponsor("Clinic", "OTHER"),
        primary_outcomes=(Outcome("Pain", "9 weeks"),),
        sites=(*RECORD.sites, Site("Ward 5", country="Denmark")),
    )

    found = {difference.field: difference for difference in diff(PAGE, changed, on=ON)}

    assert set(found) == {"enrollment", "lead_sponsor", "primary_outcomes", "country_statuses"}
    assert found["country_statuses"].kind == "country.added"
    assert found["country_statuses"].summary == "Country added: Denmark."


def test_a_country_that_went_is_told():
    assert kinds(PAGE, replace(RECORD, sites=RECORD.sites[:1])) == ["country.removed"]


def test_what_was_not_compared_has_its_label():
    assert not_compared(PAGE, RECORD) == ("Brief summary",)
    assert not_compared(RECORD, RECORD) == ()


HTML = replace(
    RECORD,
    details={"brief_summary": "1. Words, 2 of them"},
    eligibility_criteria="Inclusion:\n\n* Age > 18\n* Consent",
    primary_outcomes=(Outcome("Pain", "6 weeks", "* On a scale"),),
    results={"posted": "<b>yes</b>"},
    converted=frozenset(("brief_summary", "eligibility_criteria", "primary_outcomes.description", "results")),
)
MARKDOWN = replace(
    RECORD,
    details={"brief_summary": "Words,  2 of them"},
    eligibility_criteria="Inclusion:\n\n1. Age \\> 18\n2. *Consent*",
    results={"posted": "**yes**"},
)


def test_texts_in_another_markup_are_the_same_where_they_differ_in_marks_alone():
    for pair in ((HTML, MARKDOWN), (MARKDOWN, HTML)):
        assert diff(*pair, on=ON) == ()


def test_texts_that_are_alike_but_for_their_marks_are_no_reason_to_mix_up_items():
    one, other = Outcome("Pain", "6 weeks", "On a  scale"), Outcome("Sleep", "6 weeks", "On a scale")
    markdown = replace(MARKDOWN, primary_outcomes=(one, other))
    html = replace(HTML, primary_outcomes=(replace(one, description="On a scale"), other))

    assert diff(html, markdown, on=ON) == ()


def test_what_texts_in_another_markup_say_is_compared_and_what_nobody_can_tell_is_not():
    later = replace(
        MARKDOWN,
        eligibility_criteria="Inclusion:\n\n1. Age \\< 18\n2. Consent",
        primary_outcomes=(Outcome("Pain", "6 weeks", "On another scale"),),
        results={"posted": "no"},
    )

    assert {each.field for each in diff(HTML, later, on=ON)} == {"eligibility_criteria", "primary_outcomes"}


def test_two_texts_in_the_same_markup_are_compared_to_the_letter():
    later = replace(HTML, eligibility_criteria="Inclusion:\n\n1. Age > 18\n2. Consent", results={"posted": "no"})

    assert {"eligibility_criteria", "results"} <= {each.field for each in diff(HTML, later, on=ON)}


def test_what_was_said_last_keeps_its_markup():
    silent_page = replace(PAGE, silent=frozenset(("eligibility_criteria", "brief_summary")))
    known = last_said(HTML, silent_page)

    assert known.eligibility_criteria == HTML.eligibility_criteria
    assert known.converted == {"eligibility_criteria", "brief_summary"}
