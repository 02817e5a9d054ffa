"""What an ISRCTN looks like in what people paste. Pure."""

import re

KEY = "isrctn.com"
"""The registry's host name."""
PAGE = "https://www.isrctn.com/"
LONGEST_TEXT = 10_000
# “ISCRTN”, with two letters swapped, is seen in other registries' records.
_ID = re.compile(
    r"[Ii](?<![0-9A-Za-z].)[Ss](?:[Rr][Cc]|[Cc][Rr])[Tt][Nn][\s:#_\u2010-\u2015-]{0,3}([0-9]{8})(?![0-9A-Za-z])"
)


def trial_id_in(text: str) -> str | None:
    """The one trial id that *text* names, as `ISRCTN` and eight digits; None where it names none or several.

    >>> trial_id_in("https://www.isrctn.com/isrctn12949496?q=milrinone")
    'ISRCTN12949496'
    """
    found = set(trial_ids_in(text)) if len(text) <= LONGEST_TEXT else set()
    return found.pop() if len(found) == 1 else None


def trial_ids_in(text: str) -> list[str]:
    """Every trial id that *text* names, in its order, as often as it does. Time is in proportion to its length."""
    return [f"ISRCTN{number}" for number in _ID.findall(text)]
