"""When an outcome is measured, read from its time frame: points in days, what they count from, and open ends. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from monitor.insight.outcomes.wording import letters

_DAYS = {
    "second": 1 / 86_400,
    "minute": 1 / 1_440,
    "hour": 1 / 24,
    "day": 1.0,
    "week": 7.0,
    "month": 30.44,
    "year": 365.25,
}
_UNITS = {
    "s": "second",
    "sec": "second",
    "secs": "second",
    "second": "second",
    "seconds": "second",
    "min": "minute",
    "mins": "minute",
    "minute": "minute",
    "minutes": "minute",
    "minuten": "minute",
    "h": "hour",
    "hr": "hour",
    "hrs": "hour",
    "hour": "hour",
    "hours": "hour",
    "heures": "hour",
    "stunden": "hour",
    "d": "day",
    "day": "day",
    "days": "day",
    "jours": "day",
    "jour": "day",
    "tage": "day",
    "dias": "day",
    "días": "day",
    "tag": "day",
    "tagen": "day",
    "dia": "day",
    "día": "day",
    "giorni": "day",
    "dagen": "day",
    "w": "week",
    "wk": "week",
    "wks": "week",
    "week": "week",
    "weeks": "week",
    "semaines": "week",
    "semaine": "week",
    "wochen": "week",
    "woche": "week",
    "semanas": "week",
    "semana": "week",
    "settimane": "week",
    "weken": "week",
    "m": "month",
    "mo": "month",
    "mos": "month",
    "mth": "month",
    "mths": "month",
    "month": "month",
    "months": "month",
    "mois": "month",
    "monate": "month",
    "monat": "month",
    "monaten": "month",
    "mes": "month",
    "meses": "month",
    "mesi": "month",
    "maanden": "month",
    "y": "year",
    "yr": "year",
    "yrs": "year",
    "year": "year",
    "years": "year",
    "ans": "year",
    "an": "year",
    "année": "year",
    "années": "year",
    "jahre": "year",
    "jahr": "year",
    "jahren": "year",
    "año": "year",
    "años": "year",
    "anni": "year",
    "anos": "year",
    "ano": "year",
    "jaar": "year",
}
_WORDED = {
    word: number
    for number, word in enumerate(
        (
            *(
                "zero",
                "one",
                "two",
                "three",
                "four",
                "five",
                "six",
                "seven",
                "eight",
                "nine",
                "ten",
                "eleven",
                "twelve",
            ),
            *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
        )
    )
} | {"thirty": 30, "sixty": 60, "ninety": 90, "half": 0.5}
_UNIT = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_NUMBER = rf"(?:\d+(?:[.,]\d+)?|{'|'.join(_WORDED)})"
_BETWEEN = r"\s*(?:,\s*and|,|;|/|&|\+|and|or|to|-|through|until|et|und|y)\s*"
_LIST = rf"(?>{_NUMBER}(?>{_BETWEEN}{_NUMBER})*)"
"""Atomic: a list that no unit follows is not tried in all its parts."""
_BEFORE_UNIT = re.compile(
    rf"(?<![\w.])(?P<numbers>{_LIST})(?:\s*[- ]?\(?\s*(?P<unit>{_UNIT})s?\b(?!\s*[-]?\s*(?:old|of age)))?"
)
"""Numbers with a unit behind them, or without: so that a long list is passed over at once."""
_AFTER_UNIT = re.compile(rf"\b(?P<unit>{_UNIT})s?(?:\s*-\s*|\s+|(?=\d))(?P<numbers>{_LIST})(?![\w%])")
_NUMBERED_DAY = re.compile(r"\bdays? \d")
_RANGE = re.compile(rf"{_NUMBER}\s*(?:-|to|through|until)\s*(?:the )?(?:day|week|month|year)?s?\s*{_NUMBER}")
_EACH = re.compile(_NUMBER)
_ANCHORS = {
    "randomisation": r"randomi[sz]ation|randomi[sz]ed|randomi[sz]ing",
    "diagnosis": r"diagnosis",
    "start of treatment": r"(?:start|initiation|beginning|first (?:dose|day|administration|infusion)) (?:of|in) ?"
    r"(?:the )?(?:study )?(?:treatment|therapy|drug|dosing|medication|intervention)?|first dose|treatment start",
    "end of treatment": r"(?:end|completion|last (?:dose|day|administration)) of (?:the )?(?:study )?"
    r"(?:treatment|therapy|drug|dosing)|last dose|treatment end|post[- ]?treatment|after (?:treatment|therapy)",
    "surgery": r"surgery|operation|operative|procedure",
    "enrolment": r"enrol\w*|inclusion|registration|consent",
    "birth": r"birth|delivery|postpartum",
    "discharge": r"discharge",
    "transplantation": r"transplant\w*",
}
_ANCHORED = {name: re.compile(rf"\b(?:{words})\b") for name, words in _ANCHORS.items()}
_FROM = re.compile(r"\b(?:from|after|since|following|post|of)\b")
_COMPLETION = re.compile(
    r"\b(?:through|until|up to|till|to) (?:the )?(?:study|trial)? ?(?:completion|end of (?:the )?(?:study|trial))"
)
_BASELINE = re.compile(r"\bbaseline\b|\bpre[- ]?(?:dose|treatment|operative)\b|\bscreening\b")
_READ = 2000
"""Characters of a time frame that are read; registries allow some hundred."""
_SAME_UNIT, _OFF_BY_ONE, _SHARE, _AT_LEAST, _AT_MOST, _FAR = 0.02, 1.01, 0.05, 10.0, 14.0, 0.15


@dataclass(frozen=True, slots=True)
class Frame:
    """Points in days, each written in one of the units; what they count from; whether it ends with the trial."""

    points: tuple[float, ...]
    units: frozenset[str]
    anchors: frozenset[str]
    is_open: bool
    is_numbered: bool
    """Whether it numbers days, as in "Day 29", which is the 28th after the first."""
    is_range: bool
    text: str

    @property
    def last(self) -> float:
        """The last point, in days; 0 without any."""
        return max(self.points, default=0.0)


@lru_cache(maxsize=4096)
def frame(text: str | None) -> Frame:
    """What a time frame says; baseline is point 0, and is dropped where there is another."""
    plain = letters(text)[:_READ]
    points, units = set[float](), set[str]()
    for numbers, unit in _spans(plain):
        units.add(unit)
        points.update(number * _DAYS[unit] for number in numbers)
    later = tuple(sorted(each for each in points if each > 0))
    anchors = frozenset(name for name, found in _ANCHORED.items() if found.search(plain))
    return Frame(
        points=later or ((0.0,) if _BASELINE.search(plain) else ()),
        units=frozenset(units),
        anchors=anchors,
        is_open=bool(_COMPLETION.search(plain)),
        is_numbered=bool(_NUMBERED_DAY.search(plain)),
        is_range=bool(_RANGE.search(plain)),
        text=plain,
    )


def without_times(text: str) -> str:
    """A text of `letters` without the points in time that it names."""
    return " ".join(_AFTER_UNIT.sub(" ", _without_units(text)).split())


def _without_units(text: str) -> str:
    return _BEFORE_UNIT.sub(lambda found: " " if found["unit"] else found[0], text)


def _spans(text: str) -> Sequence[tuple[Sequence[float], str]]:
    spans = [*_BEFORE_UNIT.finditer(text), *_AFTER_UNIT.finditer(_without_units(text))]
    named = [each for each in spans if each["unit"]]
    return [([_number(one) for one in _EACH.findall(each["numbers"])], _UNITS[each["unit"]]) for each in named]


def _number(text: str) -> float:
    return float(_WORDED[text]) if text in _WORDED else float(text.replace(",", "."))


def is_near(one: float, other: float, *, within: float | None = None) -> bool:
    """Whether two points are the same visit: 12 months and 52 weeks are, 12 weeks and 14 weeks are not.

    *within* are the days that points of one unit may lie apart; None for points of different ones.
    """
    apart = abs(one - other)
    if within is not None:
        return apart <= within
    largest = max(one, other)
    return apart <= min(max(_SHARE * largest, _AT_LEAST), _AT_MOST, max(_FAR * largest, _OFF_BY_ONE))


def pairs_with(point: float, points: Sequence[float], *, within: float | None = None) -> bool:
    """Whether one of the *points* is the same visit."""
    return any(is_near(point, each, within=within) for each in points)


def _as_ends(before: Frame, after: Frame) -> tuple[Sequence[float], Sequence[float]]:
    """The points of both; where one gives a range, only the ends of each."""
    if before.is_range == after.is_range:
        return before.points, after.points
    return _ends(before.points), _ends(after.points)


def _ends(points: Sequence[float]) -> Sequence[float]:
    return [min(points), max(points)] if len(points) > 1 else points


@dataclass(frozen=True, slots=True)
class FrameChange:
    """How a time frame changed: an aspect, whether that matters, and the words for it."""

    aspect: str
    is_substantive: bool
    why: str


def compared(before: Frame, after: Frame) -> FrameChange | None:
    """What changed from one time frame to the next; None where both say the same."""
    if not before.text and not after.text:
        return None
    if not after.text:
        return FrameChange("dropped", is_substantive=True, why="no time frame is given any more")
    if not before.text:
        return FrameChange("specified", is_substantive=True, why="a first time frame")
    if before.anchors and after.anchors and before.anchors.isdisjoint(after.anchors):
        why = f"from {', '.join(sorted(before.anchors))} to {', '.join(sorted(after.anchors))}"
        return FrameChange("anchor", is_substantive=True, why=why)
    in_one_unit = before.units == after.units and len(before.units) == 1
    nearest = _OFF_BY_ONE if in_one_unit and before.is_numbered != after.is_numbered else _SAME_UNIT
    near = nearest if in_one_unit else None
    one, other = _as_ends(before, after)
    gone = [each for each in one if not pairs_with(each, other, within=near)]
    come = [each for each in other if not pairs_with(each, one, within=near)]
    if not gone and not come:
        return None
    if not before.points and before.is_open:
        return FrameChange("specified", is_substantive=False, why="an open end was given a length")
    if gone and not come and after.points:
        return FrameChange("points_removed", is_substantive=True, why=_said(gone, "no longer"))
    if come and not gone and before.points:
        return FrameChange("points_added", is_substantive=True, why=_said(come, "also"))
    aspect = "shortened" if after.last < before.last else "lengthened"
    return FrameChange(aspect, is_substantive=True, why=f"{_days(before.last)} became {_days(after.last)}")


def _said(points: Sequence[float], word: str) -> str:
    return f"{word} at {', '.join(map(_days, points))}"


def _days(count: float) -> str:
    return f"{count:.0f} days" if count >= 1 else f"{count * 24:.1f} hours"
