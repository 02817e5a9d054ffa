"""`monitor sandbox`, `demo` and `migrate`."""

from typing import Annotated

import typer

from monitor.cli.session import Settings, console

DEFAULT_PORT = 8780


def sandbox(
    port: Annotated[int, typer.Option(help="Where to listen, on 127.0.0.1.", min=0, max=65535)] = DEFAULT_PORT,
    trials: Annotated[int, typer.Option(help="How many synthetic trials beside NCT02116634.", min=0)] = 100,
) -> None:
    """Run a local ClinicalTrials.gov to try things against.

    Its page has buttons that publish a change, remove or merge a trial, refresh the data, and misbehave.

    [dim]$[/dim] monitor sandbox --trials 1000
    [dim]$[/dim] export MONITOR_REGISTRIES__CLINICALTRIALS_GOV__BASE_URL=http://127.0.0.1:8780/api/v2
    [dim]$[/dim] monitor check NCT02116634
    """
    from monitor.sandbox import Sandbox, run  # the server is of no use to the other commands

    out = console(stderr=True)

    def tell(running: Sandbox) -> None:
        base_url = running.base_url
        out.print(
            f"A local ClinicalTrials.gov with {trials + 1:,} trials. Control page: [bold]{running.page_url}[/bold]"
        )
        out.print("Use it in another terminal with:")
        out.print(f"  export MONITOR_REGISTRIES__CLINICALTRIALS_GOV__BASE_URL={base_url}", soft_wrap=True)
        out.print("  export MONITOR_REGISTRIES__CLINICALTRIALS_GOV__REQUESTS_PER_SECOND=1000", soft_wrap=True)
        out.print("[dim]Ctrl-C ends it.[/dim]")

    run(port=port, trials=trials, on_ready=tell)


def demo() -> None:
    """Find and explain a real change, offline, in a few seconds.

    [dim]$[/dim] monitor demo
    """
    from monitor.cli.demo import show  # the sandbox is not needed to show --help

    show(console())


def migrate(context: typer.Context) -> None:
    """Bring the database to this version's schema. Every command does so on first use.

    [dim]$[/dim] monitor migrate
    """
    settings: Settings = context.obj
    with settings.open() as program:
        console().print(f"{program.store.place.name} has the schema of this version.")
