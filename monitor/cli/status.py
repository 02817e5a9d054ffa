"""`monitor status`: how the watched trials stand. Nothing here asks a registry."""

import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.formats import (
    CsvOption,
    ForceOption,
    Format,
    JsonOption,
    Output,
    XlsxOption,
    chosen_output,
    write_report,
)
from monitor.cli.progress import progress
from monitor.cli.scoping import GroupOption, LeadOption, TrialsOption, WatchOption, chosen_scope
from monitor.cli.session import Settings, complain, console
from monitor.text import shortened
from monitor.views.json.trials import status_json

if TYPE_CHECKING:
    from monitor.views.status import StatusReader, StatusRow


def status(
    context: typer.Context,
    trial: TrialsOption = None,
    watch: WatchOption = None,
    group: GroupOption = None,
    sponsor: LeadOption = None,
    wanted: Annotated[
        list[str] | None,
        typer.Option("--status", help="Only these: terminated, withdrawn, …, or stopped for all three.", metavar="S,…"),
    ] = None,
    sort: Annotated[
        str, typer.Option(help="Order by: trial, title, status, phase, enrollment, start, …", metavar="COLUMN")
    ] = "trial",
    reverse: Annotated[bool, typer.Option("--reverse", help="The other way round.")] = False,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    xlsx: XlsxOption = None,
    force: ForceOption = False,
) -> None:
    """Show how the watched trials stand: a row a trial, with what changed last and what troubles it.

    With --trial, also trials that nobody watches. It sorts by trial, title, status, phase, enrollment, start,
    primary-completion, completion, sponsor, last-change, as-of and troubles.

    [dim]$[/dim] monitor status --sort last-change --reverse
    [dim]$[/dim] monitor status --sponsor "Alzahra Hospital" --status stopped
    [dim]$[/dim] monitor status --watch oncology --status recruiting,suspended --xlsx oncology.xlsx
    """
    from monitor.views.sorting import USUAL, checked_column, in_order  # SQLAlchemy is not needed to show --help
    from monitor.views.status import StatusQuery, StatusReader
    from monitor.views.statuses import statuses_of

    output = chosen_output(as_json=as_json, as_csv=as_csv, xlsx=xlsx, force=force)
    column = checked_column(sort)
    statuses = statuses_of(wanted or ())
    settings: Settings = context.obj
    with settings.open() as program:
        scope = chosen_scope(program, trial, watch, group, sponsor)
        registries = {registry.key: registry for registry in program.registries}
        with progress(
            "Reading", shown=_takes_long(output.form, is_sorted=column != USUAL or reverse)
        ) as report_progress:
            reader = StatusReader(
                StatusQuery(scope=scope, statuses=statuses), program.store, registries, report_progress=report_progress
            )
            rows = in_order(reader, column, is_reversed=reverse)
            if output.form is not Format.PAGE:
                _write(rows, output)
        if output.form is Format.PAGE:
            _show(rows, reader, program.names(), by=column + (", the last first" if reverse else ""))
    if sponsor is not None and not reader.summary.rows:
        _hint(sponsor, reader)


def _takes_long(form: Format, *, is_sorted: bool) -> bool:
    """Whether a bar is to be seen: not beside rows that appear on the same terminal as they are read."""
    return form is Format.XLSX or (is_sorted if form is Format.PAGE else not sys.stdout.isatty())


def _write(rows: Iterable["StatusRow"], output: Output) -> None:
    from monitor.views.columns import STATUS, status_cells  # not needed to show --help

    write_report(
        rows,
        output,
        name="Status",
        columns=STATUS,
        cells_of=lambda row: [status_cells(row)],
        json_of=lambda row: [status_json(row)],
    )


def _hint(sponsor: str, reader: "StatusReader") -> None:
    """Say which sponsors have a name like the one that leads no trial here."""
    from difflib import get_close_matches  # almost never needed

    from monitor.text import fold_organisation

    folded = {fold_organisation(name): name for name in reader.summary.leads}
    near = get_close_matches(fold_organisation(sponsor), folded, n=3)
    if near and fold_organisation(sponsor) not in folded:
        names = ", ".join(f"“{shortened(folded[name], 100)}”" for name in near)
        complain(f"“{shortened(sponsor, 100)}” leads none of these trials; did you mean {names}?")


def _show(rows: Iterable["StatusRow"], reader: "StatusReader", names: Mapping[str, str], *, by: str) -> None:
    from monitor.cli.render.status import closing_line, heading, row_blocks  # rich is of no use to the other forms

    out = console()
    is_first = True
    for block in row_blocks(rows, width=out.width, names=names):
        if is_first:
            out.print(heading(out.width, names))
        out.print(block)
        is_first = False
    if not is_first:
        out.print()
    summary, scope = reader.summary, reader.query.scope
    out.print(closing_line(summary.rows, trials=summary.trials, about=scope.words, led_by=scope.led_by, by=by))
