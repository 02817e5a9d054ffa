"""`monitor mcp`: tools for agents, over standard input and output."""

from typing import Annotated

import typer

from monitor.cli.session import Settings
from monitor.errors import ConfigurationInvalid
from monitor.mcp import NEEDED
from monitor.model.access import Permission, permissions_up_to


def mcp(
    context: typer.Context,
    scope: Annotated[
        Permission,
        typer.Option(
            help="What it may do: read, subscribe or operate; each also what stands before it.", metavar="SCOPE"
        ),
    ] = Permission.READ,
) -> None:
    """Give an agent tools (Model Context Protocol) to ask about trials and changes, over standard input and output.

    The agent's program starts this command; nobody types it. `monitor serve` offers the same over HTTP.

    [dim]$[/dim] claude mcp add trials -- monitor mcp
    [dim]$[/dim] claude mcp add trials -- monitor mcp --scope subscribe
    """
    try:
        from monitor.mcp.stdio import serve  # the SDK takes a second to load, and is not everywhere
    except ModuleNotFoundError as error:
        raise ConfigurationInvalid(NEEDED) from error
    from monitor.clock import utc_now

    settings: Settings = context.obj
    with settings.open() as program:
        serve(program, permissions_up_to(scope), clock=utc_now)
