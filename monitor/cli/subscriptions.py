"""`monitor subscriptions`: see and change who is told."""

from typing import Annotated

import typer

from monitor.channels.declared import CHANNELS
from monitor.cli.backtest import backtest
from monitor.cli.commands import Commands
from monitor.cli.editing import edit
from monitor.cli.formats import JsonOption
from monitor.cli.render.subscribed import about, named
from monitor.cli.session import Settings, console, write_json
from monitor.cli.teams import join, leave, members, say_what_is_dropped
from monitor.model import Message, SubscriptionState
from monitor.ports import Accepted
from monitor.text import counted, moment
from monitor.views.json.alerts import listed_subscription_json, sample_json, subscription_json

manage = Commands(help="See and change who is told.", no_args_is_help=True)

Which = Annotated[
    str,
    typer.Argument(
        help="The id of a subscription, its beginning, or its name; or a team, for all in it.", metavar="SUBSCRIPTION"
    ),
]


@manage.command(name="list")
def list_(context: typer.Context, as_json: JsonOption = False) -> None:
    """List the subscriptions, and say which cannot hear of what they are about.

    [dim]$[/dim] monitor subscriptions list
    """
    from monitor.views.subscriptions import subscriptions  # SQLAlchemy is not needed to show --help

    settings: Settings = context.obj
    with settings.open() as program:
        listed = subscriptions(program.store)
    if as_json:
        for each in listed.subscriptions:
            write_json(listed_subscription_json(each, listed.silent.get(each.id), listed.came_back.get(each.id)))
        return
    from monitor.cli.render.subscriptions import subscription_table  # rich is of no use to --json

    rows = [(each, about(each)) for each in listed.subscriptions]
    console().print(subscription_table(rows, listed.silent, listed.came_back))


@manage.command()
def show(context: typer.Context, which: Which) -> None:
    """Show a subscription as JSON, or those of a team, one a line.

    [dim]$[/dim] monitor subscriptions show 3f2a
    """
    from monitor.storage import subscriptions  # SQLAlchemy is not needed to show --help

    settings: Settings = context.obj
    with settings.open() as program:
        meant = members(program, which)
        with program.store.read() as tx:
            for each in meant:
                write_json(subscription_json(subscriptions.get(tx, each.id)))


@manage.command(name="test")
def send_a_sample(context: typer.Context, which: Which, as_json: JsonOption = False) -> None:
    """Send a sample now, beside the outbox, and say what the receiver answered and where to look for it.

    [dim]$[/dim] monitor subscriptions test 3f2a
    """
    from monitor.alerts.deliver import send_sample  # nor is this

    settings: Settings = context.obj
    with settings.open() as program:
        for each in members(program, which):
            _show_sample(*send_sample(each.id, program.outbox()), as_json=as_json)


def _show_sample(message: Message, accepted: Accepted, *, as_json: bool) -> None:
    channel = CHANNELS[message.endpoint.channel]
    if as_json:
        write_json(sample_json(message, accepted, begins_with=channel.recognised_by(message.body)))
        return
    console().print(f"Taken: {accepted.outcome}", markup=False)
    console().print(channel.where_to_look(message), markup=False, soft_wrap=True)


manage.command()(backtest)
manage.command()(edit)
manage.command()(join)
manage.command()(leave)


@manage.command()
def pause(
    context: typer.Context,
    which: Which,
    until: Annotated[
        str | None,
        typer.Option(help="Go on by itself then, and tell what was missed as one message.", metavar="WHEN"),
    ] = None,
) -> None:
    """Keep what is owed until it is resumed, or until a day.

    [dim]$[/dim] monitor subscriptions pause 3f2a
    [dim]$[/dim] monitor subscriptions pause 3f2a --until 30d
    [dim]$[/dim] monitor subscriptions pause 3f2a --until 2027-01-31
    """
    from monitor.alerts.rhythms import checked_end_of_pause  # the program is not needed to show --help
    from monitor.alerts.subscribe import set_state  # nor is this
    from monitor.clock import utc_now

    ends_at = checked_end_of_pause(until, now=utc_now()) if until is not None else None
    settings: Settings = context.obj
    with settings.open() as program:
        paused = [
            set_state(each.id, SubscriptionState.PAUSED, program.subscribe_context(), until=ends_at)
            for each in members(program, which)
        ]
    for subscription in paused:
        ends = f" until {moment(subscription.paused_until)}" if subscription.paused_until else ""
        console().print(f"Subscription {named(subscription)} is paused{ends}.", markup=False)


@manage.command()
def resume(
    context: typer.Context,
    which: Which,
    catch_up: Annotated[
        bool, typer.Option("--catch-up", help="Tell what it missed while it was paused, as one message.")
    ] = False,
) -> None:
    """Go on after a pause, try a disabled endpoint again, and say how much was missed.

    [dim]$[/dim] monitor subscriptions resume 3f2a --catch-up
    """
    from monitor.alerts.resuming import resume as resumed  # the program is not needed to show --help

    settings: Settings = context.obj
    with settings.open() as program:
        meant = members(program, which)
        results = [resumed(each.id, program.subscribe_context(), catch_up=catch_up) for each in meant]
    for result in results:
        subscription = result.subscription
        console().print(f"Subscription {named(subscription)} is active.", markup=False)
        if result.missed:
            what = counted(result.missed, "event")
            fate = "is told with the next delivery run, as one message" if catch_up else "stays untold"
            console().print(f"What it missed while it was paused, {what}, {fate}.", markup=False)


@manage.command()
def remove(context: typer.Context, which: Which) -> None:
    """End a subscription; what was delivered stays on record.

    [dim]$[/dim] monitor subscriptions remove 3f2a
    """
    from monitor.alerts.ending import end  # the program is not needed to show --help

    settings: Settings = context.obj
    with settings.open() as program:
        ended = [end(each.id, program.subscribe_context()) for each in members(program, which)]
    for each in ended:
        console().print(f"Subscription {named(each.subscription)} is ended.", markup=False)
        say_what_is_dropped(each)
    if (last := ended[-1].subscription).watch_id is not None:
        watch = last.watch or last.watch_id
        console().print(f"Its watch stays: monitor watch remove {watch} ends it, too.", style="dim", markup=False)


@manage.command()
def rotate(context: typer.Context, which: Which) -> None:
    """Give a webhook a new signing secret; the former one signs beside it for a day. Of a team, name the one it is.

    [dim]$[/dim] monitor subscriptions rotate 3f2a
    """
    from monitor.alerts.subscribe import rotate_secret  # the program is not needed to show --help

    settings: Settings = context.obj
    with settings.open() as program:
        secret = rotate_secret(which, program.subscribe_context())
    console().print("The new signing secret, shown this once:")
    console().print(secret, soft_wrap=True)
