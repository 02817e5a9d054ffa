"""A process that runs `monitor …` and dies by SIGKILL at one step: `python -m tests.dying STEP check --json`.

A step is a statement about to be sent to the database or just executed, a transaction about to be committed or just
committed, and an answer that has just come from the registry. With STEP 0 it lives, and writes how many steps there
were to standard error.
"""

import os
import signal
import sys
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from monitor.http import PoliteSession


class Steps:
    """Counts, and dies when the count is reached."""

    def __init__(self, last: int) -> None:
        self.count = 0
        self.last = last

    def __call__(self, *_: Any, **__: Any) -> None:
        self.count += 1
        if self.count == self.last:
            os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    steps = Steps(int(sys.argv.pop(1)))
    for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
        event.listen(Engine, name, steps)
    get = PoliteSession.get

    def get_and_step(self: PoliteSession, *arguments: Any, **options: Any) -> Any:
        answer = get(self, *arguments, **options)
        steps()
        return answer

    PoliteSession.get = get_and_step  # type: ignore[method-assign]
    from monitor.__main__ import main as monitor

    try:
        monitor()
    finally:
        sys.stderr.write(f"steps: {steps.count}\n")


if __name__ == "__main__":
    main()
