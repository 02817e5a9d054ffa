"""Words for ClinicalTrials.gov's codes, as its own pages write them. Pure.

A code that is not here is put into words by a rule, so a code never seen before reads well enough.
"""

import re
from collections.abc import Mapping

from monitor.model import Coded
from monitor.registries.clinicaltrials_gov.known import CODES

STATUSES = {"ACTIVE_NOT_RECRUITING": "Active, not recruiting", "UNKNOWN": "Unknown status"}
STUDY_TYPES: dict[str, str] = {}
PHASES = {
    "NA": "N/A",
    "EARLY_PHASE1": "Early Phase 1",
    "PHASE1": "Phase 1",
    "PHASE2": "Phase 2",
    "PHASE3": "Phase 3",
    "PHASE4": "Phase 4",
}
ALLOCATIONS = {"NA": "N/A", "NON_RANDOMIZED": "Non-randomized"}
MASKINGS = {"NONE": "None (Open Label)"}
INTERVENTION_MODELS = {
    "SINGLE_GROUP": "Single group assignment",
    "PARALLEL": "Parallel assignment",
    "CROSSOVER": "Crossover assignment",
    "FACTORIAL": "Factorial assignment",
    "SEQUENTIAL": "Sequential assignment",
}
PRIMARY_PURPOSES = {"ECT": "Educational/counseling/training"}
SEXES: dict[str, str] = {}


_NO_LETTERS = re.compile("[^A-Z0-9]")


def _letters(code: str) -> str:
    return _NO_LETTERS.sub("", code.upper())


_BY_LETTERS = {_letters(code): code for code in CODES}


def coded(code: str, words: Mapping[str, str]) -> Coded:
    """*code* with its words: `SUPPORTIVE_CARE` is "Supportive care" where *words* does not know better.

    A documented code in other letters is that code: `Phase 2` is `PHASE2`, and `recruiting` no new status.
    """
    if code not in CODES:
        code = _BY_LETTERS.get(_letters(code), code)
    return Coded(code, words.get(code) or code.replace("_", " ").strip().capitalize() or code)
