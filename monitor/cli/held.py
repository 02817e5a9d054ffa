"""`monitor held`: what so many trials changed alike that it looks like the registry's doing."""

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.commands import Commands
from monitor.cli.formats import JsonOption
from monitor.cli.session import Settings, complain, complain_of_rows, console, write_json
from monitor.views.json.checks import held_event_json, hold_json

if TYPE_CHECKING:
    from monitor.storage.holds import Decision
    from monitor.storage.unread import Unread

app = Commands(
    help="Decide about changes that were held back, because one field changed in too many trials at once.\n\n"
    "[dim]$[/dim] monitor held list",
    no_args_is_help=True,
)

Number = Annotated[int, typer.Argument(help="Its number in `monitor held list`.", metavar="HOLD", min=1)]


@app.command(name="list")
def list_(context: typer.Context, as_json: JsonOption = False) -> None:
    """List what was held back, and what was decided.

    [dim]$[/dim] monitor held list
    """
    from monitor.views.holds import holds  # SQLAlchemy is not needed to show --help

    settings: Settings = context.obj
    with settings.open() as program:
        damaged: list[Unread] = []
        listed = holds(program.store, damaged=damaged)
    complain_of_rows(damaged)
    if as_json:
        for hold in listed:
            write_json(hold_json(hold))
        return
    from monitor.cli.render.held import hold_table  # rich is of no use to --json

    console().print(hold_table(listed))


@app.command()
def show(context: typer.Context, number: Number, as_json: JsonOption = False) -> None:
    """Show the changes that were held together, and what became of them.

    [dim]$[/dim] monitor held show 1
    """
    from monitor.views.holds import whole_pages  # SQLAlchemy is not needed to show --help

    settings: Settings = context.obj
    with settings.open() as program:
        pages = list(whole_pages(number, program.store))
    if as_json:
        for held, event in (each for page in pages for each in page.events):
            for line in held_event_json(held, event):
                write_json(line)
    else:
        from monitor.cli.render.held import hold_lines  # rich is of no use to --json

        for said in hold_lines(pages):
            console().print(said)
    for page in pages:
        for reason in page.damaged.values():
            complain(reason)


@app.command()
def release(context: typer.Context, number: Number) -> None:
    """Tell everybody whom it concerns, and what waits behind it; the next `monitor deliver` sends it.

    [dim]$[/dim] monitor held release 1
    """
    _decide(context, number, "released")


@app.command()
def discard(context: typer.Context, number: Number) -> None:
    """Tell nobody, but of what waits behind it. Snapshots and history keep it, and `monitor why` explains it.

    [dim]$[/dim] monitor held discard 1
    """
    _decide(context, number, "discarded")


def _decide(context: typer.Context, number: int, decision: "Decision") -> None:
    from monitor.alerts.settling import decide
    from monitor.clock import utc_now

    settings: Settings = context.obj
    with settings.open() as program:
        count = decide(number, decision, program.store, registries=program.registries, now=utc_now())
    events = "1 event is" if count == 1 else f"{count:,} events are"
    console().print(f"{events} {decision}.")
