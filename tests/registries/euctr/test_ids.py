import pytest

from monitor.registries.euctr.ids import trial_id_in, trial_ids_in


@pytest.mark.parametrize(
    "text",
    [
        "2014-002606-20",
        " 2014-002606-20-de ",
        "EUCTR2014-002606-20-FR",
        "euctr2014-002606-20",
        "EudraCT 2014-002606-20",
        "EudraCT2014-002606-20",
        "EudraCT number: 2014–002606–20",
        "2014\u2010002606\u201020",
        "2014 - 002606 - 20",
        "2014-002606-20-3RD",
        "2014-002606-20-Outside-EU/EEA",
        "https://www.clinicaltrialsregister.eu/ctr-search/trial/2014-002606-20/DE",
        "https://www.clinicaltrialsregister.eu/ctr-search/trial/2014-002606-20/results",
        "https://www.clinicaltrialsregister.eu/ctr-search/search?query=eudract_number:2014-002606-20",
        "https://www.clinicaltrialsregister.eu/ctr-search/search?query=eudract_number%3A2014-002606-20",
        "2014-002606-20/DE and 2014-002606-20/FR",
    ],
)
def test_a_number_is_found_however_it_is_written(text):
    assert trial_id_in(text) == "2014-002606-20"


@pytest.mark.parametrize(
    "text",
    [
        "2023-505613-24-00",
        "2023-505613-24",
        "EU CT 2023-505613-24",
        "2014-002606-20-00",
        "2014-002606-201",
        "12014-002606-20",
        "2014-002606",
        "NCT02116634",
        "2014-002606-20 2015-002606-20",
        "call 2014-00260-620",
        "",
    ],
)
def test_what_is_of_another_registry_or_no_number_is_none(text):
    assert trial_id_in(text) is None


def test_every_number_in_a_text_is_named_as_often_as_it_is():
    text = "EUCTR2014-002606-20-FR, 2015-900123-41; 2014-002606-20, and 2023-505613-24-00 in CTIS."

    assert trial_ids_in(text) == ["2014-002606-20", "2015-900123-41", "2014-002606-20"]
