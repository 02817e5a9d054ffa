"""Sponsors, design, eligibility, titles, what is administrative, and the rest."""

from dataclasses import replace

import pytest

from monitor.changes.diff.leftovers import looked_into
from monitor.changes.diff.tree import Mismatch
from monitor.model import ResponsibleParty, Sponsor
from tests.changes.diff.records import changes, coded, differences, only, record

APIS, ALIZE = Sponsor("Apis Medical BV", "INDUSTRY"), Sponsor("Fondation Alizé", "OTHER")
CRITERIA = record().eligibility_criteria

CASES = {
    "another lead sponsor": (
        {"lead_sponsor": Sponsor("Apis Medical BV", "INDUSTRY")},
        ("sponsor.lead", "critical"),
        "Lead sponsor changed from “Universiteit Gent Wondcentrum” to “Apis Medical BV”.",
    ),
    "another class of the same sponsor": (
        {"lead_sponsor": Sponsor("UNIVERSITEIT GENT Wondcentrum", "OTHER_GOV")},
        ("sponsor.lead", "minor"),
        "Lead sponsor “UNIVERSITEIT GENT Wondcentrum” is now classed as other gov, formerly other.",
    ),
    "no lead sponsor": (
        {"lead_sponsor": None},
        ("sponsor.lead", "critical"),
        "Lead sponsor was removed; it was “Universiteit Gent Wondcentrum”.",
    ),
    "a collaborator comes and one goes": (
        {"collaborators": (ALIZE, Sponsor("Imkersbond"))},
        ("sponsor.collaborators", "minor"),
        "Collaborators changed: added “Imkersbond”; removed “Apis Medical BV”.",
    ),
    "a collaborator is classed otherwise": (
        {"collaborators": (replace(APIS, kind="OTHER"), ALIZE)},
        ("sponsor.collaborators", "minor"),
        "Collaborators changed: “Apis Medical BV” is now classed as other, formerly industry.",
    ),
    "another responsible person": (
        {"responsible_party": ResponsibleParty("SPONSOR")},
        ("sponsor.responsible_party", "minor"),
        "Responsible party changed from “Marijke Verhaeghe” (principal investigator) to the sponsor.",
    ),
    "the responsible person moved": (
        {"responsible_party": ResponsibleParty("PRINCIPAL_INVESTIGATOR", "Marijke Verhaeghe", "Professor", "Bruges")},
        ("sponsor.responsible_party", "minor"),
        "Details of the responsible party “Marijke Verhaeghe” (principal investigator) changed.",
    ),
    "another phase": (
        {"phases": (coded("PHASE3"),)},
        ("phase", "major"),
        "Phase changed from Phase2/Phase3 to Phase3.",
    ),
    "no phase": ({"phases": ()}, ("phase", "major"), "Phase was removed; it was Phase2/Phase3."),
    "another allocation": (
        {"allocation": coded("NON_RANDOMIZED")},
        ("design.allocation", "major"),
        "Allocation changed from Randomized to Non randomized.",
    ),
    "another masking": (
        {"masking": coded("NONE")},
        ("design.masking", "major"),
        "Masking changed from Single to None.",
    ),
    "another intervention model": (
        {"intervention_model": coded("CROSSOVER")},
        ("design.intervention_model", "minor"),
        "Intervention model changed from Parallel to Crossover.",
    ),
    "another purpose": (
        {"primary_purpose": None},
        ("design.primary_purpose", "minor"),
        "Primary purpose was removed; it was Treatment.",
    ),
    "another type of study": (
        {"study_type": coded("OBSERVATIONAL")},
        ("study_type", "minor"),
        "Study type changed from Interventional to Observational.",
    ),
    "another age": (
        {"minimum_age": "16 Years"},
        ("eligibility.age", "major"),
        "Minimum age changed from 18 Years to 16 Years, while the trial was under way.",
    ),
    "no limit of age": (
        {"maximum_age": None},
        ("eligibility.age", "major"),
        "Maximum age was removed; it was 85 Years, while the trial was under way.",
    ),
    "another sex": (
        {"sex": coded("FEMALE")},
        ("eligibility.sex", "major"),
        "Sex changed from All to Female, while the trial was under way.",
    ),
    "healthy volunteers": (
        {"healthy_volunteers": True},
        ("eligibility.healthy_volunteers", "major"),
        "Healthy volunteers are now accepted, while the trial was under way.",
    ),
    "healthy volunteers are not mentioned": (
        {"healthy_volunteers": None},
        ("eligibility.healthy_volunteers", "major"),
        "The statement on healthy volunteers was removed; they were not accepted, while the trial was under way.",
    ),
    "another number in the criteria": (
        {"eligibility_criteria": CRITERIA.replace("0.8", "0.6")},
        ("eligibility.criteria", "major"),
        (
            "Eligibility criteria changed: “…of at least 0.8 Exclusion Criteria: *…” became “…of at least 0.6 Exclusion"
            " Criteria: *…”, while the trial was under way."
        ),
    ),
    "another criterion": (
        {"eligibility_criteria": CRITERIA + "\n* Pregnancy"},
        ("eligibility.criteria", "minor"),
        "Eligibility criteria changed: added “* Pregnancy”, while the trial was under way.",
    ),
    "one criterion less": (
        {"eligibility_criteria": CRITERIA.replace("\n* Diabetic foot", "")},
        ("eligibility.criteria", "minor"),
        "Eligibility criteria changed: removed “* Diabetic foot”, while the trial was under way.",
    ),
    "a new brief title": (
        {"brief_title": "Honey for Leg Ulcers"},
        ("title.brief", "minor"),
        "Brief title changed from “Honey Dressings for Leg Ulcers” to “Honey for Leg Ulcers”.",
    ),
    "a word in a long title": (
        {"official_title": record().official_title.replace("Adults", "Men")},
        ("title.official", "minor"),
        (
            "Official title changed: “…Saline Dressings in Adults With Venous Leg…” became “…Saline Dressings in Men"
            " With Venous Leg…”."
        ),
    ),
    "another long title": (
        {"official_title": "Which of Two Dressings, of Honey or of Saline, Closes Leg Ulcers in Less Time?"},
        ("title.official", "minor"),
        "Official title is now “Which of Two Dressings, of Honey or of Saline, Closes Leg Ulcers in Less Time?”.",
    ),
    "no acronym": ({"acronym": None}, ("title.acronym", "minor"), "Acronym was removed; it was “HONEYLEG”."),
    "verified again": (
        {"status_verified_date": "2026-03"},
        ("verified", "administrative"),
        "Last verified date changed from 2026-01 to 2026-03.",
    ),
    "updated again": (
        {"last_update_post_date": "2026-03-09"},
        ("updated", "administrative"),
        "Last update posted date changed from 2026-01-15 to 2026-03-09.",
    ),
    "another telephone": (
        {"contacts": ({"name": "Marijke Verhaeghe", "role": "Chair"}, {"name": "Ward office", "phone": "+32 9 1"})},
        ("contacts", "administrative"),
        "Contacts changed: 1 added, 1 removed.",
    ),
    "something else": (
        {"rest": {"conditions": {"keywords": ["ulcer", "honey"]}, "oversightModule": {"isFdaRegulatedDrug": False}}},
        ("other", "minor"),
        "Also changed: description, keywords, files and oversight.",
    ),
    "another trial was merged into this one": (
        {"aliases": ("HON-0000",)},
        ("identity.ids", "minor"),
        "Former registration numbers: added “HON-0000”.",
    ),
}


@pytest.mark.parametrize(("edited", "expected", "summary"), CASES.values(), ids=CASES)
def test_a_change(edited, expected, summary):
    (found,) = changes(record(), record(**edited))

    assert (found.kind, str(found.significance)) == expected
    assert found.summary == summary


def test_a_sponsor_is_shown_as_the_registry_writes_it():
    found = only(differences(record(), record(collaborators=(APIS,))))

    assert found.before == [
        {"name": "Apis Medical BV", "class": "INDUSTRY"},
        {"name": "Fondation Alizé", "class": "OTHER"},
    ]
    assert found.after == [{"name": "Apis Medical BV", "class": "INDUSTRY"}]


def test_the_criteria_are_measured_in_words():
    found = only(differences(record(), record(eligibility_criteria=CRITERIA.replace("Allergy to", "Hatred of"))))

    assert found.measure == {"words_added": 2, "words_removed": 2, "decisive_words": 0}


def test_long_rewritten_criteria_are_told_in_numbers():
    rewritten = CRITERIA.replace("Ankle index of at least 0.8", "A pulse that two nurses feel at the ankle of that leg")

    found = only(differences(record(), record(eligibility_criteria=rewritten)))

    assert found.summary == "Eligibility criteria changed: 10 words added, 4 removed, while the trial was under way."


def test_a_vague_name_is_told_with_the_one_before():
    before, after = ({"identificationModule": {"organization": {"fullName": name}}} for name in ("Gent", "Ghent"))

    found = only(differences(record(rest=before), record(rest=after)))

    assert found.summary == "Organization full name changed from “Gent” to “Ghent”."
    assert (found.before, found.after) == (
        {"identificationModule.organization.fullName": "Gent"},
        {"identificationModule.organization.fullName": "Ghent"},
    )


def test_items_without_a_name_are_looked_into():
    before = {"links": [{"to": "a.example", "year": 2020}, {"to": "b.example", "year": 2021}]}
    after = {"links": [{"to": "b.example", "year": 2021}, {"to": "a.example", "year": 2025}]}

    found = only(differences(record(rest=before), record(rest=after)))

    assert (found.before, found.after) == ({"links[].year": 2020}, {"links[].year": 2025})


def test_what_differs_in_items_without_a_name_has_one_order_in_every_process():
    before, after = ([{"to": f"{n}.example", "year": year + n} for n in range(9)] for year in (2020, 2040))

    found = list(looked_into(Mismatch("links", before, after)))

    assert len(found) > 8
    assert found == sorted(found, key=repr)


def test_items_that_are_alike_are_counted():
    twice, once = {"to": "a.example", "year": 2020}, {"to": "a.example", "year": 2025}

    found = only(differences(record(rest={"links": [twice, twice]}), record(rest={"links": [once]})))

    assert (found.before, found.after) == ({"links": [twice, twice]}, {"links": [once]})


def test_many_items_without_a_name_are_told_as_what_came_and_went():
    before, after = ({"links": [{"n": number} for number in range(start, start + 60)]} for start in (0, 100))

    found = only(differences(record(rest=before), record(rest=after)))

    assert len(found.before["links"]) == len(found.after["links"]) == 60


def test_what_is_left_of_a_new_document_is_told_by_the_document():
    after = record(
        documents=(),
        rest={**record().rest, "files": {"list": {}}},
    )

    assert only(differences(record(), after)).kind == "document.removed"


def test_what_is_left_of_a_document_that_stays_is_told():
    resized = {**record().rest, "files": {"list": {"Prot_000.pdf": {"size": 9}}}}

    assert only(differences(record(), record(rest=resized))).before == {"files.list.Prot_000.pdf.size": 812_345}


def test_the_type_of_the_day_of_the_last_posting_is_no_change():
    paths = {"last_update_post_date": "status.posted.date"}
    before, after = (
        record(paths=paths, rest={"status": {"posted": {"type": kind}}}) for kind in ("ESTIMATED", "ACTUAL")
    )

    assert differences(before, after) == ()


@pytest.mark.parametrize(("before", "after", "differ"), [(1, 1.0, False), (1, True, True), (0, False, True)])
def test_true_is_not_one(before, after, differ):
    sides = ({"a": {"n": value, "m": [value, {"k": value}]}} for value in (before, after))

    assert bool(differences(*(record(rest=side) for side in sides))) is differ


def test_a_number_that_becomes_a_truth_value_is_another_value_in_a_list():
    before, after = ({"name": "Marijke Verhaeghe", "public": value} for value in (1, True))

    (found,) = differences(record(contacts=(before,)), record(contacts=(after,)))

    assert (found.kind, found.before, found.after) == ("contacts", [before], [after])
