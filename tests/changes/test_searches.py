"""What a watch looks for is said in the reader's language, also where a change holds it as a text."""

import pytest

from monitor.changes.searches import said_again, search_words
from monitor.language.texts import texts_of
from monitor.model import Role, Search


@pytest.mark.parametrize(
    ("search", "french"),
    [
        (Search(), "tous les essais"),
        (Search(condition="leg ulcer"), "les essais sur leg ulcer"),
        (Search(sponsor="Nordlys", role=Role.LEAD), "les essais dont Nordlys est le promoteur"),
        (Search(expression="AREA[Phase]PHASE3"), "les essais trouvés par «\u202fAREA[Phase]PHASE3\u202f»"),
    ],
)
def test_a_text_that_was_kept_is_said_as_what_it_was_made_of(search: Search, french: str) -> None:
    kept = str(search_words(search))

    assert said_again(kept) == kept
    assert texts_of("fr").said(said_again(kept)) == french == texts_of("fr").said(search_words(search))


def test_one_that_cannot_be_told_apart_stays_as_it_is() -> None:
    for each in ("3", "trials", "trials of yesterday", "trials on bees and nothing of ours"):
        assert texts_of("fr").said(said_again(each)) == each


def test_parts_are_told_apart() -> None:
    kept = str(search_words(Search(sponsor="Nordlys", role=Role.ANY, condition="leg ulcer")))

    assert texts_of("fr").said(said_again(kept)).endswith(" et sur leg ulcer")
