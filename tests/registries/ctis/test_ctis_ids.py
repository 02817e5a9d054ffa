import pytest

from monitor.registries.ctis.ids import is_later_submission, next_submission, trial_id_in, trial_ids_in

CORK = "2023-599903-41-00"


@pytest.mark.parametrize(
    "text",
    [
        CORK,
        f"  {CORK} ",
        "2023-599903-41",
        "EU CT 2023-599903-41",
        "EUCT2023-599903-41-00",
        "CTIS2023-599903-41-00",
        "EU CT No.: 2023\u2010599903\u201041\u201000",
        "2023 - 599903 - 41 - 00",
        f"https://euclinicaltrials.eu/search-for-clinical-trials/?lang=en&EUCT={CORK}",
        f"https://euclinicaltrials.eu/ctis-public/view/{CORK}?lang=en",
    ],
)
def test_what_people_paste_is_a_trial(text):
    assert trial_id_in(text) == CORK
    assert trial_ids_in(f"See {text}, please") == [CORK]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2019-001588-63",
        "EudraCT 2019-001588-63",
        "NCT05559903",
        "2023-599903",
        "2023-599903-4",
        "2023-599903-41-001",
        "2023-599903-411",
        "12023-599903-41-00",
        "1-2023-599903-41-00",
        "1999-599903-41-00",
        f"{CORK} or 2023-599904-41-00",
        "x" * 20_000,
    ],
)
def test_anything_else_is_none(text):
    assert trial_id_in(text) is None


def test_an_application_that_is_submitted_again_keeps_its_number():
    again = next_submission(CORK)

    assert again == "2023-599903-41-01"
    assert is_later_submission(again, CORK)
    assert not is_later_submission(CORK, again)
    assert not is_later_submission("2023-599904-41-01", CORK)
    assert next_submission("2023-599903-41-99") is None
