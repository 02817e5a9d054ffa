"""What the registry serves and we do not know is told, each thing once, whatever it may be."""

import gzip
from collections.abc import Iterator
from copy import deepcopy
from itertools import count
from pathlib import Path
from typing import Any

import orjson
import pytest

from monitor.model.vocabulary import WORDS
from monitor.registries.clinicaltrials_gov import documents, drift, record
from monitor.registries.clinicaltrials_gov.drift import (
    MOST,
    Oddity,
    is_documented,
    unknown,
    unknown_in,
)
from monitor.registries.clinicaltrials_gov.known import Known, documented_codes, documented_study
from monitor.registries.oddities import LONGEST_PATH, LONGEST_VALUE
from monitor.sandbox.clinicaltrials_gov.pieces import TREE, read_tree
from tests.registries.trials import FULL, WITHHELD, trial

REAL = Path(__file__).parents[4] / "shared" / "data" / "ctgov"
ID = "NCT05550100"

DESIGN = "protocolSection.designModule"
SITES = "protocolSection.contactsLocationsModule.locations"


def oddities(**changes: Any) -> list[Oddity]:
    """What is unknown in the full trial, changed as `trial` does."""
    return list(unknown(documents.document_of(trial(ID, **changes), ID).content))


def test_a_record_with_nearly_everything_has_nothing_unknown():
    assert not unknown_in(FULL)
    assert not unknown_in(WITHHELD)


# A field


def test_an_unknown_field_is_told_by_its_path():
    assert oddities(designModule__newField="x") == [Oddity(f"{DESIGN}.newField")]
    assert oddities(top__newFlag=True) == [Oddity("newFlag")]


def test_an_unknown_subtree_is_told_once_at_its_top():
    module = {"questions": [{"text": "How?", "answers": [{"n": 1}]}], "more": {"and": {"more": 1}}}
    assert oddities(newModule=module) == [Oddity("protocolSection.newModule")]
    assert oddities(top__newSection=module) == [Oddity("newSection")]


def test_a_field_that_is_new_at_every_site_is_told_once():
    sites = [{"facility": f"Clinic {number}", "planet": "Earth"} for number in range(100)]
    assert oddities(contactsLocationsModule__locations=sites) == [Oddity(f"{SITES}.planet")]


def test_a_field_that_is_new_at_the_last_of_many_sites_is_told():
    sites = [{"facility": f"Clinic {number}"} for number in range(100)]
    sites[-1]["contacts"] = [{"name": "A"}, {"name": "B", "fax": "1"}]
    assert oddities(contactsLocationsModule__locations=sites) == [Oddity(f"{SITES}.contacts.fax")]


def test_text_that_became_an_object_is_told_by_the_fields_in_it():
    path = "protocolSection.identificationModule.briefTitle"
    study = trial(ID, identificationModule__briefTitle={"text": "Sleep", "language": "en"})
    assert unknown_in(study) == (Oddity(f"{path}.text"), Oddity(f"{path}.language"))


def test_an_item_that_became_an_object_is_told_too():
    keywords = ["sleep", {"term": "melatonin"}]
    assert oddities(conditionsModule__keywords=keywords) == [Oddity("protocolSection.conditionsModule.keywords.term")]


def test_what_the_registry_reckons_itself_is_known_by_its_modules_only():
    derived = {
        "conditionBrowseModule": {"meshes": [{"id": "D1", "newField": 1}], "newList": []},
        "futureModule": {"much": {"in": "it"}},
    }
    assert unknown_in({"derivedSection": derived}) == (Oddity("derivedSection.futureModule"),)


def test_what_documents_keep_of_the_derived_section_is_looked_into():
    tracking = {"submissionInfos": [{"releaseDate": "2026-01-05", "heldDate": "2026-01-07"}]}
    study = {**trial(ID), "derivedSection": {"miscInfoModule": {"submissionTracking": tracking}}}
    found = unknown(documents.document_of(study, ID).content)
    assert found == (Oddity("derivedSection.miscInfoModule.submissionTracking.submissionInfos.heldDate"),)


# A code


def test_an_unknown_code_is_told_with_its_field():
    told = oddities(statusModule__overallStatus="PAUSED", designModule__phases=["PHASE2", "PHASE5"])
    assert sorted(told, key=str) == [
        Oddity(f"{DESIGN}.phases", "PHASE5"),
        Oddity("protocolSection.statusModule.overallStatus", "PAUSED"),
    ]


def test_an_unknown_code_at_every_site_is_told_once():
    sites = [{"facility": f"Clinic {number}", "status": "PAUSED"} for number in range(100)]
    assert oddities(contactsLocationsModule__locations=sites) == [Oddity(f"{SITES}.status", "PAUSED")]


def test_a_code_of_one_field_is_unknown_in_another():
    """A site has no status of its own for expanded access that ended."""
    assert not oddities(statusModule__overallStatus="NO_LONGER_AVAILABLE")
    sites = [{"facility": "Clinic", "status": "NO_LONGER_AVAILABLE"}]
    assert oddities(contactsLocationsModule__locations=sites) == [Oddity(f"{SITES}.status", "NO_LONGER_AVAILABLE")]


@pytest.mark.parametrize(
    ("value", "told"), [(7, "7"), (True, "true"), (1.5, "1.5"), ("", '""'), (" ALL", " ALL"), ("all", "all")]
)
def test_a_code_that_is_none_is_told_so_that_it_can_be_read(value: object, told: str):
    assert oddities(eligibilityModule__sex=value) == [Oddity("protocolSection.eligibilityModule.sex", told)]


def test_a_code_that_became_an_object_is_told_by_the_fields_in_it():
    assert oddities(eligibilityModule__sex={"code": "ALL"}) == [Oddity("protocolSection.eligibilityModule.sex.code")]


def test_free_text_is_never_an_unknown_value():
    assert not oddities(statusModule__whyStopped="PAUSED", identificationModule__acronym="ALL")


# Many documents


def places(node: Any) -> Iterator[tuple[Any, Any]]:
    """Each container in a tree, and each name or index in it."""
    for key in list(node) if isinstance(node, dict) else range(len(node)):
        yield node, key
        if isinstance(node[key], dict | list):
            yield from places(node[key])


@pytest.mark.parametrize("study", [FULL, WITHHELD, trial(ID)], ids=["full", "withheld", "usual"])
def test_a_study_fits_the_type_of_what_is_documented_only_where_the_walk_finds_nothing(study: dict[str, Any]):
    values = (
        7,
        2**70,
        1.5,
        True,
        None,
        "",
        "NEW",
        [],
        ["NEW"],
        [["NEW"]],
        {},
        {"new": 1},
        [{"new": 1}],
        [[{"new": 1}]],
    )
    study = deepcopy(study)
    assert is_documented(orjson.dumps(study))
    for node, key in list(places(study)):
        was = node[key]
        for value in values:
            node[key] = value
            try:
                content = orjson.dumps(study)
            except TypeError:
                continue  # no document has so long a number
            assert not (is_documented(content) and unknown(content)), (key, value)
        node[key] = was
        if isinstance(was, dict) and not unknown_in(study):
            was["new"] = 1
            assert is_documented(orjson.dumps(study)) == (not unknown_in(study)), key
            del was["new"]


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b'{"hasResults": "\xff"}', b"[" * 100_000, b'{"a":' * 100_000])
def test_what_is_no_json_is_not_documented(content: bytes):
    assert not is_documented(content)


def test_of_the_thousandth_document_is_told_what_is_told_of_the_first(monkeypatch: pytest.MonkeyPatch):
    study = trial(ID, eligibilityModule__sex="NEW", designModule__newField=1)
    contents = [orjson.dumps(each) for each in (study, FULL, {"newModule": {}}, [study])]
    told = []
    for before in (0, 1000):
        monkeypatch.setattr(drift, "_documents", count(before))
        told.append([unknown(content) for content in contents])
    assert told[0] == told[1]
    assert [len(each) for each in told[0]] == [2, 0, 1, 2]


# Hostile input


def test_of_a_document_full_of_oddities_only_so_many_are_told():
    fields = {f"field{number}": number for number in range(100_000)}
    assert len(oddities(designModule={**fields, "phases": ["PHASE9"] * 1000})) == MOST
    phases = [f"PHASE{number}" for number in range(10, 10_000)]
    assert len(oddities(designModule__phases=phases, designModule__newField=1)) == MOST


def test_long_names_and_values_are_cut():
    name, value = oddities(designModule={"x" * 100_000: 1, "studyType": "Y" * 100_000})
    if name.value:
        name, value = value, name
    assert len(name.path) == LONGEST_PATH
    assert name.path.startswith(f"{DESIGN}.xxx")
    assert name.path.endswith("x…")
    assert value.value == "Y" * (LONGEST_VALUE - 1) + "…"


def test_nothing_in_a_name_or_a_value_steers_a_terminal():
    nasty = "a\x1b[2J\0\r\nb\u202ec\u2028d"
    told = oddities(designModule={nasty: 1, "studyType": nasty})
    assert len(told) == 2
    for text in (told[0].path, told[1].path, told[0].value or "", told[1].value or ""):
        assert text.isprintable()


def nested(levels: int, *, within: str) -> Any:
    node: Any = "deep"
    for _ in range(levels):
        node = [node] if within == "lists" else {"designModule": node}
    return node


@pytest.mark.parametrize("within", ["lists", "objects"])
def test_depth_breaks_nothing(within: str):
    """Ten times as deep as Python follows a function that calls itself."""
    deep = nested(10_000, within=within)
    for path in ("phases", "studyType", "enrollmentInfo", "newField"):
        assert len(unknown_in({"protocolSection": {"designModule": {path: deep}}})) <= 1
    assert unknown_in({"protocolSection": {"designModule": {"phases": nested(10_000, within="lists")}}}) == (
        Oddity(f"{DESIGN}.phases", "deep"),
    )


@pytest.mark.parametrize("tree", [None, 7, "text", [], {}, [[{"newField": 1}]], {"protocolSection": "text"}])
def test_what_is_no_study_at_all_breaks_nothing(tree: Any):
    assert len(unknown_in(tree)) <= 1


def test_looking_changes_nothing():
    study = trial(ID, designModule__newField={"a": [1]})
    before = deepcopy(study)
    unknown_in(study)
    assert study == before


# What is known


def paths_of(known: Known) -> Iterator[str]:
    for member in known.members.values():
        yield member.path
        yield from paths_of(member)


def known_at(path: str) -> Known:
    node = documented_study()
    for name in path.split("."):
        node = node.members[name]
    return node


def test_every_field_of_the_parser_and_of_the_sandbox_is_known():
    everything = set(paths_of(documented_study()))
    unread = ("derivedSection.conditionBrowseModule.", "derivedSection.interventionBrowseModule.")
    served = {node.path for node in read_tree(TREE) if not node.path.startswith(unread)}
    assert not served - everything
    read = {path for path in record.PATHS.values() if path}
    assert not read - everything


def test_every_code_with_words_of_its_own_is_known():
    """And words that are of one field only stand for a code that no other field has, as they are found by the code."""
    words = {
        "overall_status": {"ACTIVE_NOT_RECRUITING", "UNKNOWN"},
        "phases": {"NA", "EARLY_PHASE1", "PHASE1", "PHASE2", "PHASE3", "PHASE4"},
        "allocation": {"NA", "NON_RANDOMIZED"},
        "masking": {"NONE"},
        "intervention_model": {"SINGLE_GROUP", "PARALLEL", "CROSSOVER", "FACTORIAL", "SEQUENTIAL"},
        "primary_purpose": {"ECT"},
    }
    for field, codes in words.items():
        assert codes <= known_at(record.PATHS[field]).codes & WORDS.keys(), field
    assert WORDS.keys() <= documented_codes()
    alone = {code for field in words.keys() - {"phases", "allocation"} for code in words[field]}
    for field in ("study_type", "sex", *words):
        assert not known_at(record.PATHS[field]).codes & (alone - words.get(field, set())), field


@pytest.mark.skipif(not REAL.is_dir(), reason="the sample of real records is not beside the checkout")
def test_real_records_hold_nothing_that_is_unknown():
    """But for a module that the registry never documented and took out again; it is in no document."""
    told = set()
    with gzip.open(REAL / "records.jsonl.gz") as lines:
        for study in map(orjson.loads, lines):
            told.update(unknown_in(study))
            content = documents.document_of(study, documents.trial_id_of(study)).content
            assert not unknown_in(orjson.loads(content))
            assert is_documented(content)
    for path in REAL.glob("versions/*/[0-9]*.json"):
        told.update(unknown_in(orjson.loads(path.read_bytes())))
    assert told == {Oddity("derivedSection.miscInfoModule.modelPredictions")}


@pytest.mark.skipif(not REAL.is_dir(), reason="the registry's lists of codes are not beside the checkout")
def test_the_codes_are_those_that_the_registry_lists():
    """All that it lists but two kinds, which no field that is looked into has."""
    ours = {known.codes for known in map(known_at, paths_of(documented_study())) if known.codes}
    listed = orjson.loads((REAL / "enums.json").read_bytes())
    theirs = {
        frozenset(codes) for name, codes in listed.items() if name not in ("FieldStatsType", "BrowseLeafRelevance")
    }
    assert ours == theirs
