"""The languages that there are: gettext catalogues, read from their .po files once, when first asked for."""

from collections.abc import Mapping
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO
from types import MappingProxyType

from monitor.errors import ConfigurationInvalid
from monitor.model.language import ENGLISH

LANGUAGES = {ENGLISH: "English", "fr": "Français"}
"""Those that subscribers can read in, by what each calls itself."""


def checked_language(text: str) -> str:
    """*text*, which is one of LANGUAGES. ConfigurationInvalid names those there are."""
    if text not in LANGUAGES:
        raise ConfigurationInvalid(
            f"“{text[:40]}” is not a language that subscribers can read in; known: {', '.join(LANGUAGES)}"
        )
    return text


@lru_cache(maxsize=len(LANGUAGES))
def countries(language: str) -> Mapping[str, str]:
    """What a language calls each country, by its English name, as CLDR has both."""
    from babel import Locale  # as below

    names, english = Locale.parse(language).territories, Locale.parse(ENGLISH).territories
    return MappingProxyType({english[code]: names[code] for code in english if str(code).isalpha() and code in names})


@lru_cache(maxsize=len(LANGUAGES) + 1)
def translations(language: str) -> NullTranslations:
    """The texts of a language; of English, the texts themselves."""
    if language == ENGLISH or language not in LANGUAGES:
        return NullTranslations()
    from babel.messages.mofile import write_mo  # most mails are in English
    from babel.messages.pofile import read_po

    catalogue = read_po(BytesIO(files("monitor.language").joinpath("locales", f"{language}.po").read_bytes()))
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
