"""Synthetic trials: the same everywhere, shaped and sized like real ones, and able to change."""

import hashlib
import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from monitor.changes.kinds import KINDS
from monitor.sandbox.clinicaltrials_gov import Sandbox, synthetic
from tests.program import BUILD_DAY

ENUMS = Path(__file__).resolve().parents[4] / "shared" / "data" / "ctgov" / "enums.json"
SAMPLE, SHORT_SAMPLE = 1500, 250

DIGEST = """
import hashlib, json
from datetime import date
from monitor.sandbox.clinicaltrials_gov import synthetic
studies = [synthetic.study(1, index, today=date(2026, 11, 20)) for index in range(60)]
print(hashlib.sha256(json.dumps(studies).encode()).hexdigest())
"""


@pytest.fixture(scope="module")
def studies():
    return [synthetic.study(1, index, today=BUILD_DAY) for index in range(SAMPLE)]


def size(study):
    return len(json.dumps(study, separators=(",", ":"), ensure_ascii=False).encode())


def statuses(studies):
    return Counter(study["protocolSection"]["statusModule"]["overallStatus"] for study in studies)


@pytest.mark.parametrize("hash_seed", ["0", "77"])
def test_trials_are_the_same_in_every_process(studies, hash_seed):
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    told = subprocess.run([sys.executable, "-c", DIGEST], env=environment, capture_output=True, text=True, check=True)

    assert told.stdout.strip() == hashlib.sha256(json.dumps(studies[:60]).encode()).hexdigest()


def test_another_seed_makes_other_trials(studies):
    assert synthetic.study(2, 0, today=BUILD_DAY) != studies[0]


def test_a_trial_does_not_depend_on_those_before_it(studies):
    assert synthetic.study(1, 700, today=BUILD_DAY) == studies[700]


def test_ids_rise_from_a_number_that_the_registry_has_not_reached(studies):
    ids = [study["protocolSection"]["identificationModule"]["nctId"] for study in studies]

    assert ids[:2] == ["NCT90000001", "NCT90000002"]
    assert ids == sorted(set(ids))
    assert all(synthetic.index_of(trial_id) == index for index, trial_id in enumerate(ids))


def test_a_part_of_a_trial_is_that_part_of_the_whole(studies):
    for index in range(0, SAMPLE, 50):
        part = synthetic.study(1, index, {"statusModule", "outcomeMeasuresModule"}, today=BUILD_DAY)

        assert part["protocolSection"]["statusModule"] == studies[index]["protocolSection"]["statusModule"]
        assert part.get("resultsSection") == studies[index].get("resultsSection")


def test_sizes_are_spread_like_real_ones(studies):
    sizes = sorted(map(size, studies))

    assert 9_000 < sizes[len(sizes) // 2] < 15_000
    assert 24_000 < sizes[len(sizes) * 90 // 100] < 45_000
    assert 80_000 < sizes[len(sizes) * 99 // 100] < 250_000
    assert sizes[-1] < 2_000_000


def test_statuses_have_the_registrys_shares(studies):
    found = statuses(studies)

    assert 0.50 < found["COMPLETED"] / SAMPLE < 0.60
    assert 0.12 < found["UNKNOWN"] / SAMPLE < 0.20
    assert 0.08 < found["RECRUITING"] / SAMPLE < 0.14
    assert len(found) >= 9


def test_status_and_record_fit_each_other(studies):
    for study in studies:
        protocol, status = study["protocolSection"], study["protocolSection"]["statusModule"]
        stopped = status["overallStatus"] in ("TERMINATED", "WITHDRAWN", "SUSPENDED")
        assert ("whyStopped" in status) == stopped
        assert ("lastKnownStatus" in status) == (status["overallStatus"] == "UNKNOWN")
        assert study["hasResults"] == ("resultsSection" in study) == ("resultsFirstPostDateStruct" in status)
        assert (
            status["studyFirstSubmitDate"]
            <= status["lastUpdateSubmitDate"]
            <= status["lastUpdatePostDateStruct"]["date"]
            <= BUILD_DAY.isoformat()
        )
        if status["overallStatus"] == "WITHDRAWN" and "enrollmentInfo" in protocol["designModule"]:
            assert protocol["designModule"]["enrollmentInfo"] == {"count": 0, "type": "ACTUAL"}


def test_some_dates_name_the_month_only(studies):
    dates = [
        s["protocolSection"]["statusModule"]["startDateStruct"]["date"]
        for s in studies
        if "startDateStruct" in s["protocolSection"]["statusModule"]
    ]

    assert {len(date) for date in dates} == {7, 10}


@pytest.mark.skipif(not ENUMS.exists(), reason="the registry's lists of codes are not part of the project")
def test_every_code_is_one_of_the_registrys(studies):
    known = {code for codes in json.loads(ENUMS.read_text()).values() for code in codes}

    def codes(value):
        if isinstance(value, dict):
            for name, member in value.items():
                if name in (
                    "class",
                    "overallStatus",
                    "status",
                    "phases",
                    "studyType",
                    "masking",
                    "whoMasked",
                    "allocation",
                    "interventionModel",
                    "primaryPurpose",
                    "sex",
                    "stdAges",
                    "role",
                ):
                    yield from member if isinstance(member, list) else [member]
                yield from codes(member)
        elif isinstance(value, list):
            for item in value:
                yield from codes(item)

    assert {code for study in studies for code in codes(study)} <= known


def test_nobodys_address_or_number_is_real(studies):
    text = json.dumps(studies)

    assert set(re.findall(r"@([\w.]+)", text)) == {"trials.example"}
    assert all(number.startswith("+1-202-555-01") for number in re.findall(r"\+\d[\d-]{6,}", text))


def test_every_field_that_the_program_watches_occurs(studies):
    occurring = {name for study in studies for name in names_in(study)}
    served = {
        "acronym",
        "officialTitle",
        "lastKnownStatus",
        "whyStopped",
        "collaborators",
        "responsibleParty",
        "phases",
        "allocation",
        "interventionModel",
        "maskingInfo",
        "primaryPurpose",
        "armGroups",
        "interventions",
        "primaryOutcomes",
        "secondaryOutcomes",
        "otherOutcomes",
        "minimumAge",
        "maximumAge",
        "healthyVolunteers",
        "eligibilityCriteria",
        "locations",
        "centralContacts",
        "overallOfficials",
        "resultsSection",
        "largeDocs",
        "submissionTracking",
        "unpostedAnnotation",
        "resultsFirstSubmitDate",
        "nctIdAliases",
        "references",
    }

    assert served <= occurring


def names_in(value):
    if isinstance(value, dict):
        for name, member in value.items():
            yield name
            yield from names_in(member)
    elif isinstance(value, list):
        for item in value:
            yield from names_in(item)


def test_a_hundred_thousand_trials_are_there_at_once():
    with Sandbox(trials=100_000) as sandbox:
        assert sandbox.study("NCT90100000")["protocolSection"]["identificationModule"]["nctId"] == "NCT90100000"


# The next version


def leaves(value, path=""):
    if isinstance(value, dict):
        for name, member in value.items():
            yield from leaves(member, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item, path)
    else:
        yield path, value


DATED = (
    "protocolSection.statusModule.statusVerifiedDate",
    "protocolSection.statusModule.lastUpdateSubmitDate",
    "protocolSection.statusModule.lastUpdatePostDateStruct",
)


def changed_paths(before, after):
    former, latter = Counter(leaves(before)), Counter(leaves(after))
    return {path for path, _ in (former - latter) + (latter - former) if not path.startswith(DATED)}


def test_evolution_changes_what_it_says_and_nothing_else(studies):
    for index, study in enumerate(studies[:SHORT_SAMPLE]):
        evolution = synthetic.evolve(study, Random(index))
        differing = changed_paths(study, evolution.study)

        assert all(path.startswith(evolution.paths) for path in differing) if differing else not evolution.paths
        assert all(any(path.startswith(said) for path in differing) for said in evolution.paths)


def test_evolution_leaves_the_study_that_it_was_given(studies):
    before = json.dumps(studies[:SHORT_SAMPLE])
    for index, study in enumerate(studies[:SHORT_SAMPLE]):
        synthetic.evolve(study, Random(index))

    assert json.dumps(studies[:SHORT_SAMPLE]) == before


def test_evolution_moves_the_update_dates_unless_the_registry_did_it(studies):
    for index, study in enumerate(studies[:SHORT_SAMPLE]):
        evolution = synthetic.evolve(study, Random(index))
        posted = [
            it["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"]["date"] for it in (study, evolution.study)
        ]

        assert (posted[0] == posted[1]) == (evolution.kind in ("status.unknown", None))
        assert posted[0] <= posted[1]


def test_every_kind_of_evolution_happens_and_is_a_kind_of_change(studies):
    found = Counter(synthetic.evolve(study, Random(index)).kind for index, study in enumerate(studies))

    assert set(found) - {None} <= set(KINDS)
    assert {"status.stopped", "status.unknown", "date.slipped", "site.added", "enrollment.target", None} <= set(found)


def test_evolution_is_the_same_for_the_same_chance(studies):
    assert synthetic.evolve(studies[3], Random(5)) == synthetic.evolve(studies[3], Random(5))


def test_a_trial_can_evolve_many_times():
    study = synthetic.study(1, 0, today=BUILD_DAY)
    chance = Random(1)
    for _ in range(200):
        study = synthetic.evolve(study, chance).study

    assert study["protocolSection"]["identificationModule"]["nctId"] == "NCT90000001"
