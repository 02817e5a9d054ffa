"""`monitor move`."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.progress import progress
from monitor.cli.session import Settings, complain, console, write_json
from monitor.errors import ConfigurationInvalid
from monitor.text import counted, moment, size

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.operate.moving import Everything, Plan

INCOMPLETE = 2
SHOWN = 5
"""Rows and snapshots that are named; the others are counted. With --json, all are named."""


def move(
    context: typer.Context,
    to: Annotated[
        str | None,
        typer.Option(
            "--to",
            help="An empty database: postgresql+psycopg://USER@HOST/DATABASE, or sqlite:///FILE.",
            metavar="URL",
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be moved, and move nothing.")] = False,
    undo: Annotated[
        bool, typer.Option("--undo", help="Give up a move that is not done: use the database as it was.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="With --undo, also after it was done; what was done since is lost.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Move everything to an empty database of either store, and prove it. End `monitor serve` before.

    What is owed is sent from there, and nothing twice. The database that was moved stays as it is; from then on, every
    command refuses it and says where everything went. If the command is interrupted, the same one goes on. The key,
    secret.key, is not in a database: at the end it is said where it has to be, and what to change in config.toml.

    [dim]$[/dim] monitor move --to postgresql+psycopg://monitor@db.example.org/monitor --dry-run
    [dim]$[/dim] monitor move --to postgresql+psycopg://monitor@db.example.org/monitor
    [dim]$[/dim] monitor move --to sqlite:///snapshots/back.sqlite3
    """
    from monitor.clock import utc_now
    from monitor.operate import moving as step
    from monitor.views.json.moving import moved_json, plan_json, undone_json

    settings: Settings = context.obj
    config = settings.config()
    url = config.store.url
    if undo == (to is not None):
        raise ConfigurationInvalid("say --to URL, or --undo: one of the two")
    if to is None:
        undone = step.undo(url, even_finished=force)
        if as_json:
            write_json(undone_json(undone))
            return
        was = f"was moved to {undone.other}" if undone.finished_at else f"was on its way to {undone.other}"
        console().print(f"The database {was}, and is used again as it was.", soft_wrap=True, markup=False)
        if undone.finished_at:
            complain(f"what was sent since {moment(undone.finished_at)} is sent again, with the ids that it had")
        return
    _check_address(to)
    if dry_run:
        found = step.plan(url, to)
        if as_json:
            write_json(plan_json(found))
        else:
            _show_plan(found)
        return
    with progress("Moving", shown=not as_json) as report_progress:
        done = step.move(url, to, clock=utc_now, report_progress=report_progress)
    if as_json:
        write_json(moved_json(done))
    else:
        _show(done, config, to)
    _complain_of(done, shown=len(done.remarks) if as_json else SHOWN)


def _check_address(to: str) -> None:
    from monitor.settings.values import store_address  # it is not needed to show --help

    try:
        store_address(to)
    except ValueError as error:
        # It is not shown: it may hold a password.
        raise ConfigurationInvalid(
            "--to does not name a database: write sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE"
        ) from error


def _show_plan(plan: "Plan") -> None:
    out = console()
    for name, rows in plan.tables.items():
        if rows:
            out.print(f"{rows:>13,}  {name}", markup=False)
    went_on = ", where a part of it is already" if plan.is_begun else ""
    out.print(
        f"{counted(plan.rows, 'row')} ({size(plan.size)}) of {plan.source} would be moved to {plan.target}{went_on}, "
        f"in about {_span(plan.seconds)}. Nothing was changed.",
        soft_wrap=True,
        markup=False,
    )


def _span(seconds: int) -> str:
    return counted(seconds, "second") if seconds < 120 else counted(round(seconds / 60), "minute")


def _show(done: "Everything", config: "Config", to: str) -> None:
    from monitor.storage.store import address_of
    from monitor.vault import key_file

    tables = sum(bool(table.moved) for table in done.tables)
    moved = f"{counted(done.rows, 'row')} of {counted(tables, 'table')}"
    lines = [
        f"Moved {moved} to {done.target}, and read them back: each table has the digest that it had.",
        f"{done.source} stays as it is, and is used no more. Next:",
        *_what_to_set(address_of(to)),
    ]
    before, after = key_file(config.store.url).absolute(), key_file(to).absolute()
    if not config.secret_key and before != after and before.exists():
        lines.append(f"    cp {before} {after}   # the key to the addresses; its mode stays 600")
    lines.append("    monitor doctor")
    for line in lines:
        console().print(line, soft_wrap=True, markup=False)


def _what_to_set(address: str) -> list[str]:
    """Where store.url is set: by a variable, which counts more than the file, or in it."""
    if "MONITOR_STORE__URL" in os.environ:
        return [f"    export MONITOR_STORE__URL='{address}'   # where the service has it from; with its password"]
    if "MONITOR_STORE__URL_FILE" in os.environ:
        return [f"    write {address} into {os.environ['MONITOR_STORE__URL_FILE']}, with its password"]
    return ["    in config.toml, below [store]:", f'        url = "{address}"']


def _complain_of(done: "Everything", *, shown: int) -> None:
    for remark in done.remarks[:shown]:
        key = ", ".join(map(str, remark.key))
        what = "did not come" if remark.is_left else "came"
        complain(f"a row of {remark.table} {what} ({key[:120]}): {remark.reason}")
    for line in done.damaged[:SHOWN]:
        complain(line)
    left = sum(each.is_left for each in done.remarks)
    if left:
        complain(f"{counted(left, 'row')} did not come: the database that was moved has them still; keep it")
    others = len(done.remarks) - left
    if others:
        complain(f"{counted(others, 'row')} came damaged or mended; everything else is as it was")
    if done.damaged:
        complain(f"{counted(len(done.damaged), 'snapshot')} damaged, which came as they were")
    if left:
        raise typer.Exit(INCOMPLETE)
