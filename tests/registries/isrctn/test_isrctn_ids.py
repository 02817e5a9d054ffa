"""What counts as a trial id in what people paste."""

import pytest

from monitor.registries.isrctn.ids import trial_id_in, trial_ids_in


@pytest.mark.parametrize(
    "text",
    [
        "ISRCTN55500201",
        " isrctn55500201\n",
        "ISRCTN 55500201",
        "ISRCTN-55500201",
        "ISRCTN: 55500201",
        "ISCRTN55500201",
        "https://www.isrctn.com/ISRCTN55500201?q=hip&page=1",
        "10.1186/ISRCTN55500201",
        "ISRCTN55500201, that is isrctn55500201",
    ],
)
def test_an_id_is_found_in_what_people_paste(text: str) -> None:
    assert trial_id_in(text) == "ISRCTN55500201"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ISRCTN5550020",
        "ISRCTN555002011",
        "XISRCTN55500201",
        "55500201",
        "NCT05550201",
        "ISRCTN55500201 ISRCTN55500202",
    ],
)
def test_what_is_none_or_several_is_none(text: str) -> None:
    assert trial_id_in(text) is None


def test_all_ids_of_a_text_are_found_in_their_order() -> None:
    assert trial_ids_in("ISRCTN55500202, ISCRTN 55500201; ISRCTN55500202") == [
        "ISRCTN55500202",
        "ISRCTN55500201",
        "ISRCTN55500202",
    ]
