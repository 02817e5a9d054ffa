"""What a DRKS registration number looks like in what people paste. Pure."""

import re

LONGEST_TEXT = 10_000
_ID = re.compile(
    r"[Dd](?<![0-9A-Za-z].)[Rr][Kk][Ss][\s:#_\u2010-\u2015-]{0,3}(?:[Ii][Dd][\s:#-]{0,3})?([0-9]{8})(?![0-9A-Za-z])"
)


def trial_id_in(text: str) -> str | None:
    """The one trial id that *text* names, as `DRKS` and eight digits; None where it names none or several.

    >>> trial_id_in("https://drks.de/search/en/trial/drks00031234/details")
    'DRKS00031234'
    """
    if len(text) > LONGEST_TEXT:
        return None
    numbers = set(_ID.findall(text))
    return f"DRKS{numbers.pop()}" if len(numbers) == 1 and "00000000" not in numbers else None


def trial_ids_in(text: str) -> list[str]:
    """Every trial id that *text* names, in its order, as often as it does. Time is in proportion to its length."""
    return [f"DRKS{number}" for number in _ID.findall(text) if number != "00000000"]
