"""Names of countries in the reader's language, whatever a registry calls them. Pure.

Registries write them in English, in several spellings; CLDR has them in every language. One that is in neither stays
as it is written.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType

from monitor.language.catalogues import countries
from monitor.language.texts import Texts
from monitor.model.language import ENGLISH
from monitor.text import one_line

_ADDED = re.compile(r" (?:\(.*\)|SAR China)$")
"""What CLDR says behind a name that registries do without."""


def country_words(name: str, texts: Texts) -> str:
    """A country as the reader's language calls it."""
    written = one_line(name)
    if texts.language == ENGLISH:
        return written
    from monitor.changes.diff.places import country_key  # it loads the comparison, which reading in English needs not

    return _names(texts.language).get(country_key(written), written)


@lru_cache(maxsize=4)
def _names(language: str) -> Mapping[str, str]:
    """By the key of the English name."""
    from monitor.changes.diff.places import country_key  # as above

    return MappingProxyType(
        {country_key(each): own for name, own in countries(language).items() for each in _spellings(name)}
    )


def _spellings(name: str) -> Iterator[str]:
    yield name
    yield _ADDED.sub("", name)
    yield name.replace("&", "and")
