"""The options that say in which form a report is wanted, and writing it in the forms that programs read."""

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import Enum
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.session import console
from monitor.errors import ConfigurationInvalid
from monitor.streams import write_in_utf8
from monitor.text import counted

if TYPE_CHECKING:
    from monitor.views.sheets import Cell, Column

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


def chosen_format(*, as_json: bool, as_csv: bool, xlsx: Path | None, force: bool) -> Format:
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
    return chosen[0] if chosen else Format.PAGE


def write_csv(columns: Sequence["Column"], rows: Iterable[Sequence["Cell"]]) -> None:
    """Write CSV to standard output, in UTF-8 whatever the encoding of texts is there."""
    from monitor.views.sheets import csv_lines  # not needed to show --help

    write_in_utf8(sys.stdout)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(newline="")  # the line ends are those of RFC 4180
    for line in csv_lines(columns, rows):
        sys.stdout.write(line)


def write_xlsx(
    file: Path,
    name: str,
    columns: Sequence["Column"],
    rows: Iterable[Sequence["Cell"]],
    *,
    force: bool,
    now: datetime,
) -> None:
    """Write a workbook, and say so. ConfigurationInvalid where the file cannot be written: none is left half done."""
    from monitor.views.workbook import write_workbook  # XlsxWriter is of no use to the other forms

    written = write_workbook(file, name, columns, rows, replaces=force, now=now)
    console().print(f"{file} holds {counted(written, 'row')}.", markup=False, soft_wrap=True)
