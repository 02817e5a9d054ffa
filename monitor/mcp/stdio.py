"""Serves the one agent that started this process, over standard input and output."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from threading import Event, Thread

import anyio
from mcp.server.stdio import stdio_server

from monitor.errors import MonitorError
from monitor.mcp.asking import Asking, Program
from monitor.mcp.pace import Pace
from monitor.mcp.server import make_server
from monitor.model.access import Permission


def serve(program: Program, allowed: Callable[[], frozenset[Permission]], *, clock: Callable[[], datetime]) -> None:
    """Answer until standard input ends; *allowed* says at each request what the agent may do."""
    pace = Pace()

    def ask(_context: object) -> Asking:
        return Asking(program=program, permissions=allowed(), now=clock(), who="", pace=pace)

    with _indexing(program):
        anyio.run(_serve, ask)


@contextmanager
def _indexing(program: Program) -> Iterator[None]:
    """Make meanwhile what of the index is missing, as after an upgrade: without it, nothing is found."""
    ending = Event()
    thread = Thread(target=_index, args=(program, ending), name="index", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join()


def _index(program: Program, ending: Event) -> None:
    with suppress(MonitorError):  # each tool says for itself what is wrong with the database
        program.index(stopping=ending.is_set)


async def _serve(ask: Callable[[object], Asking]) -> None:
    server = make_server(ask)
    async with stdio_server() as (received, sent):
        await server.run(received, sent, server.create_initialization_options())
