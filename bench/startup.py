"""How long the command takes to be there."""

import subprocess
import sys
from functools import partial

from bench.figures import Figure, seconds

RUNS = 15


def measure() -> list[Figure]:
    """`monitor --version` beyond a bare interpreter, `--help` for information."""
    version, helped, bare = (
        min(seconds(partial(subprocess.run, command, check=True, capture_output=True)) for _ in range(RUNS))
        for command in (_monitor("--version"), _monitor("--help"), [sys.executable, "-c", "pass"])
    )
    return [
        Figure("start: --version beyond a bare interpreter", 1000 * (version - bare), "ms", 100),
        Figure("start: --help beyond a bare interpreter", 1000 * (helped - bare), "ms"),
    ]


def _monitor(argument: str) -> list[str]:
    return [sys.executable, "-m", "monitor", argument]
