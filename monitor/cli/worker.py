"""`monitor worker`: one of any number of processes that share the work."""

import os
import sys
from typing import Annotated

import typer

from monitor.cli.session import Settings
from monitor.errors import ConfigurationInvalid
from monitor.streams import write_in_utf8

NOT_ON_SQLITE = (
    "workers need PostgreSQL, as SQLite lets one process write at a time: `monitor serve` does all the work there, and "
    "`monitor move --to postgresql+psycopg://…` takes everything to PostgreSQL"
)


def worker(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Log JSON lines, on a terminal too.")] = False,
) -> None:
    """Check registries and send what is owed, as one of any number of processes on PostgreSQL, until SIGTERM.

    SIGHUP rereads the configuration. Logs go to standard error.

    [dim]$[/dim] monitor worker
    [dim]$[/dim] monitor worker --json
    """
    settings: Settings = context.obj
    if settings.config().store.url.startswith("sqlite"):
        raise ConfigurationInvalid(NOT_ON_SQLITE)
    from monitor.app import open_app
    from monitor.clock import utc_now
    from monitor.service.logs import make_log
    from monitor.storage import jobs_schema

    for_programs = as_json or not sys.stderr.isatty()
    if for_programs:
        write_in_utf8(sys.stderr)
    log = make_log(sys.stderr, as_json=for_programs, clock=utc_now)
    with open_app(settings.config()) as program:
        jobs_schema.bring_up(program.store)
        from monitor.worker.working import work  # Procrastinate, which is installed if that was possible

        if not work(program, reread=settings.config, clock=utc_now, log=log):
            # Python would wait for the threads that hang.
            sys.stderr.flush()
            os._exit(0)
