"""The command line: parse, call, print. Each module holds the commands of one kind.

Standard output carries what was asked for, with --json one object a line; everything else goes to standard error.
Exit status: 0 done; 1 something changed, with --exit-code; 2 wrong usage, configuration or database; 3 a registry
could not be reached, some trials failed and the others are done, or changes are held back; 4 done, and the output could
not be written. What becomes of the streams themselves is for `monitor.streams`.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from monitor import __version__
from monitor.cli import (
    backup,
    changes,
    check,
    deliveries,
    doctor,
    drift,
    held,
    operate,
    quarantine,
    serve,
    setting_up,
    status,
    subscribe,
    transfer,
    trials,
    watch,
)
from monitor.cli.commands import Commands
from monitor.cli.session import Settings, complain
from monitor.errors import MonitorError

INTERRUPTED = 130

app = Commands(
    name="monitor",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(watch.app, name="watch")
app.command(name="check")(check.check)
app.command(name="subscribe")(subscribe.subscribe)
app.add_typer(subscribe.manage, name="subscriptions")
app.command(name="deliver")(deliveries.deliver)
app.add_typer(deliveries.app, name="deliveries")
app.command(name="why")(deliveries.why)
app.command(name="show")(trials.show)
app.command(name="history")(trials.history)
app.command(name="diff")(trials.diff)
app.command(name="changes")(changes.changes)
app.command(name="status")(status.status)
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(held.app, name="held")
app.command(name="drift")(drift.drift)
app.add_typer(setting_up.config, name="config")
app.add_typer(setting_up.deploy, name="deploy")
app.command(name="serve")(serve.serve)
app.command(name="sandbox")(operate.sandbox)
app.command(name="demo")(operate.demo)
app.command(name="migrate")(operate.migrate)
app.command(name="backup")(backup.backup)
app.command(name="restore")(backup.restore)
app.command(name="doctor")(doctor.doctor)
app.command(name="export")(transfer.export)
app.command(name="import")(transfer.import_)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"monitor {__version__}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(
            help="The configuration; else $MONITOR_CONFIG, else ./config.toml, else defaults.", metavar="FILE"
        ),
    ] = None,
    _version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Watch registered clinical trials: what changed, and how much it matters.

    [dim]$[/dim] monitor check NCT02116634        [dim]the first time: a baseline; from then on: what changed[/dim]
    """
    context.obj = Settings(config)


def main() -> None:
    """Run the command line and leave with its exit status."""
    try:
        app(standalone_mode=True, prog_name="monitor")
    except MonitorError as error:
        complain(str(error))
        sys.exit(error.exit_status)
    except KeyboardInterrupt:
        complain("interrupted; what was done so far is kept")
        sys.exit(INTERRUPTED)
