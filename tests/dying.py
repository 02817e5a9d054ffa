"""A process that runs `monitor …` and dies by SIGKILL at one step: `python -m tests.dying STEP check --json`.

A step is a statement about to be sent to the database or just executed, a transaction about to be committed or just
committed, an answer that has just come from the registry, and a delivery that its receiver has just taken. With STEP 0
it lives, and writes how many steps there were to standard error.
"""

import os
import signal
import sys
from collections.abc import Callable
from threading import Lock
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

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


def main() -> None:
    steps = Steps(int(sys.argv.pop(1)))
    for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
        event.listen(Engine, name, steps)
    for kind, name in ((PoliteSession, "get"), (WebhookChannel, "send"), (EmailChannel, "send")):
        setattr(kind, name, followed_by(steps, getattr(kind, name)))
    from monitor.__main__ import main as monitor

    try:
        monitor()
    finally:
        sys.stderr.write(f"steps: {steps.count}\n")


if __name__ == "__main__":
    main()
