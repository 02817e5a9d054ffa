"""`monitor checksums`."""

from typing import Annotated

import typer

from monitor.cli.progress import progress
from monitor.cli.session import Settings, write_json


def checksums(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Say what each table holds, in a number that is the same for every copy of it, on either store.

    A line a table: the number, how many rows there are, and its name. Where two databases have the same lines, they
    hold the same. What only concerns the processes at a database is left out. Others may go on meanwhile.

    [dim]$[/dim] monitor checksums
    [dim]$[/dim] MONITOR_STORE__URL=sqlite:////var/backups/monitor.sqlite3 monitor checksums
    """
    from monitor.operate import checksums as step
    from monitor.views.json.moving import checksums_json

    settings: Settings = context.obj
    with progress("Reading", shown=not as_json) as report_progress:
        found = step.checksums(settings.config().store.url, report_progress)
    if as_json:
        write_json(checksums_json(found))
        return
    for each in found:
        typer.echo(f"{each.digest}  {each.rows}  {each.table}")
