"""A record as rows: each field once, none left out."""

from dataclasses import fields, replace
from importlib import import_module

import pytest

from monitor.changes.fields import FIELDS
from monitor.model import Json, Record, Site
from monitor.render.record_rows import RecordRow, record_sections

REGISTRIES = ("clinicaltrials_gov", "ctis", "drks", "euctr", "isrctn", "ictrp")


def golden(registry: str) -> Record:
    record: Record = import_module(f"tests.registries.golden.{registry}").RECORD
    return record


def rows_of(record: Record) -> list[RecordRow]:
    return [row for section in record_sections(record) for row in section.rows]


def has(record: Record, name: str) -> bool:
    value = record.details.get(name) if name in record.details else getattr(record, name, None)
    return value not in (None, "", (), [], {})


@pytest.mark.parametrize("registry", REGISTRIES)
def test_every_field_that_says_anything_has_its_row(registry: str) -> None:
    record = golden(registry)

    shown = {row.name for row in rows_of(record)}

    wanted = {name for name in FIELDS if name not in ("trial_id", "rest") and has(record, name)}
    assert wanted <= shown
    assert ("rest" in shown) == bool(record.rest)


@pytest.mark.parametrize("registry", REGISTRIES)
def test_a_field_without_content_has_none(registry: str) -> None:
    record = golden(registry)
    empty = record.without([each.name for each in fields(record) if each.name != "has_results"] + [*record.details])

    assert {row.name for row in rows_of(empty)} == {"has_results"}


@pytest.mark.parametrize("registry", REGISTRIES)
def test_a_row_says_something(registry: str) -> None:
    for row in rows_of(golden(registry)):
        assert row.label
        assert row.said
        assert all(each.text for each in row.said), row


def test_what_people_wrote_is_told_from_codes_dates_and_numbers() -> None:
    verbatim = {row.name for row in rows_of(golden("clinicaltrials_gov")) if row.is_verbatim}

    assert {"brief_title", "eligibility_criteria", "primary_outcomes", "brief_summary"} <= verbatim
    assert not verbatim & {"overall_status", "start_date", "enrollment", "phases", "lead_sponsor"}


def test_what_no_field_took_is_called_as_the_registry_calls_it() -> None:
    status: Json = {"delayedPosting": True, "lastUpdatePostDateStruct": {"type": "ACTUAL"}}
    documents: Json = {"largeDocs": {"Prot_000.pdf": {"hasIcf": True}}}
    rest = {"protocolSection": {"statusModule": status}, "documentSection": {"largeDocumentModule": documents}}

    labels = [row.label for row in rows_of(replace(golden("clinicaltrials_gov"), rest=rest)) if row.name == "rest"]

    assert labels == [
        "Document: Prot_000.pdf: informed consent form",
        "Delayed posting",
        "Last update posted: type of date",
    ]


def test_sites_stand_under_their_countries_those_with_most_first() -> None:
    sites = (
        Site(facility="A", city="Oslo", country="Norway"),
        Site(facility="B", city="Bonn", country="Germany", status="RECRUITING"),
        Site(facility="C", city="Köln", country="Germany"),
        Site(country="Malta"),
        Site(),
    )
    record = Record(registry="r", trial_id="t", url="", paths={}, sites=sites)
    rows = [row for row in rows_of(record) if row.name == "sites"]

    assert [row.label for row in rows] == ["Germany: 2 sites", "Norway", "Countries"]
    assert [(each.text, each.aside) for each in rows[0].said] == [("B, Bonn", "Recruiting"), ("C, Köln", "")]
    assert [each.text for each in rows[2].said] == ["Malta", "a site without a name"]


def test_an_address_that_is_none_is_no_link() -> None:
    details = {
        "see_also_links": [
            {"label": "Bad", "url": "javascript:alert(1)"},
            {"label": "Good", "url": "https://x.example"},
        ]
    }
    record = Record(registry="r", trial_id="t", url="", paths={}, details=details)

    (row,) = [row for row in rows_of(record) if row.name == "see_also_links"]
    assert [each.url for each in row.said] == ["", "https://x.example"]
