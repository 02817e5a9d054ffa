"""Processes that die or run out of room at a moment of the test's choosing, made in milliseconds.

A step is a statement about to be sent to the database or just executed, a transaction about to be committed or just
committed, an answer that has just come from the registry, and a delivery that its receiver has just taken. What begins
a transaction on SQLite is none: it leaves nothing to the file, and the statement after it is a step.

They are forked from a server that has everything loaded: a test can afford hundreds of them, each with a real SIGKILL.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from threading import Lock
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from monitor.channels.email.transport import EmailTransport
from monitor.channels.webhook.transport import WebhookTransport
from monitor.http.polite import PoliteSession

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(
    [
        "alembic.command",
        "css_inline",
        "jinja2",
        "monitor.__main__",
        "psycopg",
        "pytest",
        "sqlalchemy.dialects.postgresql",
        "tests.storage.documents",
        "tests.faults",
        "tests.loaded",
    ]
)


def run(work: Callable[..., Any], *arguments: Any, dies_at: int = 0) -> tuple[int | None, Any]:
    """Call *work*, a function of a module, in a process of its own that dies at a step of its talk to others.

    Give its exit status, and what it answered and how many steps there were; None where it died.
    """
    here, there = _FORKS.Pipe()
    process = _FORKS.Process(target=_work, args=(there, dies_at, work, arguments))
    process.start()
    there.close()
    try:
        answer = here.recv()
    except EOFError:
        answer = None
    process.join(60)
    assert process.exitcode is not None
    return process.exitcode, answer


def _work(there: Connection, dies_at: int, work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    steps = 0
    lock = Lock()

    def step(*_: Any) -> None:
        nonlocal steps
        with lock:
            steps += 1
            if steps == dies_at:
                os.kill(os.getpid(), signal.SIGKILL)

    def statement_step(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("PRAGMA query_only", "BEGIN")):
            step()

    for name in ("before_cursor_execute", "after_cursor_execute"):
        event.listen(Engine, name, statement_step)
    event.listen(Engine, "commit", step)
    for kind, name in ((PoliteSession, "get"), (WebhookTransport, "send"), (EmailTransport, "send")):
        setattr(kind, name, _followed_by(step, getattr(kind, name)))
    answer = work(*arguments)
    there.send((answer, steps))


def _followed_by(step: Callable[[], None], call: Callable[..., Any]) -> Callable[..., Any]:
    def call_and_step(*arguments: Any, **options: Any) -> Any:
        answer = call(*arguments, **options)
        step()
        return answer

    return call_and_step
