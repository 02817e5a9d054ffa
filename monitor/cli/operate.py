"""`monitor sandbox`, `demo` and `migrate`."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.session import Settings, console, write_json
from monitor.model import Json
from monitor.text import counted

DEFAULT_PORT = 8780
INBOXES = 2
"""How many ports behind --port are those of the mailbox and of the receiver."""


def sandbox(
    port: Annotated[
        int, typer.Option(help="Where the registry listens, on 127.0.0.1; 0 for any.", metavar="PORT", min=0, max=65535)
    ] = DEFAULT_PORT,
    trials: Annotated[
        int, typer.Option(help="How many synthetic trials beside the written ones.", metavar="N", min=0)
    ] = 100,
    registry: Annotated[
        list[str] | None,
        typer.Option(
            help="The registry to imitate; repeat it for several, or say all. Those behind the first listen behind it.",
            metavar="REGISTRY",
        ),
    ] = None,
    mailbox_port: Annotated[
        int | None,
        typer.Option(help="Where the mailbox listens; else one above --port.", metavar="PORT", min=0, max=65535),
    ] = None,
    receiver_port: Annotated[
        int | None,
        typer.Option(
            help="Where the webhook receiver listens; else two above --port.", metavar="PORT", min=0, max=65535
        ),
    ] = None,
    mailbox: Annotated[bool, typer.Option(help="Run a mailbox.")] = True,
    maildir: Annotated[
        Path | None,
        typer.Option(help="Where the mailbox puts bounces and complaints, if told to make some.", metavar="DIR"),
    ] = None,
    receiver: Annotated[bool, typer.Option(help="Run a webhook receiver.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Where all is, and what arrives, as JSON lines.")] = False,
) -> None:
    """Run a local ClinicalTrials.gov or other registries, a mailbox and a webhook receiver to try things against.

    Its page has buttons that publish a change, remove or merge a trial, refresh the data, and misbehave. It tells which
    lines to copy, and shows the mails and webhooks that arrive.

    [dim]$[/dim] monitor sandbox
    [dim]$[/dim] monitor sandbox --trials 1000 --port 9000 --no-mailbox
    [dim]$[/dim] monitor sandbox --registry all
    """
    from monitor.sandbox.announcements import ForPeople, ForScripts  # the servers are of no use to the other commands
    from monitor.sandbox.declared import imitated, sandbox_of
    from monitor.sandbox.inboxes import LATEST, Inboxes
    from monitor.sandbox.mailbox import Mailbox
    from monitor.sandbox.receiver import WebhookReceiver
    from monitor.sandbox.registry import run

    keys = imitated(registry or [])
    out = console(stderr=True)
    announcements: ForPeople | ForScripts = (
        ForScripts(_write_at_once) if as_json else ForPeople(lambda line: out.print(line, markup=False, soft_wrap=True))
    )
    if mailbox_port is None:
        mailbox_port = port and port + 1
    if receiver_port is None:
        receiver_port = port and port + 2
    inboxes = Inboxes(
        Mailbox(mailbox_port, latest=LATEST, on_arrival=announcements.mail) if mailbox else None,
        WebhookReceiver(port=receiver_port, latest=LATEST, on_arrival=announcements.webhook) if receiver else None,
        maildir=maildir,
    )
    ports = [port, *(port and port + INBOXES + number for number in range(1, len(keys)))]
    first, *others = [
        sandbox_of(key, trials=trials, port=at, inboxes=inboxes) for key, at in zip(keys, ports, strict=True)
    ]
    run(first, *others, on_ready=lambda running: announcements.ready(running, *others))


def _write_at_once(line: Mapping[str, Json]) -> None:
    """Whoever reads it waits for it."""
    write_json(line)
    sys.stdout.flush()


def demo(
    context: typer.Context,
    pages: Annotated[
        bool | None,
        typer.Option(help="Serve its pages on this machine until Ctrl-C; so it is on a terminal.", show_default=False),
    ] = None,
) -> None:
    """Find and explain a real change, offline, in a few seconds; then look at it in a browser.

    [dim]$[/dim] monitor demo
    [dim]$[/dim] monitor demo --no-pages
    """
    from monitor.cli.demo import show  # the sandbox is not needed to show --help

    command = context.find_root().command
    keeps_pages = sys.stdout.isatty() if pages is None else pages
    show(console(), lambda words: command(words, standalone_mode=False), keeps_pages=keeps_pages)


def migrate(context: typer.Context) -> None:
    """Bring the database to this version's schema. Every command does so on first use.

    The counts of lists are corrected where `monitor doctor` finds them wrong.

    [dim]$[/dim] monitor migrate
    """
    from monitor.operate.list_counts import mend  # needed by this command alone
    from monitor.storage import jobs_schema

    settings: Settings = context.obj
    with settings.open() as program:
        if jobs_schema.is_installed():
            jobs_schema.bring_up(program.store)
        mended = mend(program.store)
        console().print(f"{program.store.database.name} has the schema of this version.")
        if mended:
            console().print(f"{counted(mended, 'count')} of lists corrected.")
