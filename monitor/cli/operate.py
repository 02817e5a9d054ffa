"""`monitor sandbox`, `demo` and `migrate`."""

import sys
from collections.abc import Mapping
from typing import Annotated

import typer

from monitor.cli.session import Settings, console, write_json
from monitor.model import Json

DEFAULT_PORT = 8780


def sandbox(
    port: Annotated[
        int, typer.Option(help="Where the registry listens, on 127.0.0.1; 0 for any.", metavar="PORT", min=0, max=65535)
    ] = DEFAULT_PORT,
    trials: Annotated[
        int, typer.Option(help="How many synthetic trials beside NCT02116634.", metavar="N", min=0)
    ] = 100,
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
    receiver: Annotated[bool, typer.Option(help="Run a webhook receiver.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Where all is, and what arrives, as JSON lines.")] = False,
) -> None:
    """Run a local ClinicalTrials.gov, a mailbox and a webhook receiver to try things against.

    Its page has buttons that publish a change, remove or merge a trial, refresh the data, and misbehave. It tells which
    lines to copy, and shows the mails and webhooks that arrive.

    [dim]$[/dim] monitor sandbox
    [dim]$[/dim] monitor sandbox --trials 1000 --port 9000 --no-mailbox
    """
    from monitor.sandbox.announcements import ForPeople, ForScripts  # the servers are of no use to the other commands
    from monitor.sandbox.clinicaltrials_gov import Sandbox
    from monitor.sandbox.inboxes import LATEST, Inboxes
    from monitor.sandbox.mailbox import Mailbox
    from monitor.sandbox.receiver import WebhookReceiver
    from monitor.sandbox.registry import run

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
    )
    run(Sandbox(port=port, trials=trials, inboxes=inboxes), on_ready=announcements.ready)


def _write_at_once(line: Mapping[str, Json]) -> None:
    """Whoever reads it waits for it."""
    write_json(line)
    sys.stdout.flush()


def demo(context: typer.Context) -> None:
    """Find and explain a real change, offline, in a few seconds.

    [dim]$[/dim] monitor demo
    """
    from monitor.cli.demo import show  # the sandbox is not needed to show --help

    command = context.find_root().command
    show(console(), lambda words: command(words, standalone_mode=False))


def migrate(context: typer.Context) -> None:
    """Bring the database to this version's schema. Every command does so on first use.

    [dim]$[/dim] monitor migrate
    """
    settings: Settings = context.obj
    with settings.open() as program:
        console().print(f"{program.store.database.name} has the schema of this version.")
