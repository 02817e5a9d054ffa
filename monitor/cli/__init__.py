"""The command line: parse, call, print. Each module holds the commands of one kind.

Standard output carries what was asked for, with --json one object a line; everything else goes to standard error.
Exit status: 0 done; 1 something changed, with --exit-code; 2 wrong usage, configuration or database; 3 a registry
could not be reached, some trials failed and the others are done, or changes are held back; 4 done, and the output could
not be written. What becomes of the streams themselves is for `monitor.streams`.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor import __version__
from monitor.cli.commands import Commands, Declared, lazily
from monitor.cli.session import Settings, complain
from monitor.cli.usage import usage_line
from monitor.errors import MonitorError
from monitor.streams import INTERRUPTED, WRONG_USAGE

if TYPE_CHECKING:
    from monitor.http.response import AskedBefore


COMMANDS = (
    Declared("check", "monitor.cli.check:check", "Check the given trials, or all watched ones, and say what changed."),
    Declared("subscribe", "monitor.cli.subscribe:subscribe", "Tell somebody of changes, by mail, webhook or chat."),
    Declared("deliver", "monitor.cli.deliveries:deliver", "Send what is due, once."),
    Declared("why", "monitor.cli.deliveries:why", "Explain, change by change, why somebody was or was not told."),
    Declared(
        "show", "monitor.cli.trials:show", "Show a trial's record as people read it, and where else it is registered."
    ),
    Declared(
        "history",
        "monitor.cli.trials:history",
        "List every snapshot of a trial and what it changed; what was imported comes first.",
    ),
    Declared(
        "diff",
        "monitor.cli.trials:diff",
        "Compare two snapshots of a trial field by field, with a word diff in long text.",
    ),
    Declared(
        "compare",
        "monitor.cli.compare:compare",
        "Compare a saved page of the former ClinicalTrials.gov with the trial's record of today.",
    ),
    Declared(
        "changes",
        "monitor.cli.changes:changes",
        "Tell what changed across all trials, the newest first by when it was seen.",
    ),
    Declared(
        "status",
        "monitor.cli.status:status",
        "Show how the watched trials stand: a row a trial, with what changed last and what troubles it.",
    ),
    Declared(
        "drift",
        "monitor.cli.drift:drift",
        "List the fields and values of registries' documents that are new to this program.",
    ),
    Declared(
        "serve",
        "monitor.cli.serve:serve",
        "Watch on schedule and send what is owed, until SIGTERM; SIGHUP rereads the configuration.",
    ),
    Declared(
        "worker",
        "monitor.cli.worker:worker",
        "Check registries and send what is owed, as one of any number of processes on PostgreSQL, until SIGTERM.",
    ),
    Declared(
        "mcp",
        "monitor.cli.agents:mcp",
        "Give an agent tools (Model Context Protocol) to ask about trials and changes, over standard input and output.",
    ),
    Declared(
        "sandbox",
        "monitor.cli.operate:sandbox",
        "Run a local ClinicalTrials.gov or other registries, a mailbox and a webhook receiver to try things against.",
    ),
    Declared(
        "demo",
        "monitor.cli.operate:demo",
        "Find and explain a real change, offline, in a few seconds; then look at it in a browser.",
    ),
    Declared(
        "migrate",
        "monitor.cli.operate:migrate",
        "Bring the database to this version's schema. Every command does so on first use.",
    ),
    Declared(
        "prune",
        "monitor.cli.prune:prune",
        "Give up documents and messages that are older than store.keep, and on which nothing rests.",
    ),
    Declared(
        "backup", "monitor.cli.backup:backup", "Write everything into one file, while others go on, and prove it."
    ),
    Declared(
        "restore",
        "monitor.cli.backup:restore",
        "Make the database what a backup holds, proved before anything is replaced. End `monitor serve` before.",
    ),
    Declared(
        "move",
        "monitor.cli.move:move",
        "Move everything to an empty database of either store, and prove it. End `monitor serve` before.",
    ),
    Declared(
        "checksums",
        "monitor.cli.checksums:checksums",
        "Say what each table holds, in a number that is the same for every copy of it, on either store.",
    ),
    Declared(
        "doctor",
        "monitor.cli.doctor:doctor",
        "Check everything, and say what to do about what is wrong. Exit with 1 where something is.",
    ),
    Declared(
        "export",
        "monitor.cli.transfer:export",
        "Write everything as plain JSON files: trials with every snapshot and event, watches, subscriptions, notices.",
    ),
    Declared(
        "backfill",
        "monitor.cli.backfill:backfill",
        "Fetch what records said before they were first read here, and put it into the history of their trials.",
    ),
    Declared(
        "import",
        "monitor.cli.transfer:import_",
        "Take in an export, lists of other programs, or saved pages; nothing is doubled, and nobody alerted unasked.",
    ),
    Declared(
        "explain",
        "monitor.cli.explain:app",
        "Say what texts and records that are piped in mean, without a database: JSON lines out.",
    ),
    Declared("watch", "monitor.cli.watch:app", "Say which trials to watch."),
    Declared("subscriptions", "monitor.cli.subscriptions:manage", "See and change who is told."),
    Declared("deliveries", "monitor.cli.deliveries:app", "See what was sent, and send it again."),
    Declared("bounces", "monitor.cli.bounces:app", "Read the mails that come back, and see what they did."),
    Declared(
        "quarantine",
        "monitor.cli.quarantine:app",
        "List the answers of registries that were not believed, write one out, or accept it.",
    ),
    Declared(
        "held",
        "monitor.cli.held:app",
        "Decide about changes that were held back, because one field changed in too many trials at once.",
    ),
    Declared("user", "monitor.cli.users:app", "Say who may sign in to the pages, and what they may do there."),
    Declared("token", "monitor.cli.tokens:app", "Make and revoke tokens, with which programs use the API."),
    Declared("config", "monitor.cli.setting_up:config", "Begin a configuration."),
    Declared("deploy", "monitor.cli.setting_up:deploy", "Give the files that run it as a service."),
)
"""Every command in the order of `--help`, with what that says of it. None is imported before it is wanted."""

app = Commands(
    name="monitor",
    cls=lazily(COMMANDS),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


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
    context.obj = Settings(config, asked=context.obj)


def main(asked: "AskedBefore | None" = None) -> None:
    """Run the command line and leave with its exit status. *asked* is what a registry was asked just now."""
    try:
        status = app(standalone_mode=False, prog_name="monitor", obj=asked)
    except MonitorError as error:
        complain(str(error))
        sys.exit(error.exit_status)
    except typer.TyperException as error:
        # A group without a command has shown its help instead.
        if type(error).__name__ != "NoArgsIsHelpError":
            complain(usage_line(error))
        sys.exit(getattr(error, "exit_code", WRONG_USAGE))
    except KeyboardInterrupt:
        complain("interrupted; what was done so far is kept")
        sys.exit(INTERRUPTED)
    sys.exit(status)
