"""Reports as columns of cells, for programs that calculate: CSV here, workbooks in `monitor.views.workbook`. Pure.

A registry's words may begin with what a spreadsheet takes for a formula (`=HYPERLINK(…)`), and it opens CSV without
asking: there an apostrophe goes before them, which spreadsheets know as the mark of a text. Signs that fold to the same
one, such as full-width ones, count as well, and so does what comes after white space, for that is taken away first.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from unicodedata import normalize

from monitor.text import one_line

_FORMULA = frozenset("=+-@\N{MINUS SIGN}")


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads to a page."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a report; *width* is in characters."""

    heading: str
    width: int


Cell = str | int | date | datetime | Link | None
"""A day, a moment in UTC, a number, or a text of anybody's; None where there is nothing to say."""


class _Passed:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        """Give it back."""
        return text


def csv_lines(columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """The lines of a CSV file (RFC 4180), the headings first, each with its end."""
    writer = csv.writer(_Passed())
    yield str(writer.writerow([column.heading for column in columns]))
    for cells in rows:
        yield str(writer.writerow([_in_csv(cell) for cell in cells]))


def _in_csv(cell: Cell) -> str | int:
    match cell:
        case None:
            return ""
        case datetime():
            return f"{cell:%Y-%m-%d %H:%M:%S}"
        case date():
            return cell.isoformat()
        case Link():
            return harmless(cell.text)
        case int():
            return cell
        case _:
            return harmless(cell)


def harmless(text: str) -> str:
    """The text on one line, so that no spreadsheet takes it for a formula."""
    line = one_line(text)
    return f"'{line}" if line and normalize("NFKC", line[0])[:1] in _FORMULA else line
