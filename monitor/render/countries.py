"""Names of countries in the reader's language, whatever a registry calls them. Pure.

Registries write them in English, in several spellings; CLDR has them in every language. One that is in neither stays
as it is written.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType

from monitor.changes.diff.places import country_key
from monitor.language.texts import Texts
from monitor.model.language import ENGLISH
from monitor.text import one_line

_ADDED = re.compile(r" (?:\(.*\)|SAR China)$")
"""What CLDR says behind a name that registries do without."""


def country_words(name: str, texts: Texts) -> str:
    """A country as the reader's language calls it."""
    written = one_line(name)
    return written if texts.language == ENGLISH else _names(texts.language).get(country_key(written), written)


@lru_cache(maxsize=4)
def _names(language: str) -> Mapping[str, str]:
    """By the key of the English name."""
    from babel import Locale  # most mails are in English

    names, english = Locale.parse(language).territories, Locale.parse(ENGLISH).territories
    return MappingProxyType(
        {
            country_key(spelled): names[code]
            for code in english
            if str(code).isalpha() and code in names
            for spelled in _spellings(english[code])
        }
    )


def _spellings(name: str) -> Iterator[str]:
    yield name
    yield _ADDED.sub("", name)
    yield name.replace("&", "and")
