"""`monitor quarantine`: the answers of registries that were not believed, and taking one for true all the same."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.commands import Commands, Group
from monitor.cli.formats import JsonOption
from monitor.cli.session import Settings, complain, complain_of_rows, console, write_json
from monitor.model import Result
from monitor.views.json.checks import checked_json, quarantined_json

if TYPE_CHECKING:
    from monitor.storage.unread import Unread

NOT_ACCEPTED = 2
SOME_FAILED = 3


class NumberOrCommand(Group):
    """Commands, of which `show` need not be typed: `monitor quarantine 3`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """A number alone is one to show."""
        return super().resolve_command(ctx, ["show", *args] if args[0].isdigit() else args)


app = Commands(cls=NumberOrCommand, invoke_without_command=True)


@app.callback()
def quarantine(
    context: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="Also those that were accepted.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List the answers of registries that were not believed, write one out, or accept it.

    [dim]$[/dim] monitor quarantine
    [dim]$[/dim] monitor quarantine 3 > answer.html
    """
    if context.invoked_subcommand is not None:
        return
    from monitor.storage import quarantine as kept  # SQLAlchemy is not needed to show --help

    settings: Settings = context.obj
    with settings.open() as program, program.store.read() as tx:
        damaged: list[Unread] = []
        rows = kept.listing(tx, accepted=every, damaged=damaged)
    complain_of_rows(damaged)
    if as_json:
        for row in rows:
            write_json(quarantined_json(row))
        return
    from monitor.cli.render.quarantine import quarantine_table  # rich is of no use to --json

    console().print(quarantine_table(rows))


@app.command()
def show(
    context: typer.Context,
    number: Annotated[int, typer.Argument(help="Its number in `monitor quarantine`.", metavar="N", min=1)],
) -> None:
    """Write an answer to standard output as it came.

    [dim]$[/dim] monitor quarantine show 3 > answer.html
    """
    from monitor.storage import quarantine as kept  # SQLAlchemy is not needed to show --help

    settings: Settings = context.obj
    with settings.open() as program, program.store.read() as tx:
        raw = kept.get(tx, number).raw or b""
    sys.stdout.buffer.write(raw)


@app.command()
def accept(
    context: typer.Context,
    numbers: Annotated[list[int], typer.Argument(help="Their numbers in `monitor quarantine`.", metavar="N…", min=1)],
    alike: Annotated[
        bool,
        typer.Option("--alike", help="Also what was refused for the same reason in the same version of the data."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Take an answer for the trial's record, for the registry that means it: what it changes is kept and told.

    Where it came from older data than what we had, the registry went back in time, and that is the yardstick from then
    on. An answer that is not proven to be the trial's own record cannot be accepted.

    [dim]$[/dim] monitor quarantine accept 3
    [dim]$[/dim] monitor quarantine accept 3 --alike        [dim]the whole registry went back: one says it for all[/dim]
    """
    from monitor.watching.accept import NotAccepted  # SQLAlchemy is not needed to show --help

    settings: Settings = context.obj
    status = 0
    with settings.open() as program:
        for one in program.accept(numbers, alike=alike):
            if isinstance(one, NotAccepted):
                status = status or NOT_ACCEPTED
                complain(one.reason)
                continue
            status = SOME_FAILED if one.result is Result.FAILED else status
            if as_json:
                write_json(checked_json(one))
            else:
                from monitor.cli.render.check import trial_block  # rich is of no use to --json

                console().print(trial_block(one, asked=1) or "")
    if status:
        raise typer.Exit(status)
