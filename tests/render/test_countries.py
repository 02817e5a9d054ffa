"""A country is called as the reader's language calls it, however a registry spells it."""

import pytest

from monitor.language.texts import IN_ENGLISH, texts_of
from monitor.render.countries import country_words
from monitor.render.words import site_words


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Belgium", "Belgique"),
        ("Korea, Republic of", "Corée du Sud"),
        ("Turkey", "Turquie"),
        ("Trinidad and Tobago", "Trinité-et-Tobago"),
        ("Myanmar", "Myanmar (Birmanie)"),
        ("Atlantis", "Atlantis"),
    ],
)
def test_a_country_has_its_name_in_every_language(written: str, said: str) -> None:
    assert country_words(written, texts_of("fr")) == said
    assert country_words(written, IN_ENGLISH) == written


def test_a_site_keeps_the_names_of_its_hospital_and_city() -> None:
    site = {"facility": "AZ Sint-Jan", "city": "Bruges", "country": "Belgium"}

    assert site_words(site, texts_of("fr")) == "AZ Sint-Jan, Bruges, Belgique"
    assert site_words(site) == "AZ Sint-Jan, Bruges, Belgium"
