"""`monitor subscriptions`: see and change who is told."""

from typing import Annotated

import typer

from monitor.channels.declared import CHANNELS
from monitor.cli.backtest import backtest
from monitor.cli.commands import Commands
from monitor.cli.editing import edit
from monitor.cli.render.subscribed import about
from monitor.cli.session import Settings, console, write_json
from monitor.model import SubscriptionState
from monitor.text import counted
from monitor.views.json.alerts import listed_subscription_json, sample_json, subscription_json

manage = Commands(help="See and change who is told.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Which = Annotated[str, typer.Argument(help="The id of a subscription, or its beginning.", metavar="SUBSCRIPTION")]


@manage.command(name="list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """List the subscriptions, and say which cannot hear of what they are about.

    [dim]$[/dim] monitor subscriptions list
    """
    from monitor.views.subscriptions import subscriptions  # SQLAlchemy is not needed to show --help

    settings: Settings = context.obj
    with settings.open() as program:
        listed, silent = subscriptions(program.store)
    if as_json:
        for subscription in listed:
            write_json(listed_subscription_json(subscription, silent.get(subscription.id)))
        return
    from monitor.cli.render.subscriptions import subscription_table  # rich is of no use to --json

    console().print(subscription_table([(subscription, about(subscription)) for subscription in listed], silent))


@manage.command()
def show(context: typer.Context, which: Which) -> None:
    """Show one subscription as JSON.

    [dim]$[/dim] monitor subscriptions show 3f2a
    """
    from monitor.storage import subscriptions  # SQLAlchemy is not needed to show --help

    settings: Settings = context.obj
    with settings.open() as program, program.store.read() as tx:
        write_json(subscription_json(subscriptions.get(tx, which)))


@manage.command(name="test")
def send_a_sample(context: typer.Context, which: Which, as_json: AsJson = False) -> None:
    """Send a sample now, beside the outbox, and say what the receiver answered and where to look for it.

    [dim]$[/dim] monitor subscriptions test 3f2a
    """
    from monitor.alerts.deliver import send_sample  # nor is this

    settings: Settings = context.obj
    with settings.open() as program:
        message, accepted = send_sample(which, program.outbox())
    channel = CHANNELS[message.endpoint.channel]
    if as_json:
        write_json(sample_json(message, accepted, begins_with=channel.recognised_by(message.body)))
        return
    console().print(f"Taken: {accepted.outcome}", markup=False)
    console().print(channel.where_to_look(message), markup=False, soft_wrap=True)


manage.command()(backtest)
manage.command()(edit)


@manage.command()
def pause(context: typer.Context, which: Which) -> None:
    """Keep what is owed until it is resumed.

    [dim]$[/dim] monitor subscriptions pause 3f2a
    """
    _set_state(context, which, SubscriptionState.PAUSED)


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
        result = resumed(which, program.subscribe_context(), catch_up=catch_up)
    subscription = result.subscription
    console().print(f"Subscription {subscription.called} to {subscription.endpoint.shown} is active.", markup=False)
    if result.missed:
        what = counted(result.missed, "event")
        fate = "is told with the next delivery run, as one message" if catch_up else "stays untold"
        console().print(f"What it missed while it was paused, {what}, {fate}.", markup=False)


@manage.command()
def remove(context: typer.Context, which: Which) -> None:
    """End a subscription; what was delivered stays on record.

    [dim]$[/dim] monitor subscriptions remove 3f2a
    """
    _set_state(context, which, SubscriptionState.ENDED)


@manage.command()
def rotate(context: typer.Context, which: Which) -> None:
    """Give a webhook a new signing secret; the former one signs beside it for a day.

    [dim]$[/dim] monitor subscriptions rotate 3f2a
    """
    from monitor.alerts.subscribe import rotate_secret  # the program is not needed to show --help

    settings: Settings = context.obj
    with settings.open() as program:
        secret = rotate_secret(which, program.subscribe_context())
    console().print("The new signing secret, shown this once:")
    console().print(secret, soft_wrap=True)


def _set_state(context: typer.Context, which: str, state: SubscriptionState) -> None:
    from monitor.alerts.subscribe import set_state  # the program is not needed to show --help

    settings: Settings = context.obj
    with settings.open() as program:
        subscription = set_state(which, state, program.subscribe_context())
        stays = state == SubscriptionState.ENDED and subscription.watch_id is not None
    console().print(f"Subscription {subscription.called} to {subscription.endpoint.shown} is {state}.", markup=False)
    if stays:
        watch = subscription.watch or subscription.watch_id
        console().print(f"Its watch stays: monitor watch remove {watch} ends it, too.", style="dim", markup=False)
