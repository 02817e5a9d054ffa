"""`monitor drift`: what registries serve that we do not know yet. Nothing here asks a registry."""

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.session import Settings, complain_of_rows, console, write_json
from monitor.views.json.checks import drift_json

if TYPE_CHECKING:
    from monitor.storage.unread import Unread


def drift(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="JSON, one object a line.")] = False,
) -> None:
    """List the fields and values of registries' documents that are new to this program.

    [dim]$[/dim] monitor drift
    """
    from monitor.storage import drift as kept  # SQLAlchemy is not needed to show --help

    settings: Settings = context.obj
    with settings.open() as program, program.store.read() as tx:
        damaged: list[Unread] = []
        rows = kept.listing(tx, damaged=damaged)
    complain_of_rows(damaged)
    if as_json:
        for row in rows:
            write_json(drift_json(row))
        return
    from monitor.cli.render.drift import drift_table  # rich is of no use to --json

    console().print(drift_table(rows))
