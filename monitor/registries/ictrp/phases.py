"""Phases in the many ways in which they are written. Pure.

Spreadsheets make dates of some: 2-3 becomes 02-Mar, 2020-03-02, or the number of that day. A date whose day and month
are both phases is what it was before.
"""

import re
from datetime import date

from monitor.model import Coded
from monitor.model.vocabulary import shared_words
from monitor.registries.ictrp.texts import day

_CODES = {0: "EARLY_PHASE1", 1: "PHASE1", 2: "PHASE2", 3: "PHASE3", 4: "PHASE4"}
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_MONTHS = {"jan": 1, "feb": 2, "mar": 3, "apr": 4}
_NONE = re.compile(r"n/?\.?a\.?|not applicable|other|others", re.IGNORECASE)
_TICKED = re.compile(r"\(\s*phase ([iv]+)\s*\)\s*:\s*(yes|no)", re.IGNORECASE)
_MONTH_NAMED = re.compile(r"([0-9]{1,2})[-/ ]([a-z]{3})[a-z]*|([a-z]{3})[a-z]*[-/ ]([0-9]{1,2})", re.IGNORECASE)
_TOKENS = re.compile(r"(?:early )?phase|[0-4](?:[ab])?|iv|i{1,3}|[/,&+ -]|to|and", re.IGNORECASE)
_ONE = re.compile(r"(?<![a-z])(iv|i{1,3})(?![a-z])|([0-4])", re.IGNORECASE)


def phases(text: str) -> tuple[Coded, ...] | None:
    """The phases that *text* means, the first first; empty for none, and None for words that mean no phase."""
    text = " ".join(text.split())
    if not text or text.lower() in {"-", "not selected", "none"}:
        return ()
    if _NONE.fullmatch(text):
        return (Coded("NA", shared_words("NA")),)
    if ticked := _TICKED.findall(text):
        return _coded({_ROMAN.get(number.lower(), 0) for number, yes in ticked if yes.lower() == "yes"})
    numbers = _of_a_date(text)
    if numbers is None and not _TOKENS.sub("", text):
        numbers = {_ROMAN[roman.lower()] if roman else int(digit) for roman, digit in _ONE.findall(text)}
    return _coded(numbers) if numbers else None


def _of_a_date(text: str) -> set[int] | None:
    """The phases of which a spreadsheet has made a date."""
    if found := _MONTH_NAMED.fullmatch(text):
        number, month = (found[1], found[2]) if found[1] else (found[4], found[3])
        return _both(int(number), _MONTHS.get(month.lower(), 99))
    if len(text) < 5:
        return None
    try:
        made = date.fromisoformat(day(text))
    except ValueError:
        return None
    return _both(made.day, made.month)


def _both(one: int, other: int) -> set[int] | None:
    return {one, other} if one in _CODES and other in _CODES else None


def _coded(numbers: set[int]) -> tuple[Coded, ...]:
    return tuple(
        Coded(_CODES[number], shared_words(_CODES[number]) if number else "Phase 0") for number in sorted(numbers)
    )
