"""`monitor serve`: the service."""

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.session import Settings
from monitor.streams import write_in_utf8

if TYPE_CHECKING:
    from monitor.app import App
    from monitor.service.work import MakeWork


def serve(
    context: typer.Context,
    bind: Annotated[
        str | None, typer.Option(help="Where to answer /healthz and the rest; else [web] bind.", metavar="ADDRESS:PORT")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Log JSON lines, on a terminal too.")] = False,
) -> None:
    """Watch on schedule and send what is owed, until SIGTERM; SIGHUP rereads the configuration.

    Of several at one SQLite database one is active, and the next takes over within a minute when it ends. On PostgreSQL
    all of them share the work, with those that run `monitor worker`. Logs go to standard error.

    [dim]$[/dim] monitor serve
    [dim]$[/dim] monitor serve --bind 127.0.0.1:9000 --json
    [dim]$[/dim] curl http://127.0.0.1:8080/healthz
    """
    from monitor.app import open_app
    from monitor.clock import utc_now
    from monitor.service import serve as run
    from monitor.service.logs import make_log

    settings: Settings = context.obj
    overrides = {"MONITOR_WEB__BIND": bind} if bind else {}
    for_programs = as_json or not sys.stderr.isatty()
    if for_programs:
        write_in_utf8(sys.stderr)
    log = make_log(sys.stderr, as_json=for_programs, clock=utc_now)
    with open_app(settings.config(**overrides)) as program:
        work = _work(program)
        finished = run(program, reread=lambda: settings.config(**overrides), clock=utc_now, log=log, work=work)
        if not finished:
            # Python would wait for the threads that hang.
            sys.stderr.flush()
            os._exit(0)


def _work(program: "App") -> "MakeWork":
    """How its work is shared: see [worker] in_serve. Without Procrastinate one process does it."""
    from monitor.service.alone import Alone
    from monitor.storage import jobs_schema

    if program.config.store.url.startswith("sqlite") or not jobs_schema.is_installed():
        return Alone
    jobs_schema.bring_up(program.store)
    from monitor.worker.sharing import sharing  # loads Procrastinate, which takes time

    return sharing(program.config.worker)
