"""ClinicalTrials.gov's codes with their words: see `monitor.model.vocabulary`. Pure."""

import re
from collections.abc import Mapping
from functools import cache

from monitor.model import Coded
from monitor.model.vocabulary import shared_words
from monitor.registries.clinicaltrials_gov.known import documented_codes

_NO_LETTERS = re.compile("[^A-Z0-9]")


def _letters(code: str) -> str:
    return _NO_LETTERS.sub("", code.upper())


@cache
def _by_letters() -> Mapping[str, str]:
    return {_letters(code): code for code in documented_codes()}


def is_documented(code: str) -> bool:
    """Whether the registry documents this code, of whatever kind."""
    return code in documented_codes()


def coded(code: str) -> Coded:
    """*code* with its words: `SUPPORTIVE_CARE` is "Supportive care" where the vocabulary does not know better.

    A documented code in other letters is that code: `Phase 2` is `PHASE2`, and `recruiting` no new status.
    """
    if code not in documented_codes():
        code = _by_letters().get(_letters(code), code)
    return Coded(code, shared_words(code))
