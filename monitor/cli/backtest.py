"""`monitor subscriptions backtest` and `subscribe --dry-run`: what a rule would have sent. No registry is asked."""

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.session import Settings, console, write_json
from monitor.views.json.backtest import backtest_json

if TYPE_CHECKING:
    from monitor.app import App
    from monitor.views.backtest import Backtest
    from monitor.views.rules import Rule
    from monitor.watching.subscribing import SubscribeRequest

USUAL = "24m"
SHOWN = 40

SinceOption = Annotated[
    str, typer.Option(help="From when on: 24m, 52w, 90d, 2026-01-01.", metavar="WHEN", show_default=USUAL)
]


def backtest(
    context: typer.Context,
    which: Annotated[str, typer.Argument(help="Its id, the beginning of that, or its name.", metavar="SUBSCRIPTION")],
    since: SinceOption = USUAL,
    limit: Annotated[
        int, typer.Option(help="Rows of the table at most, the newest first.", min=1, metavar="N")
    ] = SHOWN,
    as_json: Annotated[bool, typer.Option("--json", help="All of it as one JSON object.")] = False,
) -> None:
    """Show what a subscription would have sent by now, had it stood as it does all the time, and what it leaves out.

    Its filters are tried on all that was ever seen of the trials that it is about now: changes that were stored, told
    or not, imported snapshots, and saved pages. Below the table stand how many messages that is a month, what would
    not have been told and why, and what one step in --min-significance more or less would make of it. Nothing is
    sent, and no registry is asked.

    [dim]$[/dim] monitor subscriptions backtest 3f2a
    [dim]$[/dim] monitor subscriptions backtest ops --since 12m --json
    """
    from monitor.views.rules import rule_of  # SQLAlchemy is not needed to show --help

    settings: Settings = context.obj
    with settings.open() as program:
        _show(program, rule_of(which, program.store), since, limit=limit, as_json=as_json)


def dry_run(settings: Settings, request: "SubscribeRequest", since: str | None, *, as_json: bool) -> None:
    """Show what a subscription that is asked for would have sent by now; make nothing."""
    from monitor.clock import utc_now
    from monitor.views.rules import rule_of_request  # nor is this
    from monitor.watching.subscribing import KnownRegistries

    with settings.open() as program:
        known = KnownRegistries(program.identify, program.registry, program.to_search)
        rule = rule_of_request(request, store=program.store, config=program.config, known=known, now=utc_now())
        _show(program, rule, since or USUAL, limit=SHOWN, as_json=as_json)


def _show(program: "App", rule: "Rule", since: str, *, limit: int, as_json: bool) -> None:
    from monitor.clock import utc_now
    from monitor.views.backtest import backtest as tried
    from monitor.views.spans import span_of

    now = utc_now()
    begins = span_of(since, None, now=now).since
    found = tried(rule, since=begins, now=now, store=program.store, registries=program.registries)
    if as_json:
        write_json(backtest_json(found))
    else:
        _print(found, program, limit)


def _print(found: "Backtest", program: "App", limit: int) -> None:
    from monitor.cli.render.backtest import backtest_lines, sent_tables  # rich is of no use to --json

    out = console()
    for table in sent_tables(found, limit=limit, width=out.width, names=program.names()):
        out.print(table)
    for line in backtest_lines(found, limit=limit, width=out.width, encoding=out.encoding):
        out.print(line, soft_wrap=False)
