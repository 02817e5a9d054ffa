"""`python -P timed.py FILE deliver`: run `monitor …`, and write into FILE what its steps took, as JSON.

Processor seconds are of the thread that took the step, so that they say nothing of what else the machine does.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from time import monotonic, thread_time
from typing import Any

FILE = sys.argv.pop(1)
SPENT: dict[str, list[tuple[float, float]]] = {"claim": [], "send": [], "record": []}
"""Of each call of a step, its processor seconds and its seconds."""
_LOCK = Lock()


def _timed(step: str, call: Callable[..., Any]) -> Callable[..., Any]:
    def timed(*given: Any, **more: Any) -> Any:
        began, spent = monotonic(), thread_time()
        try:
            return call(*given, **more)
        finally:
            with _LOCK:
                SPENT[step].append((thread_time() - spent, monotonic() - began))

    return timed


def _run() -> None:
    from monitor.__main__ import main
    from monitor.alerts import deliver, queues

    for module, name, step in ((deliver, "claim", "claim"), (queues, "attempt", "send"), (deliver, "record", "record")):
        setattr(module, name, _timed(step, getattr(module, name)))
    main()


if __name__ == "__main__":
    try:
        _run()
    finally:
        Path(FILE).write_text(json.dumps(SPENT), encoding="utf-8")
