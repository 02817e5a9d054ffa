"""The proof that an answer is the record asked for, and what its canonical form leaves out."""

import copy
import json
from typing import Any

import orjson
import pytest

from monitor.errors import AnswerUnreadable
from monitor.registries.clinicaltrials_gov.canonical import canonical, reason_against
from monitor.registries.clinicaltrials_gov.documents import document_of
from tests.registries.trials import FULL, WITHHELD, trial
from tests.studies import DELETED

ID = "NCT05550100"
SITES = FULL["protocolSection"]["contactsLocationsModule"]["locations"]


@pytest.mark.parametrize(
    "noise",
    [
        {"top__derivedSection__miscInfoModule__versionHolder": "2026-11-23"},
        {"top__derivedSection__conditionBrowseModule": DELETED},
        {"top__derivedSection__interventionBrowseModule": {"meshes": [{"id": "D1"}]}},
        {"contactsLocationsModule__locations": [{**site, "geoPoint": {"lat": 1.5, "lon": 2.5}} for site in SITES]},
        {"referencesModule__references": FULL["protocolSection"]["referencesModule"]["references"][:1]},
        {"statusModule__delayedPosting": None},
        {"conditionsModule__ancestors": []},
        {"moreModule": {"list": [{"empty": {}}, None, []]}},
        {"top__moreSection": {}},
    ],
    ids=lambda noise: next(iter(noise)),
)
def test_noise_is_left_out(noise):
    assert canonical(trial(ID, **noise)) == canonical(trial(ID))


@pytest.mark.parametrize(
    "signal",
    [
        {"top__derivedSection__miscInfoModule__submissionTracking": DELETED},
        {"contactsLocationsModule__locations": SITES[:1]},
        {"referencesModule": DELETED},
        {"statusModule__delayedPosting": False},
        {"identificationModule__acronym": ""},
        {"designModule__enrollmentInfo": {"count": 0, "type": "ACTUAL"}},
        {"top__moreSection": {"found": 1}},
    ],
    ids=lambda signal: next(iter(signal)),
)
def test_what_counts_is_kept(signal):
    assert canonical(trial(ID, **signal)) != canonical(trial(ID))


def test_members_in_any_order_are_the_same_content():
    def turned_round(tree: Any) -> Any:
        if isinstance(tree, dict):
            return {name: turned_round(tree[name]) for name in reversed(tree)}
        return [turned_round(item) for item in tree] if isinstance(tree, list) else tree

    assert canonical(turned_round(FULL)) == canonical(FULL)
    assert canonical(json.loads(json.dumps(FULL, indent=7))) == canonical(FULL)


def test_a_derived_section_without_submissions_is_noise_altogether():
    derived = {"miscInfoModule": {"versionHolder": "2026-11-23"}, "conditionBrowseModule": {"meshes": [{"id": "D1"}]}}

    assert canonical(trial(ID, top__derivedSection=derived)) == canonical(trial(ID, top__derivedSection=DELETED))


def test_a_module_left_empty_by_noise_leaves_with_it():
    derived = [{"pmid": "99000003", "type": "DERIVED"}]

    assert canonical(trial(ID, referencesModule={"references": derived})) == canonical(
        trial(ID, referencesModule=DELETED)
    )


def test_text_that_looks_like_nothing_is_kept():
    text = 'The value "null" or [] or {} means not done'

    kept = orjson.loads(canonical(trial(ID, descriptionModule__briefSummary=text)))

    assert kept["protocolSection"]["descriptionModule"]["briefSummary"] == text


def test_canonicalising_leaves_the_answer_as_it_was():
    before = copy.deepcopy(FULL)

    canonical(FULL)

    assert before == FULL


@pytest.mark.parametrize(
    ("build", "known"), [("2026-11-20", "2026-11-20"), ("20 November", None), (20261120, None), ("2026-11-20\n", None)]
)
def test_the_build_is_noted_where_it_looks_like_a_date(build, known):
    study = trial(ID, top__derivedSection__miscInfoModule__versionHolder=build)

    assert document_of(study, ID).build == known


def test_a_withheld_record_needs_no_more_than_its_id_and_status():
    assert reason_against(WITHHELD, "NCT05550307") is None
    bare = {
        "protocolSection": {
            "identificationModule": {"nctId": "NCT05550307"},
            "statusModule": {"overallStatus": "WITHHELD"},
        }
    }
    assert reason_against(bare, "NCT05550307") is None
    bare["protocolSection"]["statusModule"]["overallStatus"] = "RECRUITING"
    assert reason_against(bare, "NCT05550307")


@pytest.mark.parametrize("levels", [250, 300, 900])
def test_a_record_is_as_deep_as_can_be_written_or_refused(levels):
    deep: Any = 1
    for _ in range(levels):
        deep = [deep]
    study = trial(ID, moreModule=deep)

    if levels < 252:
        assert document_of(study, ID)
    else:
        with pytest.raises(AnswerUnreadable, match="nested too deeply"):
            document_of(study, ID)
