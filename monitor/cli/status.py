"""`monitor status`: how the watched trials stand. Nothing here asks a registry."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.formats import (
    CsvOption,
    ForceOption,
    Format,
    JsonOption,
    XlsxOption,
    chosen_format,
    write_csv,
    write_xlsx,
)
from monitor.cli.progress import progress
from monitor.cli.scoping import LeadOption, TrialsOption, WatchOption, chosen_scope
from monitor.cli.session import Settings, console, write_json

if TYPE_CHECKING:
    from monitor.views.status import Reading, Row


def status(
    context: typer.Context,
    trial: TrialsOption = None,
    watch: WatchOption = None,
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
    from monitor.views.sorting import checked_column, in_order  # SQLAlchemy is not needed to show --help
    from monitor.views.status import Question, Reading
    from monitor.views.statuses import statuses_of

    form = chosen_format(as_json=as_json, as_csv=as_csv, xlsx=xlsx, force=force)
    column = checked_column(sort)
    statuses = statuses_of(wanted or ())
    settings: Settings = context.obj
    with settings.open() as program:
        scope = chosen_scope(program, trial, watch, sponsor)
        registries = {registry.key: registry for registry in program.registries}
        reading = Reading(Question(scope=scope, statuses=statuses), program.store, registries)
        by = column + (", the last first" if reverse else "")
        _write(in_order(reading, column, is_reversed=reverse), form, xlsx=xlsx, force=force, reading=reading, by=by)


def _write(rows: Iterable["Row"], form: Format, *, xlsx: Path | None, force: bool, reading: "Reading", by: str) -> None:
    from monitor.app import utc_now  # SQLAlchemy and requests are not needed to show --help
    from monitor.views.columns import STATUS, status_cells

    if form is Format.JSON:
        for row in rows:
            write_json(row.as_json())
    elif form is Format.CSV:
        write_csv(STATUS, map(status_cells, rows))
    elif xlsx is not None:
        write_xlsx(xlsx, "Status", STATUS, map(status_cells, rows), force=force, now=utc_now())
    else:
        _show(rows, reading, by)


def _show(rows: Iterable["Row"], reading: "Reading", by: str) -> None:
    from monitor.cli.render.status import closing_line, heading, row_blocks  # rich is of no use to the other forms

    out = console()
    shown = 0
    for block in row_blocks(rows, width=out.width):
        if not shown:
            out.print(heading(out.width))
        out.print(block)
        shown += 1
    if shown:
        out.print()
    about = reading.question.scope.words
    out.print(closing_line(shown, trials=reading.tally.trials, about=about, by=by))
