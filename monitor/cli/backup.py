"""`monitor backup` and `monitor restore`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.progress import progress
from monitor.cli.session import Settings, complain, console, write_json
from monitor.text import counted, moment, size
from monitor.views.json.operating import backup_json, restored_json

if TYPE_CHECKING:
    from monitor.storage.copying import Contents

DAMAGED = 2
SHOWN = 5
"""Damaged snapshots that are named; the others are counted."""

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]


def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A new file, or a folder to have one named in it.", metavar="FILE")],
    as_json: AsJson = False,
) -> None:
    """Write everything into one file, while others go on, and prove it.

    It is an SQLite database, also where the store is PostgreSQL, and can be restored to either. The key to the
    addresses in it is not in it: copy secret.key to another place, once.

    [dim]$[/dim] monitor backup /var/backups/monitor.sqlite3
    """
    from monitor.app import key_place
    from monitor.clock import utc_now
    from monitor.operate import backup as step

    settings: Settings = context.obj
    config = settings.config()
    with progress("Backing up", shown=not as_json) as report_progress:
        made = step.back_up(config.store.url, file, now=utc_now(), report_progress=report_progress)
    if as_json:
        write_json(backup_json(made))
    else:
        console().print(f"{made.file}: {size(made.size)}, proved. {_words(made.contents)}", soft_wrap=True)
        if made.contents.endpoints:
            console().print(
                f"The key to its {counted(made.contents.endpoints, 'address', 'addresses')} is not in it: "
                f"keep a copy of {key_place(config)} in another place.",
                soft_wrap=True,
            )
    _complain_of(made.damaged)


def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="What `monitor backup` wrote.", metavar="FILE")],
    force: Annotated[
        bool, typer.Option("--force", help="Replace what is there, which is kept aside; accept damaged snapshots.")
    ] = False,
    without_key: Annotated[
        bool, typer.Option("--without-key", help="Restore although its addresses cannot be opened.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make the database what a backup holds, proved before anything is replaced. End `monitor serve` before.

    What changed since the backup is found again by the next check. Alerts that are sent again carry the ids that they
    had, so that a receiver can tell.

    [dim]$[/dim] monitor restore /var/backups/monitor.sqlite3
    """
    from monitor.app import vault_for
    from monitor.clock import utc_now
    from monitor.operate import backup as step

    settings: Settings = context.obj
    config = settings.config()
    with progress("Restoring", shown=not as_json) as report_progress:
        done = step.restore(
            file,
            config.store.url,
            vault=vault_for(config),
            consent=step.Consent(replaced=force, lost=without_key),
            now=utc_now(),
            report_progress=report_progress,
        )
    if as_json:
        write_json(restored_json(done))
    else:
        console().print(f"Restored. {_words(done.contents)}", soft_wrap=True)
        if done.aside:
            console().print(f"What was there before is {done.aside}.", soft_wrap=True)
    if done.locked:
        complain(f"nothing can be sent to the addresses: {done.locked}")
    _complain_of(done.damaged)


def _words(contents: "Contents") -> str:
    latest = f"latest check {moment(contents.checked_at)}" if contents.checked_at else "no check yet"
    owed = counted(contents.owed, "delivery", "deliveries")
    waiting = f", {counted(contents.gathered, 'alert')} gathered for digests" if contents.gathered else ""
    return (
        f"{counted(contents.trials, 'trial')}, {counted(contents.snapshots, 'snapshot')}, "
        f"{counted(contents.events, 'event')}, {counted(contents.watches, 'watch', 'watches')}, "
        f"{counted(contents.subscriptions, 'subscription')}; {latest}; {owed} owed{waiting}."
    )


def _complain_of(damaged: tuple[str, ...]) -> None:
    for line in damaged[:SHOWN]:
        complain(line)
    if damaged:
        complain(f"{counted(len(damaged), 'snapshot')} of the database damaged; everything else is in order")
        raise typer.Exit(DAMAGED)
