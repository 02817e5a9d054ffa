"""Serves one agent over standard input and output, which started this process and has the rights of its user."""

from collections.abc import Callable
from datetime import datetime

import anyio
from mcp.server.stdio import stdio_server

from monitor.mcp.asking import Asking, Program
from monitor.mcp.pace import Pace
from monitor.mcp.server import make_server
from monitor.model.access import Permission


def serve(program: Program, permissions: frozenset[Permission], *, clock: Callable[[], datetime]) -> None:
    """Answer until standard input ends."""
    pace = Pace()

    def ask(_context: object) -> Asking:
        return Asking(program=program, permissions=permissions, now=clock(), who="", pace=pace)

    anyio.run(_serve, ask)


async def _serve(ask: Callable[[object], Asking]) -> None:
    server = make_server(ask)
    async with stdio_server() as (received, sent):
        await server.run(received, sent, server.create_initialization_options())
