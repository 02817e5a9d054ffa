"""What an EU CT number looks like in what people paste. Pure.

2023-505613-24-00 is a year, a number that begins with 5 (a EudraCT number has a 0 there), two digits, and how often the
application was submitted again. People leave that last part out: they mean the first submission.
"""

import re

KEY = "euclinicaltrials.eu"
"""The registry's host name."""
PAGE = "https://euclinicaltrials.eu/search-for-clinical-trials/?lang=en&EUCT="
LONGEST_TEXT = 10_000
MOST_SUBMISSIONS = 99
_DASH = r"\s?[-\u2010-\u2015\u2212]\s?"
_ID = re.compile(
    rf"(?<![0-9])(?<![0-9][-\u2010-\u2015])(20[0-9]{{2}}){_DASH}(5[0-9]{{5}}){_DASH}([0-9]{{2}})"
    rf"(?:{_DASH}([0-9]{{2}})(?![0-9]))?(?![0-9])(?![-\u2010-\u2015][0-9])"
)
_EXACT = re.compile(r"20[0-9]{2}-5[0-9]{5}-[0-9]{2}-[0-9]{2}")


def trial_id_in(text: str) -> str | None:
    """The one trial id that *text* names; None where it names none or several.

    >>> trial_id_in("EU CT 2023-505613-24")
    '2023-505613-24-00'
    """
    if len(text) > LONGEST_TEXT:
        return None
    found = set(trial_ids_in(text))
    return found.pop() if len(found) == 1 else None


def trial_ids_in(text: str) -> list[str]:
    """Every trial id that *text* names, in its order, as often as it does."""
    return ["-".join((*found[:3], found[3] or "00")) for found in _ID.findall(text)]


def is_trial_id(text: object) -> bool:
    """Whether *text* is a trial id in its one normal form."""
    return isinstance(text, str) and _EXACT.fullmatch(text) is not None


def is_later_submission(trial_id: str, of: str) -> bool:
    """Whether *trial_id* is the same application, submitted again after *of*."""
    return trial_id[:-2] == of[:-2] and trial_id[-2:] > of[-2:]


def next_submission(trial_id: str) -> str | None:
    """The id under which the application would be submitted again; None where there can be none."""
    number = int(trial_id[-2:]) + 1
    return f"{trial_id[:-2]}{number:02}" if number <= MOST_SUBMISSIONS else None
