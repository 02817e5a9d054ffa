"""The options that say in which form a report is wanted, and writing it in the forms that programs read."""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from monitor.cli.session import console, write_json
from monitor.errors import ConfigurationInvalid
from monitor.model import Json
from monitor.streams import write_in_utf8
from monitor.text import counted

if TYPE_CHECKING:
    from monitor.views.sheets import Cell, Column

T = TypeVar("T")

JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
CsvOption = Annotated[bool, typer.Option("--csv", help="CSV in UTF-8, on standard output.")]
XlsxOption = Annotated[Path | None, typer.Option("--xlsx", help="Write a workbook for Excel.", metavar="FILE")]
ForceOption = Annotated[bool, typer.Option("--force", help="With --xlsx: replace the file where it is there.")]


class Format(Enum):
    """In which form a report is written."""

    PAGE = "page"
    """For people, on a terminal."""
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"


@dataclass(frozen=True, slots=True)
class Output:
    """In which form a report is wanted; for a workbook, in which *file*, and whether one that is there is replaced."""

    form: Format
    file: Path | None
    replaces: bool


def chosen_output(*, as_json: bool, as_csv: bool, xlsx: Path | None, force: bool) -> Output:
    """What the options ask for. ConfigurationInvalid for several forms, or a file that is there already."""
    given = {Format.JSON: as_json, Format.CSV: as_csv, Format.XLSX: xlsx is not None}
    chosen = [form for form, wanted in given.items() if wanted]
    if len(chosen) > 1:
        names = " and ".join(f"--{form.value}" for form in chosen)
        raise ConfigurationInvalid(f"{names} are different forms of the same report: give one of them")
    if force and xlsx is None:
        raise ConfigurationInvalid("--force replaces the file of --xlsx: give it with that")
    if xlsx is not None and xlsx.exists() and not force:
        raise ConfigurationInvalid(f"{xlsx} is there already: name another file, or replace it with --force")
    return Output(chosen[0] if chosen else Format.PAGE, xlsx, force)


def write_report(
    items: Iterable[T],
    output: Output,
    *,
    name: str,
    columns: Sequence["Column"],
    cells_of: Callable[[T], Iterable[Sequence["Cell"]]],
    json_of: Callable[[T], Iterable[Mapping[str, Json]]],
) -> None:
    """Write a report for programs: *cells_of* and *json_of* give the rows and the lines of an item."""
    if output.form is Format.JSON:
        for item in items:
            for line in json_of(item):
                write_json(line)
        return
    rows = (cells for item in items for cells in cells_of(item))
    if output.form is Format.CSV:
        _write_csv(columns, rows)
    elif output.file is not None:
        from monitor.clock import utc_now

        _write_xlsx(output.file, name, columns, rows, replaces=output.replaces, now=utc_now())


def _write_csv(columns: Sequence["Column"], rows: Iterable[Sequence["Cell"]]) -> None:
    """Write CSV to standard output, in UTF-8 whatever the encoding of texts is there."""
    from monitor.views.sheets import csv_lines  # not needed to show --help

    write_in_utf8(sys.stdout)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(newline="")  # the line ends are those of RFC 4180
    for line in csv_lines(columns, rows):
        sys.stdout.write(line)


def _write_xlsx(
    file: Path,
    name: str,
    columns: Sequence["Column"],
    rows: Iterable[Sequence["Cell"]],
    *,
    replaces: bool,
    now: datetime,
) -> None:
    """Write a workbook, and say so. ConfigurationInvalid where the file cannot be written: none is left half done."""
    from monitor.views.workbook import write_workbook  # XlsxWriter is of no use to the other forms

    written = write_workbook(file, name, columns, rows, replaces=replaces, now=now)
    console().print(f"{file} holds {counted(written, 'row')}.", markup=False, soft_wrap=True)
