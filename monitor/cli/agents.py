"""`monitor mcp`: tools for agents, over standard input and output."""

import os
import signal
import sys
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.session import Settings, complain
from monitor.config.loading import SHOWN_BY_AGENTS
from monitor.errors import ConfigurationInvalid
from monitor.mcp import NEEDED
from monitor.model.access import Permission, permissions_up_to

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.app import App


def mcp(
    context: typer.Context,
    scope: Annotated[
        Permission,
        typer.Option(
            help="What it may do: read; subscribe, too; operate, which is everything.",
            metavar="read|subscribe|operate",
        ),
    ] = Permission.READ,
) -> None:
    """Give an agent tools (Model Context Protocol) to ask about trials and changes, over standard input and output.

    The agent's program starts this command; nobody types it. It has the rights of this machine's user, as far as
    --scope lets it; where the variable MONITOR_TOKEN holds a token, it may do what that allows instead. `monitor serve`
    offers the same over HTTP.

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
        token = os.environ.get(SHOWN_BY_AGENTS)
        allowed = partial(permissions_up_to, scope) if token is None else _allowed_by(token, program)
        # What reads standard input waits for it, whatever Python's own handler of Ctrl-C says.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        if sys.stdin.isatty():
            complain(
                "an agent's program starts this, and speaks to it here: --help shows how to add it; Ctrl-C ends it"
            )
        serve(program, allowed, clock=utc_now)


def _allowed_by(text: str, program: "App") -> "Callable[[], frozenset[Permission]]":
    """What a token allows, each time; nothing once it is revoked. ConfigurationInvalid for what is no token."""
    from monitor.access import tokens  # SQLAlchemy and argon2 are not needed to show --help
    from monitor.access.context import AccessContext
    from monitor.clock import utc_now

    access = AccessContext(program.store, program.vault)

    def allowed() -> frozenset[Permission]:
        token = tokens.of_text(text, access, network="this machine", now=utc_now())
        return token.allows if token else frozenset()

    if not allowed():
        raise ConfigurationInvalid(f"{SHOWN_BY_AGENTS} holds no token that is good: `monitor token add NAME` makes one")
    return allowed
