"""A process that runs `monitor …` and dies by SIGKILL at one step.

A step is a statement about to be sent to the database or just executed, a transaction about to be committed or just
committed, an answer that has just come from the registry, and a delivery that its receiver has just taken. With step 0
it lives, and writes how many steps there were to standard error.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from tempfile import TemporaryFile
from threading import Lock
from typing import Any

import css_inline  # noqa: F401 - what the program imports late is imported before the first fork
import jinja2  # noqa: F401
from sqlalchemy import event
from sqlalchemy.dialects import postgresql  # noqa: F401
from sqlalchemy.engine import Engine

import monitor.cli.render.check
import monitor.config
import monitor.posting  # noqa: F401
from monitor.__main__ import main
from monitor.channels.email import EmailChannel
from monitor.channels.webhook import WebhookChannel
from monitor.http import PoliteSession


class Steps:
    """Counts, and dies when the count is reached."""

    def __init__(self, last: int) -> None:
        self.count = 0
        self.last = last
        self._lock = Lock()

    def __call__(self, *_: Any, **__: Any) -> None:
        with self._lock:
            self.count += 1
            if self.count == self.last:
                os.kill(os.getpid(), signal.SIGKILL)


def followed_by(steps: Steps, call: Callable[..., Any]) -> Callable[..., Any]:
    def call_and_step(*arguments: Any, **options: Any) -> Any:
        answer = call(*arguments, **options)
        steps()
        return answer

    return call_and_step


def run(step: int, arguments: list[str]) -> None:
    """Be `monitor` with these arguments, and die at that step."""
    steps = Steps(step)
    for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
        event.listen(Engine, name, steps)
    for kind, name in ((PoliteSession, "get"), (WebhookChannel, "send"), (EmailChannel, "send")):
        setattr(kind, name, followed_by(steps, getattr(kind, name)))
    sys.argv = ["monitor", *arguments]
    try:
        main()
    finally:
        sys.stderr.write(f"steps: {steps.count}\n")


def forked(order: dict[str, Any]) -> dict[str, Any]:
    """Run in a process of its own, which has everything imported already: that is most of what a start costs."""
    with TemporaryFile() as out, TemporaryFile() as err:
        pid = os.fork()
        if pid == 0:
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            os.environ.update(order["environ"])
            signal.alarm(60)
            code = 0
            try:
                run(order["step"], order["arguments"])
            except SystemExit as left:
                code = left.code if isinstance(left.code, int) else 1
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        returncode = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        out.seek(0)
        err.seek(0)
        return {"returncode": returncode, "stdout": out.read().decode(), "stderr": err.read().decode()}


if __name__ == "__main__":
    for line in sys.stdin:
        sys.stdout.write(json.dumps(forked(json.loads(line))) + "\n")
        sys.stdout.flush()
