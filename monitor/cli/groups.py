"""`monitor watch group` and `monitor watch ungroup`: which watches subscriptions are about together."""

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.session import Settings, console, write_json
from monitor.text import counted, natural_list
from monitor.views.json.watches import group_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.storage.watches import Watch

Name = Annotated[str, typer.Argument(help="What the group is called.", metavar="GROUP")]


def group(
    context: typer.Context,
    name: Name,
    which: Annotated[
        list[str] | None,
        typer.Argument(help="Watches to put into it, by their numbers or names.", metavar="[WATCH…]"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> None:
    """Put watches into a group, which begins with the first one; without any, list those that are in it.

    `monitor subscribe … --group` is about all trials of all watches of a group, whichever they are at the moment: what
    is in two of them is told once, and what moves from one to the other did not leave.

    [dim]$[/dim] monitor watch group "oncology competitors" 3 "Alzahra Hospital"
    [dim]$[/dim] monitor watch group "oncology competitors"
    """
    from monitor.clock import utc_now
    from monitor.watching import grouping  # SQLAlchemy is not needed to show --help
    from monitor.watching.watches import check_name

    check_name(name, "group")
    settings: Settings = context.obj
    with settings.open() as program:
        program.apply_configured_watches()
        if which:
            grouping.put(name, which, store=program.store, now=utc_now())
        held = grouping.members(name, program.store)
    if as_json:
        write_json(group_json(name, held))
        return
    console().print(_holds(name, held), markup=False)


def ungroup(
    context: typer.Context,
    name: Name,
    which: Annotated[
        list[str], typer.Argument(help="Watches to take out of it, by their numbers or names.", metavar="WATCH…")
    ],
) -> None:
    """Take watches out of a group; they go on. It ends with the last one, unless somebody is subscribed to it.

    [dim]$[/dim] monitor watch ungroup "oncology competitors" 3
    """
    from monitor.watching import grouping  # SQLAlchemy is not needed to show --help

    settings: Settings = context.obj
    with settings.open() as program:
        taken = grouping.take_out(name, which, store=program.store)
    console().print(f"{_named(taken)} {'is' if len(taken) == 1 else 'are'} no longer in group “{name}”.", markup=False)


def _holds(name: str, held: "Sequence[Watch]") -> str:
    if not held:
        return f"Group “{name}” holds no watch."
    return f"Group “{name}” holds {counted(len(held), 'watch', 'watches')}: {_named(held)}."


def _named(watches: "Sequence[Watch]") -> str:
    """The watches by their numbers, with the names of those that have one."""
    called = [f"{watch.id} (“{watch.name}”)" if watch.name else str(watch.id) for watch in watches]
    return natural_list([f"watch {each}" for each in called], len(called))
