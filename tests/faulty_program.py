"""`monitor …` in a process that dies at a step: see `tests.faults` for what a step is."""

import os
from dataclasses import dataclass
from pathlib import Path

from tests import faults
from tests.cli.commands import be_monitor

REGISTRY = "MONITOR_REGISTRIES__CLINICALTRIALS_GOV__"


@dataclass(frozen=True, slots=True)
class Ran:
    """What became of it; nothing is known of what a process said that died."""

    returncode: int | None
    stdout: str = ""
    stderr: str = ""
    steps: int = 0


def dying(store_url: str, base_url: str, *arguments: str, step: int, **variables: str) -> Ran:
    """Run `monitor`, to die at that step; 0 lets it live."""
    environ = {
        "MONITOR_STORE__URL": store_url,
        f"{REGISTRY}BASE_URL": base_url,
        f"{REGISTRY}REQUESTS_PER_SECOND": "1000",
        **variables,
    }
    returncode, answer = faults.run(monitor, list(arguments), environ, dies_at=step)
    if answer is None:
        return Ran(returncode)
    (code, out, err), steps = answer
    return Ran(code, out, err, steps)


def monitor(arguments: list[str], environ: dict[str, str]) -> tuple[int, str, str]:
    """Be `monitor` here and now; give its exit status and what it said."""
    return be_monitor(["monitor", *arguments], Path.cwd(), {**os.environ, **environ})
