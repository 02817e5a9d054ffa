"""What a ClinicalTrials.gov registration number looks like in what people paste. Pure."""

import re

LONGEST_TEXT = 10_000
# Beginning with a letter, and looking behind it only then, it is three times as fast in a long text.
_ID = re.compile(r"[Nn](?<![0-9A-Za-z].)[Cc][Tt][\s:#_\u2010-\u2015-]{0,3}([0-9]{8})(?![0-9A-Za-z])")


def trial_id_in(text: str) -> str | None:
    """The one trial id that *text* names, as `NCT` and eight digits; None where it names none or several.

    >>> trial_id_in("https://clinicaltrials.gov/study/nct02116634?tab=history")
    'NCT02116634'
    """
    if len(text) > LONGEST_TEXT:
        return None
    numbers = set(_ID.findall(text))
    # The registry calls number 0 malformed, and one malformed id fails a whole batch.
    return f"NCT{numbers.pop()}" if len(numbers) == 1 and "00000000" not in numbers else None


def trial_ids_in(text: str) -> list[str]:
    """Every trial id that *text* names, in its order, as often as it does. Time is in proportion to its length."""
    return [f"NCT{number}" for number in _ID.findall(text) if number != "00000000"]


def is_trial_id(text: str | None) -> bool:
    """Whether *text* is a trial id in its one normal form."""
    return text is not None and trial_id_in(text) == text
