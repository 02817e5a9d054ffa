"""`monitor show`, `history` and `diff`: look at what is kept. Nothing here asks a registry."""

import re
from contextlib import suppress
from datetime import date
from typing import Annotated

import typer

from monitor.cli.formats import JsonOption
from monitor.cli.session import Settings, complain, console, write_json
from monitor.views.json.trials import comparison_json, history_json, record_json, siblings_json

TrialId = Annotated[str, typer.Argument(help="A trial id, or the address of its page.", metavar="TRIAL_ID")]


_FORMS = "a snapshot's number, such as 1, or a day, such as 2016-06-30"


def which_typed(text: str | None) -> int | date | None:
    """The snapshot that is meant: by its number, or by a day on which it stood."""
    if text is None or not (text.isascii() and text.isdigit()):
        return None if text is None else day_typed(text, forms=_FORMS)
    if not 1 <= len(text) <= 9 or int(text) < 1:
        raise typer.BadParameter(f"“{text[:40]}” is not a snapshot: they are numbered from 1; write {_FORMS}")
    return int(text)


def day_typed(text: str, *, forms: str = "a day, such as 2016-06-30") -> date:
    """The day that is meant."""
    if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text, re.ASCII):
        with suppress(ValueError):
            return date.fromisoformat(text)
    raise typer.BadParameter(f"“{text[:40]}” cannot be read: write {forms}")


def show(
    context: typer.Context,
    trial_id: TrialId,
    snapshot: Annotated[int | None, typer.Option(help="That one; else the latest.", metavar="N", min=1)] = None,
    on: Annotated[str | None, typer.Option(help="The one that stood on this day.", metavar="DAY")] = None,
    as_json: JsonOption = False,
) -> None:
    """Show a trial's record as people read it, and where else it is registered.

    [dim]$[/dim] monitor show NCT02116634
    [dim]$[/dim] monitor show NCT02116634 --snapshot 1
    [dim]$[/dim] monitor show NCT02116634 --on 2016-06-30
    """
    from monitor.clock import utc_now
    from monitor.views.siblings import siblings_of
    from monitor.views.trials import refuse_to_come, snapshot_of  # SQLAlchemy is not needed to show --help

    if snapshot is not None and on is not None:
        raise typer.BadParameter("give --snapshot or --on, not both")
    which = snapshot if on is None else day_typed(on)
    refuse_to_come(which, now=utc_now())
    settings: Settings = context.obj
    with settings.open() as program:
        registry, found = program.identify(trial_id)
        shown = snapshot_of(found, registry=registry, store=program.store, which=which, complain=complain)
        elsewhere = siblings_of(shown.record, registries=program.registries, store=program.store)
    if as_json:
        write_json({**record_json(shown.snapshot, shown.record), **siblings_json(elsewhere)})
        return
    from monitor.cli.render.record import record_page  # rich is of no use to --json

    console().print(record_page(shown.record, shown.snapshot, elsewhere))


def history(context: typer.Context, trial_id: TrialId, as_json: JsonOption = False) -> None:
    """List every snapshot of a trial and what it changed; what was imported comes first.

    [dim]$[/dim] monitor history NCT02116634
    """
    from monitor.views.trials import history_of  # SQLAlchemy is not needed to show --help

    settings: Settings = context.obj
    with settings.open() as program:
        registry, found = program.identify(trial_id)
        history = history_of(found, registry=registry, store=program.store)
    for reason in (*history.damaged.values(), *history.unread.values()):
        complain(reason)
    if as_json:
        for row, changes in history.rows:
            write_json(history_json(found, row, changes))
        return
    from monitor.cli.render.history import history_table  # rich is of no use to --json

    console().print(history_table(found, history.title, history.rows, damaged=history.damaged))


def diff(
    context: typer.Context,
    trial_id: TrialId,
    a: Annotated[str | None, typer.Argument(help="A snapshot, or a day; else the one before B.", metavar="[A")] = None,
    b: Annotated[str | None, typer.Argument(help="A later one; else the latest.", metavar="[B]]")] = None,
    as_json: JsonOption = False,
) -> None:
    """Compare two snapshots of a trial field by field, with a word diff in long text.

    [dim]$[/dim] monitor diff NCT02116634
    [dim]$[/dim] monitor diff NCT02116634 1 4
    [dim]$[/dim] monitor diff NCT02116634 2016-06-30
    """
    wanted = [which_typed(each) for each in (a, b)]
    from monitor.clock import utc_now
    from monitor.views.trials import comparison_of, refuse_to_come  # SQLAlchemy is not needed to show --help

    for each in wanted:
        refuse_to_come(each, now=utc_now())
    settings: Settings = context.obj
    with settings.open() as program:
        registry, found = program.identify(trial_id)
        compared = comparison_of(found, *wanted, registry=registry, store=program.store, complain=complain)
    if as_json:
        write_json(comparison_json(compared))
        return
    from monitor.cli.render.diff import DiffPage  # rich is of no use to --json

    before, after = compared.before, compared.after
    title = compared.record.brief_title
    console().print(DiffPage(found, title, before=before, after=after, changes=compared.changes))
