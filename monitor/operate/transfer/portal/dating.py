"""Of what day an export is. Pure.

A CSV says when it was made, in a column of its own; and where a spreadsheet wrote it, day and month may have changed
places: 2020-04-06 for 4 June. No row is refreshed after its export, and the portal renews its rows every week. So of
the two ways to read that date, the one that lies closest behind the newest row is meant. A file without such a column
is of the day of its newest row.
"""

import re
from collections.abc import Iterable
from datetime import date, timedelta

from monitor.model import PartialDate
from monitor.operate.transfer.portal.rows import Row

_REFRESHED, _EXPORTED = "lastrefreshedon", "exportdate"
_SLASHED = re.compile(r"([0-9]{1,2})[/.]([0-9]{1,2})[/.]([0-9]{4})")
_COMPACT = re.compile(r"(?:19|20|21)[0-9]{6}")
_SERIAL = re.compile(r"[1-6][0-9]{4}(?:\.[0-9]+)?")
_FIRST_DAY = date(1899, 12, 30)
"""From which a spreadsheet counts."""
_BEFORE = date(1990, 1, 1)
"""There were no exports."""


def day_of_file(rows: Iterable[Row], *, today: date) -> date | None:
    """The day of a file; None where its rows name none, or none that can be."""
    refreshed: date | None = None
    exported: set[date] = set()
    latest = today + timedelta(days=1)
    for row in rows:
        for each in days(row.cells.get(_REFRESHED, ""))[:1]:
            if _BEFORE < each <= latest and (refreshed is None or each > refreshed):
                refreshed = each
        if len(exported) < 1000:
            exported.update(days(row.cells.get(_EXPORTED, "")))
    behind = sorted(each for each in exported if (refreshed or _BEFORE) <= each <= latest)
    if not behind:
        return refreshed
    return behind[0] if refreshed else behind[-1]


def days(text: str) -> list[date]:
    """The days that a date may mean, the likelier first; none where it is no date."""
    text = text.strip()[:40]
    if _COMPACT.fullmatch(text):
        found = [_day(int(text[:4]), int(text[4:6]), int(text[6:]))]
    elif _SERIAL.fullmatch(text):
        found = [_FIRST_DAY + timedelta(days=int(float(text)))]
    elif match := _SLASHED.match(text):
        one, other, year = map(int, match.groups())
        found = [_day(year, other, one), _day(year, one, other)]
    else:
        parts = PartialDate(text).parts
        found = [_day(*parts), _day(parts[0], parts[2], parts[1])] if len(parts) == 3 else []
    return list(dict.fromkeys(each for each in found if each))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
