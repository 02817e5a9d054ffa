"""`monitor deliver`, `deliveries` and `why`: what is sent, what was, and why or why not."""

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.commands import Commands
from monitor.cli.formats import JsonOption
from monitor.cli.session import Settings, complain, console, write_json
from monitor.cli.typing_in import address_of
from monitor.errors import ConfigurationInvalid
from monitor.model import DeliveryState
from monitor.streams import WRONG_USAGE
from monitor.views.json.alerts import delivery_details_json, delivery_result_json, listed_delivery_json

if TYPE_CHECKING:
    from monitor.alerts.outbox import DeliveryResult
    from monitor.model import Subscription

SOME_FAILED = 3

app = Commands(help="See what was sent, and send it again.", no_args_is_help=True)

Which = Annotated[str | None, typer.Argument(help="The id of a delivery, or its beginning.", metavar="DELIVERY")]


def deliver(context: typer.Context, as_json: JsonOption = False) -> None:
    """Send what is due, once.

    [dim]$[/dim] monitor deliver
    """
    settings: Settings = context.obj
    with settings.open() as program:
        failed = send(program.deliver(), as_json=as_json)
        complaints = program.complaints
    for message in complaints:
        complain(message)
    if complaints:
        raise typer.Exit(WRONG_USAGE)
    if failed:
        raise typer.Exit(SOME_FAILED)


def send(results: Iterable["DeliveryResult"], *, as_json: bool) -> int:
    """Send what is owed, say so, and count what was not taken."""
    sent = failed = 0
    for each in results:
        taken = each.standing is DeliveryState.DELIVERED
        sent, failed = sent + taken, failed + (not taken)
        if as_json:
            write_json(delivery_result_json(each))
        elif not taken:
            at = each.next_attempt_at
            again = f"next attempt {at:%Y-%m-%d %H:%M} UTC" if at else "given up"
            complain(f"{each.shown}, {each.delivery.about}: {each.outcome}; {again}")
    if not as_json:
        console().print(f"{sent:,} delivered" + (f", {failed:,} not taken" if failed else ""))
    return failed


@app.command(name="list")
def list_(
    context: typer.Context,
    failed: Annotated[bool, typer.Option("--failed", help="Only those that were not taken.")] = False,
    state: Annotated[
        DeliveryState | None,
        typer.Option(help="Only those that stand so: owed, delivered or rejected.", metavar="STATE"),
    ] = None,
    trial: Annotated[str | None, typer.Option(help="Only those about this trial.", metavar="TRIAL_ID")] = None,
    to: Annotated[
        str | None,
        typer.Option(help="Only those to this subscription, team or address.", metavar="SUBSCRIPTION|ADDRESS"),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(help="Only those owed since: today, monday, 12h, 7d, 2026-11-20.", metavar="TIME"),
    ] = None,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1, metavar="N")] = 100,
    as_json: JsonOption = False,
) -> None:
    """List deliveries, the newest first.

    [dim]$[/dim] monitor deliveries list --failed
    [dim]$[/dim] monitor deliveries list --trial NCT02116634 --to ops@example.org --since monday
    """
    from monitor.clock import utc_now
    from monitor.views.deliveries import DeliveriesQuery, deliveries
    from monitor.views.spans import span_of

    if failed and state is DeliveryState.DELIVERED:
        raise ConfigurationInvalid("--failed is what was not taken: leave out --failed, or --state delivered")
    settings: Settings = context.obj
    with settings.open() as program:
        about = program.identify(trial) if trial else None
        query = DeliveriesQuery(
            failed=failed,
            standing=state,
            trial=(about[0].key, about[1]) if about else None,
            to=to,
            since=span_of(since, None, now=utc_now()).since if since else None,
            limit=limit,
        )
        rows = deliveries(query, program.store)
    if as_json:
        for delivery, subscription in rows:
            write_json(listed_delivery_json(delivery, subscription))
        return
    from monitor.cli.render.deliveries import delivery_table  # rich is of no use to --json

    console().print(delivery_table([(delivery, _named(subscription)) for delivery, subscription in rows]))


def _named(subscription: "Subscription") -> str:
    """Where it goes, and its name where it has one."""
    shown = subscription.endpoint.shown
    name = subscription.team or subscription.name
    return f"{name} ({shown})" if name else shown


@app.command()
def show(context: typer.Context, which: Annotated[str, typer.Argument(metavar="DELIVERY")]) -> None:
    """Show a delivery as JSON, with every attempt, what the receiver answered, and what came back.

    [dim]$[/dim] monitor deliveries show 7c1e
    """
    from monitor.views.deliveries import delivery_details  # SQLAlchemy is not needed to show --help

    settings: Settings = context.obj
    with settings.open() as program:
        write_json(delivery_details_json(delivery_details(which, program.store)))


@app.command()
def replay(
    context: typer.Context,
    which: Which = None,
    failed_since: Annotated[
        str | None, typer.Option(help="All that failed in this span, such as 2d or 12h.", metavar="SPAN")
    ] = None,
) -> None:
    """Owe deliveries again; the same id and the same bytes go out with the next `monitor deliver`.

    [dim]$[/dim] monitor deliveries replay 7c1e
    [dim]$[/dim] monitor deliveries replay --failed-since 2d
    """
    from monitor.alerts.sending_again import send_again, send_failed_again
    from monitor.clock import utc_now

    if (which is None) == (failed_since is None):
        raise ConfigurationInvalid("name one delivery, or a span with --failed-since 2d")
    span = _span(failed_since) if failed_since else timedelta(0)
    now = utc_now()
    settings: Settings = context.obj
    with settings.open() as program:
        count = 1
        if which:
            send_again(which, program.store, now=now)
        else:
            count = send_failed_again(program.store, since=now - span, now=now)
    console().print(f"{count:,} owed again; monitor deliver sends them.")


def why(
    context: typer.Context,
    trial_id: Annotated[str, typer.Argument(metavar="TRIAL_ID")],
    address: Annotated[
        str, typer.Argument(help="Who was or was not told; - reads it from standard input.", metavar="ADDRESS_OR_URL")
    ],
) -> None:
    """Explain, change by change, why somebody was or was not told.

    [dim]$[/dim] monitor why NCT02116634 ops@example.org
    """
    from monitor.alerts.why import explained  # SQLAlchemy is not needed to show --help

    settings: Settings = context.obj
    address = address_of(address)
    with settings.open() as program:
        registry, found = program.identify(trial_id)
        for line in explained(registry.key, found, address, program.subscribe_context()):
            console().print(line, markup=False)


def _span(text: str) -> timedelta:
    found = re.fullmatch(r"([0-9]{1,4})([mhd])", text)
    if not found:
        raise ConfigurationInvalid(f"“{text[:20]}” is not a length of time: write 90m, 12h or 2d")
    return timedelta(**{{"m": "minutes", "h": "hours", "d": "days"}[found[2]]: int(found[1])})
