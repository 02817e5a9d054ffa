"""Which of our languages a reader wants. Pure."""

from collections.abc import Mapping

from monitor.language.catalogues import LANGUAGES
from monitor.model.language import ENGLISH

CHOSEN = "lang"
"""What an address says of it, for that page alone."""
COOKIE = "language"


def language_of(query: Mapping[str, str], cookies: Mapping[str, str], accepted: str) -> str:
    """The language that the address names, or that was chosen before, or that the browser would rather have."""
    named = (query.get(CHOSEN, ""), cookies.get(COOKIE, ""))
    return next((each for each in named if each in LANGUAGES), None) or best_of(accepted)


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
