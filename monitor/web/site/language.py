"""The languages of the pages: gettext catalogues, read from their .po files once, when a language is first asked for.

Texts are written in English, in templates as `_("…")` or `{% trans %}`, in modules by a function that is passed along.
"""

from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ENGLISH = "en"
LANGUAGES = {ENGLISH: "English"}
"""Those that pages can be had in, by what each calls itself."""


@lru_cache(maxsize=len(LANGUAGES) + 1)
def translations(language: str) -> NullTranslations:
    """The texts of a language; of English, the texts themselves."""
    if language == ENGLISH or language not in LANGUAGES:
        return NullTranslations()
    catalogue = read_po(BytesIO(files("monitor.web").joinpath("locales", f"{language}.po").read_bytes()))
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def best_of(accepted: str) -> str:
    """The language of ours that a browser would rather have, by its Accept-Language."""
    wanted = []
    for part in accepted.split(",")[:20]:
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality or 1)
        except ValueError:
            continue
        wanted.append((weight, tag.strip().lower().partition("-")[0]))
    known = [tag for weight, tag in sorted(wanted, key=lambda one: -one[0]) if tag in LANGUAGES and weight > 0]
    return known[0] if known else ENGLISH
