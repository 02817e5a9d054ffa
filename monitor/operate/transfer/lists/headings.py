"""Which columns, keys and elements name a trial: by their names, folded to letters and digits. Pure.

Facts: the registry's own download calls the column `NCT Number` (its address `Study URL`), AACT's files `nct_id`, the
WHO portal's `TrialID` (its address `web address`). Beside them stand `Other IDs`, `Secondary_ID`, `parent` numbers
and the like, which are of other trials or other registries and never decide.
"""

import re

_NUMBER = r"(?:id(?:entifier|entification|no|number)?s?|numbers?|nummer|numero|code|no|nr|num|n)?"
_RANKS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"nct{_NUMBER}|(?:clinicaltrials?gov|ctgov|ctg){_NUMBER}",
        rf"(?:main|trial|study|studien?|registr(?:ation|y|ier)|trialregistr(?:ation|y)){_NUMBER.removesuffix('?')}",
        r"ids?|identifiers?|accession(?:number)?|number|guid|trials?",
        r"(?:study|trial|record|page|web|site|xml|html)?(?:urls?|uri|links?|address|href|website|loc)",
    )
)
BY_NAME = 1
"""Up to this rank the name alone decides, whatever the column holds; below it, only with a trial in it."""
ADDRESS = 3


def rank_of(name: str) -> int | None:
    """How surely a heading names the trial, 0 being the surest; None if it does not. Numbers behind it say nothing."""
    folded = re.sub(r"[\W_]+", "", name[:80]).casefold()
    folded = re.sub(r"\d{1,2}$", "", folded)
    return next((rank for rank, pattern in enumerate(_RANKS) if pattern.fullmatch(folded)), None)
