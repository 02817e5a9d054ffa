"""Pages of the former ClinicalTrials.gov that people saved: what is read of them, and what is refused."""

import json
import random
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from monitor.errors import AnswerUnreadable, ConfigurationInvalid
from monitor.model import Arm, Enrollment, Outcome, PartialDate, Record, Site
from monitor.ports import PageReading
from tests.registries.clinicaltrials_gov import classic
from tests.registries.clinicaltrials_gov.classic import REASON, TITLE, TRIAL
from tests.sample_sizes import FUZZED, sizes

SHARED = Path(__file__).parents[4] / "shared"
PAGES = SHARED / "data/registries/classic"
SEED = SHARED / "seed/NCT02116634-classic-page.txt"
NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
PAIN = Outcome("Pain [0 to 10] at rest", "6 weeks", "On a scale")

EVERY = {
    "details": classic.details(),
    "early details": classic.early_details(),
    "tabular": classic.tabular(),
    "early tabular": classic.tabular(later=False),
    "text": classic.text(),
    "text with roles": classic.text(roles=True),
}


@pytest.fixture
def read(adapter):
    def record_of(page: str | bytes) -> Record:
        saved = adapter.read_page(page.encode() if isinstance(page, str) else page)
        return adapter.parse(saved.document, NOON)

    return record_of


def test_clinicaltrials_gov_reads_pages(adapter):
    assert isinstance(adapter, PageReading)


def test_study_details_give_the_record(read):
    record = read(classic.details())

    assert (record.trial_id, record.brief_title, record.official_title) == (TRIAL, TITLE, classic.OFFICIAL)
    assert (record.overall_status.code, record.why_stopped) == ("TERMINATED", REASON)
    assert record.enrollment == Enrollment(1204, "ACTUAL")
    assert record.start_date == PartialDate("2015-04", "ACTUAL")
    assert record.primary_completion_date == PartialDate("2020-06-30", "ESTIMATED")
    assert record.completion_date == PartialDate("2020-12", "ESTIMATED")
    assert [phase.code for phase in record.phases] == ["PHASE2", "PHASE3"]
    assert [
        coded.code
        for coded in (record.study_type, record.allocation, record.intervention_model, record.masking, record.sex)
    ] == ["INTERVENTIONAL", "RANDOMIZED", "PARALLEL", "DOUBLE", "FEMALE"]
    assert record.primary_purpose.code == "SUPPORTIVE_CARE"
    assert record.conditions == ("Osteoarthritis, Knee", "Pain")
    assert record.arms == (
        Arm("Warm", "EXPERIMENTAL", "Twice a day", ("Device: warm compress",)),
        Arm("Rest", "NO_INTERVENTION"),
    )
    assert record.primary_outcomes == (PAIN,)
    assert record.secondary_outcomes == (Outcome("Steps a day", "3 months"), Outcome("Days in hospital"))
    assert (record.minimum_age, record.maximum_age, record.healthy_volunteers) == ("18 Years", None, False)
    assert record.eligibility_criteria == "Inclusion Criteria:\n* New knee"
    assert (record.lead_sponsor.name, [each.name for each in record.collaborators]) == (
        "Hospital of Évora",
        ["Heat Ltd.", "University of Bergen"],
    )
    assert record.sites == (
        Site("Ward 3", "Évora", None, "7000", "Portugal", "TERMINATED"),
        Site("Joint Clinic", "Dayton", "Ohio", "45402", "United States"),
    )
    assert (record.last_update_post_date, record.status_verified_date) == ("2019-02-01", "2019-01")
    assert record.details["study_first_post_date"] == {"date": "2015-03-05"}
    assert record.details["org_study_id"] == "WARM-1"
    assert record.details["secondary_ids"] == [{"id": "2014-001234-56", "type": "EUDRACT_NUMBER"}]
    assert record.has_results


def test_a_page_until_2017_gives_the_record_too(read):
    record = read(classic.early_details())

    assert (record.overall_status.code, record.why_stopped) == ("TERMINATED", "Slow accrual")
    assert record.enrollment == Enrollment(40)
    assert record.primary_completion_date == PartialDate("2017-06", "ESTIMATED")
    assert record.primary_outcomes == (Outcome("Pain", "6 weeks"),)
    assert record.sites == (Site("Ward 3", "Évora", None, "7000", "Portugal"),)
    assert record.last_update_submit_date == "2016-06-02"
    assert [each.name for each in record.collaborators] == ["Heat Ltd."]
    assert not record.has_results
    assert {"enrollment.type", "start_date.type"} <= record.silent
    assert "primary_completion_date.type" not in record.silent


@pytest.mark.parametrize("later", [True, False])
def test_the_tabular_view_also_gives_the_outcomes_as_first_registered(read, later):
    record = read(classic.tabular(later=later))

    assert record.overall_status.code == "ACTIVE_NOT_RECRUITING"
    assert record.primary_outcomes == (Outcome("Pain", "6 weeks", "On a scale"),)
    assert record.details["registered_outcomes"] == [
        {"role": "primary", "label": "Pain", "time_frame": "12 weeks"},
        {"role": "primary", "label": "Steps a day"},
        {"role": "secondary", "label": "Steps a day"},
    ]
    assert record.details["outcomes_submitted"] == [{"label": "primary outcomes", "date": "2019-01-03"}]
    assert [site.country for site in record.sites] == ["Portugal", "Iran, Islamic Republic of"]
    assert (record.minimum_age, record.maximum_age) == (None, "60 Years")
    assert record.enrollment == Enrollment(40, "ESTIMATED" if later else None)
    assert record.conditions == ("Osteoarthritis, Knee", "Pain")
    assert record.details["secondary_ids"] == [{"id": "U01AB000001"}]


def test_what_is_not_provided_is_empty_and_what_is_not_shown_is_silent(read):
    record = read(classic.tabular())

    assert record.official_title is None
    assert record.other_outcomes == ()
    assert not {"official_title", "other_outcomes", "collaborators"} & record.silent
    assert {"completion_date", "acronym", "results", "rest", "eligibility_criteria", "arms"} <= record.silent


def test_plain_text_gives_the_record(read):
    record = read(classic.text(roles=True))

    assert (record.brief_title, record.overall_status.code, record.why_stopped) == (TITLE, "TERMINATED", REASON)
    assert record.enrollment == Enrollment(1204, "ACTUAL")
    assert record.start_date == PartialDate("2015-04", "ACTUAL")
    assert record.primary_outcomes == (Outcome(PAIN.measure, "6 weeks"),)
    assert record.secondary_outcomes == (Outcome("Steps a day", "3 months"),)
    assert record.sites == (
        Site("Ward 3", "Isfahan", None, "81746", "Iran, Islamic Republic of"),
        Site("Joint Clinic", "Dayton", "Ohio", "45402", "United States"),
    )
    assert record.arms == (Arm("Warm", "EXPERIMENTAL", "Twice a day", ("Device: warm compress",)),)
    assert [phase.code for phase in record.phases] == ["PHASE2", "PHASE3"]
    assert "lead_sponsor" in record.silent


def test_text_that_lost_the_roles_of_outcomes_lists_them_without(read):
    record = read(classic.text())

    assert {"primary_outcomes", "secondary_outcomes", "other_outcomes"} <= record.silent
    assert [each["label"] for each in record.details["listed_outcomes"]] == [PAIN.measure, "Steps a day"]


@pytest.mark.parametrize(
    ("status", "code", "why"),
    [
        ("Recruiting", "RECRUITING", None),
        ("Active, not recruiting", "ACTIVE_NOT_RECRUITING", None),
        ("Enrolling by invitation", "ENROLLING_BY_INVITATION", None),
        ("Withdrawn\n(No data could be verified (as yet))", "WITHDRAWN", "No data could be verified (as yet)"),
        ("No longer available", "NO_LONGER_AVAILABLE", None),
    ],
)
def test_a_status_and_its_reason_are_read(read, status, code, why):
    record = read(classic.details(status))

    assert (record.overall_status.code, record.why_stopped) == (code, why)
    assert "why_stopped" not in record.silent


def test_an_unknown_status_says_what_it_was(read):
    record = read(
        classic.details("Unknown † <br>Verified May 2014 by Hospital.<br>Recruitment status was: Not yet recruiting")
    )

    assert (record.overall_status.code, record.last_known_status.code) == ("UNKNOWN", "NOT_YET_RECRUITING")


def test_a_status_that_nobody_knows_is_told_as_drift(adapter):
    document = adapter.read_page(classic.details("Resting").encode()).document

    assert adapter.parse(document, NOON).overall_status.code == "UNKNOWN"
    assert str(adapter.parse(document, NOON).overall_status) == "Resting"
    assert [(each.path, each.value) for each in adapter.unknown(document)] == [("classicPage.overallStatus", "Resting")]
    assert adapter.unknown(adapter.read_page(classic.details().encode()).document) == ()


PART_OF_TABLE = f"Tracking Information\nRecruitment Status  ICMJE\tCompleted\nNCT Number  ICMJE\t{TRIAL}\n"


def test_people_do_not_get_into_the_document(adapter):
    for page in EVERY.values():
        assert b"Jane" not in adapter.read_page(page.encode()).document.content


def test_a_copy_of_an_archive_is_the_same_page_of_another_day(adapter):
    saved = adapter.read_page(classic.archived(classic.details()).encode())
    plain = adapter.read_page(classic.details().encode())

    assert saved.document == plain.document
    assert (saved.posted_on, saved.archived_on) == (date(2019, 2, 1), date(2019, 3, 9))
    assert plain.archived_on is None


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("layout", ["details", "text"])
def test_a_page_in_another_encoding_is_the_same(adapter, layout, encoding):
    page = EVERY[layout]

    assert adapter.may_be_page(page.encode(encoding))
    assert adapter.read_page(page.encode(encoding)).document == adapter.read_page(page.encode()).document


@pytest.mark.parametrize("layout", EVERY)
def test_the_document_proves_itself(adapter, layout):
    document = adapter.read_page(EVERY[layout].encode()).document

    assert adapter.may_be_page(EVERY[layout].encode())
    assert adapter.prove(TRIAL, document.content) == document
    with pytest.raises(AnswerUnreadable, match="NCT91000102"):
        adapter.prove("NCT91000102", document.content)


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("<!doctype html><html><body><ctg-root></ctg-root></body></html>", "site of today"),
        (classic.details(tab="results"), "Study Results"),
        (
            '<html><body><div id="main-content"><table class="releases"></table></div></body></html>',
            "History of Changes",
        ),
        ("<html><body><h1>502 Bad Gateway</h1></body></html>", "not a page of a study"),
        ("<clinical_study><id_info/></clinical_study>", "former XML"),
        ("just some words", "not a page of a study"),
        (PART_OF_TABLE, 'a part of the "Tabular View"'),
        ("", "not a page of a study"),
        (classic.details(trial="NCT1", body=""), "ClinicalTrials.gov Identifier"),
        (classic.details(status=""), "Recruitment Status"),
        ("<p>" + "x" * (5 * 2**20), "more than 4 MB"),
    ],
)
def test_anything_else_is_refused_with_what_to_save_instead(adapter, page, words):
    with pytest.raises(ConfigurationInvalid, match=re.escape(words)) as refused:
        adapter.read_page(page.encode())

    assert "\n" not in str(refused.value)


def test_a_part_of_a_page_is_not_taken_for_a_list_of_trials(adapter):
    assert adapter.may_be_page(PART_OF_TABLE.encode())


@pytest.mark.parametrize("opening", ["<table><tr><td>", "<div>", "<span>", "<x></y>"])
def test_a_page_that_is_nested_without_end_is_refused_at_once(adapter, opening):
    with pytest.raises(ConfigurationInvalid, match="nested deeper"):
        adapter.read_page(classic.details(body=opening * 20_000).encode())


def test_a_page_as_large_as_any_takes_a_time_in_proportion(read):
    """The time limit is pytest's."""
    rows = "<tr><td>Allocation:</td><td>x</td></tr>" * 2_000
    body = f"<table>{rows}</table>" + "<p>x<ul></ul>" * 2_000 + "<div>y</div>" * 2_000

    assert read(classic.details(body=body)).overall_status.code == "TERMINATED"


def test_control_characters_and_entities_do_no_harm(read):
    record = read(classic.details("Withdrawn<br>(a\x1b[31mb &#0;&#xD800;&amp;lt;c)"))

    assert record.why_stopped.endswith("&lt;c")
    assert "\0" not in record.why_stopped


def mutated(page: str, rng: random.Random) -> bytes:
    """The page with some of it cut out, doubled, moved or overwritten."""
    raw = bytearray(page.encode())
    for _ in range(rng.randint(1, 12)):
        start = rng.randrange(len(raw))
        end = min(len(raw), start + rng.choice((1, 3, 20, 200, 2000)))
        piece = bytes(raw[start:end])
        place = rng.randrange(len(raw))
        raw[start:end] = rng.choice((b"", piece * 2, rng.randbytes(3), b"<td>", b"</table>", b"[ Time Frame:", b"("))
        raw[place:place] = rng.choice((b"", piece))
        raw = raw or bytearray(b" ")
    return bytes(raw)


@pytest.mark.parametrize("rounds", sizes(200, FUZZED))
def test_a_damaged_page_is_read_or_refused(adapter, rounds):
    rng = random.Random(rounds)
    pages = [*EVERY.values(), *(file.read_text(encoding="utf-8") for file in sorted(PAGES.glob("*.html")))]
    for _ in range(rounds):
        raw = mutated(rng.choice(pages if rounds > 200 else pages[:6]), rng)
        adapter.may_be_page(raw)
        try:
            document = adapter.read_page(raw).document
        except ConfigurationInvalid:
            continue
        adapter.prove(document.trial_id, document.content)
        adapter.parse(document, NOON)
        adapter.unknown(document)


@pytest.mark.parametrize("rounds", sizes(200, FUZZED))
def test_a_damaged_document_is_proved_and_read_or_refused(adapter, rounds):
    rng = random.Random(rounds)
    content = json.loads(adapter.read_page(classic.tabular().encode()).document.content)
    for _ in range(rounds):
        page = dict(content["classicPage"])
        for name in rng.sample(sorted(page), 3):
            page[name] = rng.choice(
                ([], {}, "", None, 3, ["x", 3, None, {"label": 4}], {"value": 5, "type": []}, "x" * 99)
            )
        raw = json.dumps({"classicPage": page}, separators=(",", ":")).encode()
        try:
            document = adapter.prove(TRIAL, raw)
        except AnswerUnreadable:
            continue
        adapter.parse(document, NOON)
        adapter.unknown(document)


# Real pages, which are not in this repository

real = pytest.mark.skipif(not PAGES.exists(), reason="the real pages are not here")


def _expected() -> dict[str, dict]:
    file = PAGES / "expected.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


@real
@pytest.mark.parametrize("name", _expected())
def test_a_real_page_gives_what_is_expected_field_by_field(read, name):
    expected = _expected()[name]
    record = read((PAGES / name).read_bytes())

    plain = ("trial_id", "brief_title", "official_title", "why_stopped", "healthy_volunteers", "has_results")
    for field in plain:
        if field in expected:
            assert getattr(record, field) == expected[field], field
    for field in ("overall_status", "study_type", "allocation", "masking"):
        if field in expected:
            assert getattr(record, field).code == expected[field], field
    for field in ("start_date", "primary_completion_date", "completion_date"):
        assert getattr(record, field) == PartialDate(expected[field]["text"], expected[field]["type"]), field
    assert record.enrollment == Enrollment(**expected["enrollment"])
    assert record.status_verified_date == expected["verified"]
    posted = expected.get("first_posted")
    assert record.details.get("study_first_post_date", {}).get("date") == posted
    assert record.details.get("study_first_submit_date") == expected.get("first_received")
    assert record.last_update_post_date == expected.get("last_update_posted")
    assert record.last_update_submit_date == expected.get("last_updated")


@real
@pytest.mark.parametrize("name", _expected())
def test_a_real_page_names_who_what_and_where_as_expected(read, name):
    expected = _expected()[name]
    record = read((PAGES / name).read_bytes())

    assert [phase.code for phase in record.phases] == expected["phases"]
    assert list(record.conditions) == expected["conditions"]
    assert record.lead_sponsor.name == expected["sponsor"]
    assert [each.name for each in record.collaborators] == expected.get("collaborators", [])
    assert len(record.primary_outcomes) == expected["primary_outcomes"]
    assert len(record.secondary_outcomes) == expected.get("secondary_outcomes", len(record.secondary_outcomes))
    assert [record.minimum_age, record.maximum_age] == expected["ages"]
    assert record.sex.code == expected["sex"].split()[0]
    if "interventions" in expected:
        assert [[each.type, each.name] for each in record.interventions] == expected["interventions"]
    if "sites" in expected:
        shown = [[part for part in (s.facility, s.city, s.state, s.country, s.zip) if part] for s in record.sites]
        assert shown == expected["sites"]
    if "countries" in expected:
        assert [site.country for site in record.sites] == expected["countries"]
        assert "registered_outcomes" not in record.details
        assert {"label": "primary outcomes", "date": expected["primary_outcomes_changed_on"]} in record.details[
            "outcomes_submitted"
        ]
    if "other_ids" in expected:
        ids = [record.details["org_study_id"], *(each["id"] for each in record.details["secondary_ids"])]
        assert ids == expected["other_ids"]
        assert len(record.arms) == expected["arms"]
        assert record.details["fda_regulated_drug"] is expected["fda_regulated"]["drug"]


@real
def test_the_text_of_a_real_page_gives_what_its_markup_does(read):
    """But for the sponsor, which the text does not name, and the roles of its outcomes."""
    text = read(SEED.read_bytes())
    markup = read((PAGES / "NCT02116634_REBUILT_study-details.html").read_bytes())

    fields = ("brief_title", "official_title", "overall_status", "why_stopped", "enrollment", "start_date", "phases")
    fields += (
        "primary_completion_date",
        "completion_date",
        "study_type",
        "allocation",
        "masking",
        "conditions",
        "arms",
    )
    fields += (
        "interventions",
        "minimum_age",
        "maximum_age",
        "sex",
        "healthy_volunteers",
        "eligibility_criteria",
        "sites",
    )
    for field in (*fields, "last_update_post_date", "status_verified_date", "has_results"):
        assert getattr(text, field) == getattr(markup, field), field
    assert text.lead_sponsor is None
    assert "lead_sponsor" in text.silent
    listed = [each["label"] for each in text.details["listed_outcomes"]]
    assert listed == [each.measure for each in (*markup.primary_outcomes, *markup.secondary_outcomes)]
