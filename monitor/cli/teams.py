"""`monitor subscriptions join` and `monitor subscriptions leave`: who is in a team."""

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.session import Settings, console
from monitor.cli.subscribe import ChannelName, say_if_same, show_secret
from monitor.cli.typing_in import address_of
from monitor.text import counted

if TYPE_CHECKING:
    from monitor.alerts.ending import Ended
    from monitor.app import App
    from monitor.model import Subscription

Team = Annotated[str, typer.Argument(help="What the team is called.", metavar="TEAM")]


def members(program: "App", which: str) -> "list[Subscription]":
    """The subscriptions that a text means: all of a team of that name, or the one of that name or id."""
    from monitor.alerts.teams import meant  # the program is not needed to show --help

    return meant(which, program.store)


def join(
    context: typer.Context,
    team: Team,
    channel: Annotated[ChannelName, typer.Argument(help="How to tell them.", metavar="CHANNEL")],
    address: Annotated[str, typer.Argument(help="As for `monitor subscribe`.", metavar="ADDRESS")],
    as_webhook: Annotated[
        bool, typer.Option("--as-webhook", help="The URL is a chat service's, and is to get our JSON all the same.")
    ] = False,
) -> None:
    """Have one more person, webhook or chat room hear of what a team hears of, from now on.

    A subscription that has a name becomes a team of that name. A team of config.toml is changed there.

    [dim]$[/dim] monitor subscriptions join oncology email chidi@example.org
    """
    from monitor.alerts import teams  # the program is not needed to show --help

    settings: Settings = context.obj
    with settings.open() as program:
        made = teams.join(team, str(channel), address_of(address), program.subscribe_context(), as_webhook=as_webhook)
    if made.taken_for:
        console().print(f"This {made.taken_for}.", markup=False)
    console().print(
        f"{made.subscription.endpoint.shown} hears of what team “{team}” hears of, from now on.", markup=False
    )
    say_if_same(made)
    show_secret(made)


def leave(
    context: typer.Context,
    team: Team,
    address: Annotated[str, typer.Argument(help="Of who is to hear no more.", metavar="ADDRESS")],
) -> None:
    """Take one person out of a team; the others go on. What was delivered stays on record.

    [dim]$[/dim] monitor subscriptions leave oncology chidi@example.org
    """
    from monitor.alerts import teams  # the program is not needed to show --help

    settings: Settings = context.obj
    with settings.open() as program:
        left = teams.leave(team, address_of(address), program.subscribe_context())
    console().print(f"{left.subscription.endpoint.shown} is no longer in team “{team}”.", markup=False)
    say_what_is_dropped(left)


def say_what_is_dropped(ended: "Ended") -> None:
    """Say how much was owed to what has ended, or waited for its next digest, if anything did."""
    if ended.unsent:
        console().print(f"What was not sent yet, {counted(ended.unsent, 'message')}, is dropped.", markup=False)
    if ended.dropped:
        what = counted(ended.dropped, "event")
        console().print(f"What waited for its next digest, {what}, is dropped.", markup=False)
