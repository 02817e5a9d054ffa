"""Finding a trial id in what people paste."""

import pytest

from monitor.registries.clinicaltrials_gov.ids import is_trial_id, trial_id_in


@pytest.mark.parametrize(
    "text",
    [
        "NCT02116634",
        "nct02116634",
        "  Nct02116634\r\n",
        "NCT 02116634",
        "NCT\u00a002116634",
        "NCT: 02116634",
        "NCT-02116634",
        "“NCT02116634”,",
        "(NCT02116634).",
        "\ufeffNCT02116634",
        "ClinicalTrials.gov Identifier: NCT02116634",
        "NCT02116634, nct 02116634",
        "https://clinicaltrials.gov/study/NCT02116634",
        "https://www.clinicaltrials.gov/study/NCT02116634?term=spirometry&rank=3",
        "clinicaltrials.gov/study/nct02116634?tab=history&a=1&b=2#version-content-panel",
        "https://clinicaltrials.gov/ct2/show/NCT02116634?cond=asthma",
        "https://clinicaltrials.gov/ct2/show/study/NCT02116634",
        "https://clinicaltrials.gov/api/v2/studies/NCT02116634",
        "https://classic.clinicaltrials.gov/show/NCT02116634/",
    ],
)
def test_a_trial_id_is_found_in_what_people_paste(text):
    assert trial_id_in(text) == "NCT02116634"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "02116634",
        "NCT",
        "NCT0211663",
        "NCT021166340",
        "NCT02116634a",
        "xNCT02116634",
        "NCT0211663O",
        "NCT00000000",
        "NCT\u0660\u0662\u0661\u0661\u0666\u0666\u0663\u0664",
        "NCT02116634 and NCT02116635",
        "NCT02116634NCT02116634",
        "NCT02116634 NCT00000000",
        "2021-004417-15",
        "ISRCTN12345678",
        "https://clinicaltrials.gov/search?cond=asthma",
        "NCT    02116634",
        "NCT" * 3000,
        "NCT0211663" * 100_000,
        "x" * 10_000_000 + "NCT02116634",
        "NCT " * 1_000_000,
    ],
)
def test_what_names_no_trial_or_several_is_refused(text):
    assert trial_id_in(text) is None


def test_only_the_normal_form_is_a_trial_id():
    assert is_trial_id("NCT02116634")
    assert not any(is_trial_id(other) for other in ("nct02116634", " NCT02116634", "NCT02116634\n", "", None))
