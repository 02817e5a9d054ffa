"""`monitor …` in a process of its own, as people and scripts call it."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from monitor.sandbox import Sandbox

Ran = subprocess.CompletedProcess[str]
Monitor = Callable[..., Ran]

REGISTRY = "MONITOR_REGISTRIES__CLINICALTRIALS_GOV__"


def command(folder: Path, **always: str) -> Monitor:
    """Runs `monitor …` in *folder*, with these variables and those of a call, and no others of ours."""

    def run(*arguments: str, **variables: str) -> Ran:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MONITOR_")}
        return subprocess.run(
            [sys.executable, "-m", "monitor", *arguments],
            cwd=folder,
            env={**environment, **always, **variables},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def asking(sandbox: Sandbox) -> dict[str, str]:
    """What leads the program to a sandbox."""
    return {f"{REGISTRY}BASE_URL": sandbox.base_url, f"{REGISTRY}REQUESTS_PER_SECOND": "1000"}
