"""`monitor bounces`: what came back of our mails, and what that did."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.commands import Commands
from monitor.cli.formats import JsonOption
from monitor.cli.session import Settings, complain_of_rows, console, write_json
from monitor.errors import ConfigurationInvalid, system_words
from monitor.views.json.bounces import listed_bounce_json, taken_json

if TYPE_CHECKING:
    from monitor.alerts.bounces import Taken
    from monitor.app import App
    from monitor.storage.unread import Unread

app = Commands(help="Read the mails that come back, and see what they did.", no_args_is_help=True)

SOME_FAILED = 3
STANDARD_INPUT = Path("-")


@app.command()
def read(
    context: typer.Context,
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="A mail in a file, or - for standard input; without any, the mailbox of [bounces].", metavar="[FILE]…"
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Take bounces and complaints once: end or pause the subscriptions that they are about.

    Mails of the mailbox are marked as read. What names nothing that was sent does nothing. What is about a mail that is
    still being sent ends this with 3, and is to be read again.

    [dim]$[/dim] monitor bounces read
    [dim]$[/dim] monitor bounces read bounce.eml
    [dim]$[/dim] monitor bounces read - < bounce.eml
    """
    settings: Settings = context.obj
    is_early = False
    with settings.open() as program:
        for taken in _read(files or [], program):
            is_early = is_early or taken.outcome == "early"
            if as_json:
                write_json(taken_json(taken))
            else:
                console().print(_in_words(taken), markup=False, soft_wrap=True)
    if is_early:
        raise typer.Exit(SOME_FAILED)


def _read(files: list[Path], program: "App") -> Iterator["Taken"]:
    from monitor.alerts.bounces import take  # SQLAlchemy is not needed to show --help
    from monitor.alerts.returned import read_mailbox
    from monitor.channels.email.settings import BounceSettings

    subscribed = program.subscribe_context()
    if files:
        yield from (take(_beginning(file), subscribed) for file in files)
    elif program.config.section(BounceSettings).has_mailbox:
        yield from read_mailbox(subscribed)
    else:
        raise ConfigurationInvalid("there is no mailbox to read: set maildir or imap in [bounces], or name a file")


def _beginning(file: Path) -> bytes:
    """As much of a mail as is read at all; the rest of standard input is taken, too, or who writes it would fail."""
    from monitor.channels.email.reports import LARGEST

    if file == STANDARD_INPUT:
        raw = sys.stdin.buffer.read(LARGEST)
        while sys.stdin.buffer.read(LARGEST):
            pass
        return raw
    try:
        with file.open("rb") as opened:
            return opened.read(LARGEST)
    except OSError as error:
        raise ConfigurationInvalid(f"{file} cannot be read ({system_words(error)}): name a file with a mail") from None


def _in_words(taken: "Taken") -> str:
    from monitor.alerts.bounces import Outcome

    said = f": {taken.report.diagnostic}" if taken.report.diagnostic else ""
    match taken.outcome:
        case Outcome.IGNORED:
            return "No report of a mail: nothing is done."
        case Outcome.UNKNOWN:
            return f"About nothing that was sent there: nothing is done. It says: {taken.report.kind}{said}"
        case Outcome.EARLY:
            return "About a mail that is still being sent: read it again in a minute."
        case Outcome.REPEATED:
            return f"{taken.shown}: read before."
        case Outcome.NOTED:
            return f"{taken.shown}: {taken.report.kind}, noted{said}"
    called = ", ".join(each.called for each in taken.subscriptions)
    return f"{taken.shown}: {taken.report.kind}, {taken.outcome} {called}{said}"


@app.command(name="list")
def list_(
    context: typer.Context,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1, metavar="N")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List what came back, the newest first, and what it did.

    [dim]$[/dim] monitor bounces list
    """
    from monitor.storage import bounces  # SQLAlchemy is not needed to show --help

    settings: Settings = context.obj
    with settings.open() as program, program.store.read() as tx:
        damaged: list[Unread] = []
        rows = bounces.listing(tx, limit=limit, damaged=damaged)
    complain_of_rows(damaged)
    if as_json:
        for bounce, shown in rows:
            write_json(listed_bounce_json(bounce, shown))
        return
    from monitor.cli.render.bounces import bounce_table  # rich is of no use to --json

    console().print(bounce_table(rows))
