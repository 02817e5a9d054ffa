"""What a EudraCT number looks like in what people paste. Pure.

A country's record has the country behind the number: `2014-002606-20-DE`, in the WHO's portal
`EUCTR2014-002606-20-DE`. It is part of the trial, so the number alone counts. Numbers with a 5 in the middle,
`2023-505613-24-00`, are those of CTIS.
"""

import re

KEY = "clinicaltrialsregister.eu"
PAGE = "https://www.clinicaltrialsregister.eu/ctr-search/search?query=eudract_number:"
WELL_KNOWN = "2014-002606-20"
"""A trial that the register has: while it is listed, the register is in good health."""
LONGEST_TEXT = 10_000
_DASH = r"\s?[-\u2010-\u2015]\s?"
_ID = re.compile(
    rf"(?:(?<![0-9A-Za-z])|(?<=[Ee][Uu][Cc][Tt][Rr])|(?<=[Cc][Tt]))((?:19|20)[0-9]{{2}}){_DASH}([0-46-9][0-9]{{5}}){_DASH}"
    r"([0-9]{2})(?:[-\u2010-\u2015/]?(?:[A-Za-z]{2}|3[Rr][Dd]|(?i:Outside-EU/EEA)))?(?![0-9A-Za-z])(?![-\u2010-\u2015][0-9])"
)
_HTML_ESCAPE = re.compile("%3[Aa]")


def trial_id_in(text: str) -> str | None:
    """The one EudraCT number that *text* names; None where it names none or several.

    >>> trial_id_in("https://www.clinicaltrialsregister.eu/ctr-search/trial/2014-002606-20/DE")
    '2014-002606-20'
    """
    if len(text) > LONGEST_TEXT:
        return None
    found = set(trial_ids_in(text))
    return found.pop() if len(found) == 1 else None


def trial_ids_in(text: str) -> list[str]:
    """Every EudraCT number that *text* names, in its order, as often as it does."""
    return ["-".join(parts) for parts in _ID.findall(_HTML_ESCAPE.sub(":", text))]


def is_trial_id(text: str) -> bool:
    """Whether *text* is a EudraCT number in its one normal form."""
    return re.fullmatch("(?:19|20)[0-9]{2}-[0-46-9][0-9]{5}-[0-9]{2}", text) is not None
