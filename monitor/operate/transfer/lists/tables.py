"""Tables of text: CSV with commas, semicolons, tabs or bars, as registries and spreadsheets write it.

A heading that names the column of the trial's ids decides, wherever the columns stand; in a row, nothing but that
column is taken. A table without such a heading is read line by line (`lines`), unless its cells have line breaks.

Facts: Excel writes and obeys a first line `sep=;`. A cell in quotation marks may hold line breaks, and those of the
registry do. The `csv` module refuses cells of more than 128 kB unless told otherwise; a trial's sites can have more.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from monitor.operate.transfer.lists.headings import BY_NAME, rank_of
from monitor.operate.transfer.lists.naming import shown
from monitor.operate.transfer.lists.opening import LONGEST_LINE, Source
from monitor.operate.transfer.lists.sorting import Sorter

DELIMITERS = ",;\t|"
_SEP = re.compile(r"\ufeff?\s*\"?sep=(.)\"?\s*$", re.IGNORECASE)
_SAMPLE_LINES = 400
_SAMPLE_CHARACTERS = 500_000
_PREAMBLE = 20
"""Rows within which a heading is looked for: some programs write a title above it."""


@dataclass(frozen=True, slots=True)
class Heading:
    """The row that names the columns, or the lack of one in a table whose cells have line breaks.

    *columns* are those of the trial's ids; empty where none is named. *row* is its number, -1 for none.
    """

    delimiter: str
    row: int
    names: tuple[str, ...]
    ranked: tuple[tuple[int, int], ...]
    """(rank, column) of those that may name the trial."""


def heading_of(source: Source) -> Heading | None:
    """The heading of a table; None for what is none, or is as well read line by line."""
    sample = _sample(source)
    stated = separator_in(sample)
    candidates = [stated] if stated else DELIMITERS
    found = [heading for each in candidates if (heading := _heading_in(sample, each))]
    return max(found, key=lambda heading: len(heading.names), default=None)


def _sample(source: Source) -> list[str]:
    """The first lines, and no more of them than is easily held."""
    taken: list[str] = []
    left = _SAMPLE_CHARACTERS
    for line in islice(source.lines(), _SAMPLE_LINES):
        taken.append(line)
        left -= len(line)
        if left < 0:
            break
    return taken


def separator_in(lines: Sequence[str]) -> str | None:
    """What a first line such as `sep=;` says."""
    found = _SEP.match(lines[0]) if lines else None
    return found[1] if found else None


def read(source: Source, sorter: Sorter) -> None:
    """Take the trials of a table."""
    heading = heading_of(source)
    if heading is None:
        return
    columns = _deciding(source, heading, sorter)
    for count, row in enumerate(rows_of(source.lines(), heading.delimiter)):
        place = f"{source.name}:{row.line}"
        if row.is_open:
            sorter.leave(place, "a quotation mark there is not closed, and what follows it was not read: close it")
        if count <= heading.row or not any(cell.strip() for cell in row.cells):
            continue
        if columns:
            _take(place, row.cells, heading, columns, sorter)
        elif count or any(sorter.names.of(cell).is_whole for cell in row.cells):
            sorter.weighed(place, row.cells)


def _take(place: str, row: Sequence[str], heading: Heading, columns: Sequence[int], sorter: Sorter) -> None:
    """Take the trials of a row from its columns, and note those that the others mention."""
    texts = [row[column] for column in columns if column < len(row) and row[column].strip()]
    is_loose = len(row) > len(heading.names) or (rank_of(heading.names[columns[0]]) or 0) > BY_NAME
    if is_loose and not any(sorter.names.trials_in(text) for text in texts):
        # The heading says little, or a separator in a cell without quotation marks has shifted the columns.
        sure = [cell for cell in row if (named := sorter.names.of(cell)).is_whole and named.trials]
        texts = sure if len(sure) == 1 else texts
    if not texts:
        sorter.leave(place, f"the column “{shown(heading.names[columns[0]])}” is empty there", thing=place)
    for text in texts:
        sorter.decided(place, text)
    others = {column: cell for column, cell in enumerate(row) if column not in columns}
    if not all(sorter.knows(trial) for trial in sorter.names.trials_in("\t".join(others.values()))):
        for column, cell in others.items():
            sorter.mentioned(place, cell, where=_called(heading, column))


def _called(heading: Heading, column: int) -> str:
    return f"“{heading.names[column]}”" if column < len(heading.names) else ""


def _deciding(source: Source, heading: Heading, sorter: Sorter) -> list[int]:
    """The columns that name the trial: those of the surest name that have a trial in them, or are sure by name."""
    rows = islice(rows_of(source.lines(), heading.delimiter), heading.row + 1, heading.row + _SAMPLE_LINES)
    filled: set[int] = set()
    for row in rows:
        filled |= {
            column
            for _, column in heading.ranked
            if column not in filled and column < len(row.cells) and sorter.names.trials_in(row.cells[column])
        }
    ranks = [rank for rank, column in heading.ranked if rank == 0 or column in filled]
    by_name = [rank for rank, _ in heading.ranked if rank <= BY_NAME]
    best = min(ranks or by_name, default=None)
    return [
        column for rank, column in heading.ranked if rank == best and (rank <= BY_NAME or column in filled or not ranks)
    ]


def _heading_in(sample: Sequence[str], delimiter: str) -> Heading | None:
    rows = [row.cells for row in rows_of(sample, delimiter)]
    for number, row in enumerate(rows[:_PREAMBLE]):
        ranked = tuple((rank, column) for column, cell in enumerate(row) if (rank := rank_of(cell)) is not None)
        if ranked and len(row) > 1:
            return Heading(delimiter, number, tuple(row), ranked)
    widths = [len(row) for row in rows[:-1] if row]
    broken = any("\n" in cell.strip() or "\r" in cell.strip() for row in rows[:-1] for cell in row)
    if broken and min(widths, default=0) > 1 and len(set(widths)) == 1:
        return Heading(delimiter, -1, (), ())
    return None


@dataclass(frozen=True, slots=True)
class Row:
    """A row, the *line* in which it begins, and whether a quotation mark in it *is_open* to the end of the file."""

    line: int
    cells: list[str]
    is_open: bool = False


def rows_of(lines: Iterable[str], delimiter: str) -> Iterator[Row]:
    """The rows of a table, a first line such as `sep=;` left empty."""
    csv.field_size_limit(LONGEST_LINE)
    marks = 0

    def counted() -> Iterator[str]:
        nonlocal marks
        for number, line in enumerate(lines):
            marks += line.count('"')
            yield "\n" if number == 0 and _SEP.match(line) else line

    reader = csv.reader(counted(), delimiter=delimiter)
    begins, last = 1, None
    try:
        for cells in reader:
            if last:
                yield last
            last = Row(begins, cells, is_open=marks % 2 == 1 and reader.line_num > begins)
            begins, marks = reader.line_num + 1, 0
        if last:
            yield last
    except csv.Error:
        yield Row(begins, [], is_open=True)
