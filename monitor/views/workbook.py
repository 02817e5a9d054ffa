"""Writes a report as a workbook, a row at a time: what was written is on disk already, however much there is.

A text is written as a text, so that nothing in it is a formula, whatever it begins with. The limits are Excel's own.
"""

import tempfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor.errors import ConfigurationInvalid
from monitor.files import make_file
from monitor.text import one_line
from monitor.views.sheets import Cell, Column, Link

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

MOST_ROWS = 1_048_576
"""In a sheet, the headings among them: what is more goes on in another sheet."""
MOST_LINKS = 65_000
"""In a sheet; further ones are texts."""
LONGEST_TEXT = 32_000
"""In a cell, in units of UTF-16."""
FIRST_YEAR = 1900
"""Earlier days are texts: Excel's calendar begins here."""


def write_workbook(
    file: Path,
    name: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Cell]],
    *,
    replaces: bool,
    now: datetime,
) -> int:
    """Write a workbook with a sheet of that name, and give how many rows it holds.

    The file appears when it is whole. ConfigurationInvalid where it cannot be written, or is there already and is not
    to be replaced.
    """
    try:
        with tempfile.TemporaryDirectory(prefix=f".{file.name}.", dir=file.parent) as folder:
            unfinished = Path(folder) / "unfinished.xlsx"
            make_file(unfinished)
            written = _write(unfinished, name, columns, rows, now)
            if not replaces and file.exists():
                raise ConfigurationInvalid(f"{file} is there already: name another file, or replace it with --force")
            unfinished.replace(file)
    except OSError as error:
        raise ConfigurationInvalid(f"{file} cannot be written: {error.strerror or error}") from error
    return written


def _write(file: Path, name: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], now: datetime) -> int:
    from xlsxwriter import Workbook  # only this form needs it
    from xlsxwriter.exceptions import FileCreateError

    try:
        with Workbook(str(file), {"constant_memory": True, "tmpdir": str(file.parent)}) as workbook:
            workbook.set_properties({"title": name, "created": now.replace(tzinfo=None)})
            writing = _Writing(workbook, name, columns)
            for cells in rows:
                writing.add(cells)
            writing.end()
    except FileCreateError as error:
        raise OSError(str(error)) from error
    return writing.written


class _Writing:
    """What was written so far, and the sheet where it goes on."""

    def __init__(self, workbook: Any, name: str, columns: Sequence[Column]) -> None:
        self._workbook = workbook
        self._name = name
        self._columns = columns
        self._heading = workbook.add_format({"bold": True, "bottom": 1})
        self._day = workbook.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self._moment = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left"})
        self.written = 0
        self._sheets = 0
        self._sheet: Worksheet = self._begin()

    def _begin(self) -> "Worksheet":
        """A new sheet with its headings, which stay in sight."""
        self._sheets += 1
        sheet: Worksheet = self._workbook.add_worksheet(self._name + (f" {self._sheets}" if self._sheets > 1 else ""))
        sheet.freeze_panes(1, 0)
        for number, column in enumerate(self._columns):
            sheet.set_column(number, number, column.width)
            sheet.write_string(0, number, column.heading, self._heading)
        self._row = self._links = 0
        return sheet

    def add(self, cells: Sequence[Cell]) -> None:
        """Write a row."""
        if self._row + 1 >= MOST_ROWS:
            self.end()
            self._sheet = self._begin()
        self._row += 1
        self.written += 1
        for number, cell in enumerate(cells):
            self._put(number, cell)

    def end(self) -> None:
        """Let the rows of this sheet be filtered by their columns."""
        self._sheet.autofilter(0, 0, self._row, len(self._columns) - 1)

    def _put(self, column: int, cell: Cell) -> None:
        match cell:
            case None:
                return
            case Link():
                self._links += 1
                if cell.url and self._links <= MOST_LINKS:
                    self._sheet.write_url(self._row, column, cell.url, string=_text(cell.text))
                else:
                    self._sheet.write_string(self._row, column, _text(cell.text))
            case datetime() if cell.year >= FIRST_YEAR:
                moment = cell.replace(tzinfo=None, microsecond=0)
                self._sheet.write_datetime(self._row, column, moment, self._moment)
            case date() if cell.year >= FIRST_YEAR:
                self._sheet.write_datetime(self._row, column, cell, self._day)
            case int():
                self._sheet.write_number(self._row, column, cell)
            case _:
                self._sheet.write_string(self._row, column, _text(str(cell)))


def _text(text: str) -> str:
    line = one_line(text)
    units = line.encode("utf-16-le")
    return line if len(units) <= 2 * LONGEST_TEXT else units[: 2 * LONGEST_TEXT].decode("utf-16-le", "ignore") + "…"
