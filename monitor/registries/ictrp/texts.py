"""Texts, dates, ages and lists as exports and spreadsheets write them, put right. Pure.

Facts: texts hold `<br>`, Excel's `_x000D_`, and UTF-8 that was read as Windows-1252 or as the Macintosh's code page;
titles are padded with hundreds of spaces, by another number in each export. Dates come as 20200329, 29/03/2020,
2020-03-29T00:00:00, 29 March 2020, and as the numbers in which a spreadsheet counts days.
"""

import re
from collections.abc import Iterable
from datetime import date, timedelta

from monitor.changes.spelling import repaired
from monitor.model import PartialDate

_BREAK = re.compile(r"<\s*/?\s*(?:br|p|div|li|ul|ol)\b[^<>]{0,80}>|_x000[dD]_|\r\n?", re.IGNORECASE)
_TAG = re.compile(r"</?(?:b|i|u|em|strong|sub|sup|span|font)\b[^<>]{0,200}>", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_MACINTOSH = re.compile("[¬√ƒ≈][^\\x00-\\x7f]|\u201a[^\\x00-\\x7f]{2}")
"""UTF-8 that was read as Mac OS Roman: √º is ü. Only those first signs, for an apostrophe and é are French."""
LONGEST = 100_000
"""Characters of one cell; a longer one is cut."""
_NOTHING = frozenset({"", "-", "--", "n/a", "na", "none", "null", "nil", "not available", "not applicable"})


def cleaned(text: str) -> str:
    """A text without markup and idle space, its lines kept; empty lines are not."""
    text = _CONTROL.sub(" ", _TAG.sub("", _BREAK.sub("\n", text[:LONGEST])))
    lines = (repaired(_from_macintosh(line)) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _from_macintosh(line: str) -> str:
    return line if line.isascii() else _MACINTOSH.sub(_decoded, line)


def _decoded(found: re.Match[str]) -> str:
    try:
        return found[0].encode("mac_roman").decode("utf-8")
    except UnicodeError:
        return found[0]


def is_nothing(text: str) -> bool:
    """Whether a cell says that there is nothing to say."""
    return text.strip().lower() in _NOTHING


def listed(text: str) -> tuple[str, ...]:
    """The items of a list with semicolons or line breaks, each once."""
    return _each_once(re.split(r"\s*[;\n]\s*", text))


def lines(text: str) -> tuple[str, ...]:
    """The items of a text that may be a list: its lines; where it has but one, what semicolons part."""
    return _each_once(text.split("\n")) if "\n" in text else listed(text)


def _each_once(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item.strip(" ;") for item in items if not is_nothing(item.strip(" ;"))))


def countries(text: str) -> tuple[str, ...]:
    """The countries of a list; a comma parts them where no space follows it: Korea, Republic of, is one."""
    return _each_once(re.split(r"\s*[;\n]\s*|,(?=\S)", text))


_DAY_FIRST = re.compile(r"([0-9]{1,2})[/.]([0-9]{1,2})[/.]([0-9]{4})(?: .*)?")
_SERIAL = re.compile(r"[1-6][0-9]{4}(?:\.[0-9]+)?")
_COMPACT = re.compile(r"(?:19|20|21)[0-9]{6}")
_FIRST_DAY = date(1899, 12, 30)
"""From which a spreadsheet counts."""
EARLIEST, LATEST = 1900, 2100
"""Years between which a date can be one: 2641 is a year of another calendar."""


def day(text: str, *, month_first: bool = False) -> str:
    """A date as ISO writes it, as precise as it is; any other text as it stands."""
    text = text.strip()
    if _COMPACT.fullmatch(text):
        return _iso(int(text[:4]), int(text[4:6]), int(text[6:])) or text
    if _SERIAL.fullmatch(text):
        return (_FIRST_DAY + timedelta(days=int(float(text)))).isoformat()
    if found := _DAY_FIRST.fullmatch(text):
        one, other, year = map(int, found.groups())
        first = (other, one) if month_first else (one, other)
        return _iso(year, first[1], first[0]) or _iso(year, first[0], first[1]) or text
    parts = PartialDate(text).parts
    return "-".join((f"{parts[0]:04}", *(f"{part:02}" for part in parts[1:]))) if parts else text


def _iso(year: int, month: int, number: int) -> str | None:
    try:
        return date(year, month, number).isoformat()
    except ValueError:
        return None


def is_believable(text: str) -> bool:
    """Whether a date can be one."""
    parts = PartialDate(text).parts
    return bool(parts) and EARLIEST <= parts[0] <= LATEST


_AGE = re.compile(r"([0-9]{1,3}(?:\.[0-9]+)?)\s*\(?\s*([a-z]*)", re.IGNORECASE)
_UNITS = {"y": "Years", "m": "Months", "w": "Weeks", "d": "Days", "h": "Hours"}


def age(text: str) -> str | None:
    """An age as records have it, 18 Years; None for one that is no limit."""
    found = _AGE.match(text.strip())
    if not found or (not float(found[1]) and not found[2].lower().startswith(("y", "m", "w", "d", "h"))):
        return None
    number = found[1].rstrip("0").rstrip(".") if "." in found[1] else found[1]
    return f"{number} {_UNITS.get(found[2][:1].lower(), 'Years')}"
