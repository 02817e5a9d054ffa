"""`monitor prune`."""

from typing import Annotated

import typer

from monitor.cli.session import Settings, console, write_json
from monitor.errors import ConfigurationInvalid
from monitor.text import counted


def prune(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Give up documents and messages that are older than store.keep, and on which nothing rests.

    `monitor serve` does so once a day. Of each trial the first and the latest document stay, and those that somebody
    was told about; every snapshot stays in its list, with what it changed. Of a message stays who was sent it, when,
    and what came of it.

    [dim]$[/dim] monitor prune --dry-run
    [dim]$[/dim] monitor prune
    """
    from monitor.clock import utc_now
    from monitor.operate.pruning import prune as give_up  # the database is not needed to show --help

    settings: Settings = context.obj
    with settings.open() as program:
        keep = program.config.store.kept_for
        if keep is None:
            raise ConfigurationInvalid('store.keep is "all", so nothing is given up: set it to a span such as "730d"')
        done = give_up(program.store, keep, now=utc_now(), is_trial_run=dry_run)
    if as_json:
        write_json({"snapshots": done.snapshots, "messages": done.messages, "bytes": done.bytes, "dry_run": dry_run})
        return
    what = f"{counted(done.snapshots, 'document')} of snapshots and {counted(done.messages, 'message')}"
    console().print(f"{what} {'would go' if dry_run else 'given up'}: {done.bytes / 1e6:,.1f} MB.")
