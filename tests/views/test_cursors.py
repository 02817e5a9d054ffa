"""Where a page begins, as a word in an address: it comes back as it was, and nothing else is taken for one."""

from base64 import urlsafe_b64encode

import pytest

from monitor.errors import ConfigurationInvalid
from monitor.storage.places import Place
from monitor.views.cursors import cursor, digest_in, moment_of, number_of, parts_of, place_cursor, place_of
from tests.storage.documents import NOON


def test_a_place_comes_back_as_it_was() -> None:
    place = Place(NOON.replace(microsecond=123), "clinicaltrials.gov/NCT1/ü?&")

    word = place_cursor(place)

    assert word.replace("-", "").replace("_", "").isalnum(), "it stands in an address as it is"
    assert place_of(word) == place
    assert place_of(place_cursor(None)) is None
    assert parts_of(cursor("a", "", "c"), 3) == ["a", "", "c"]
    assert (number_of(""), number_of("17")) == (None, 17)


@pytest.mark.parametrize(
    "word",
    [
        *("x", "====", "ü", "A" * 5000, "%00", "null"),
        *(urlsafe_b64encode(raw).decode() for raw in (b"{}", b'["a"]', b"[1,2]", b'["2026-01-01","a"]', b"\xff")),
        cursor("2026-01-01T00:00:00", "a naive moment"),
        cursor("2026-01-01T00:00:00Z", "a\0b"),
        cursor("no moment", "a"),
    ],
)
def test_nothing_else_is_taken_for_one(word: str) -> None:
    with pytest.raises(ConfigurationInvalid, match="begin at the first"):
        place_of(word)


@pytest.mark.parametrize("text", ["-1", "1.5", "²", "1" * 30, "one"])
def test_a_number_is_one(text: str) -> None:
    with pytest.raises(ConfigurationInvalid, match="begin at the first"):
        number_of(text)


def test_moments_and_digests_are_checked() -> None:
    assert digest_in("00ff") == b"\0\xff"
    for check, text in ((digest_in, "0g"), (moment_of, "yesterday")):
        with pytest.raises(ConfigurationInvalid):
            check(text)  # type: ignore[operator]
