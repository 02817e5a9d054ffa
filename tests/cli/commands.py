"""`monitor …` in a process of its own, as people and scripts call it.

The process is forked from a server that has the program loaded, which saves what an interpreter takes to start; the
command sees the environment, the folder and the streams that a process of its own would have.
"""

import os
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from monitor.__main__ import main
from monitor.sandbox.clinicaltrials_gov import Sandbox
from tests import faults

Ran = subprocess.CompletedProcess[str]
Monitor = Callable[..., Ran]

REGISTRY = "MONITOR_REGISTRIES__CLINICALTRIALS_GOV__"


def command(folder: Path, **always: str) -> Monitor:
    """Runs `monitor …` in *folder*, with these variables and those of a call, and no others of ours."""

    def run(*arguments: str, **variables: str) -> Ran:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("MONITOR_")}
        given = {**always, **variables}
        typed = ["monitor", *arguments]
        # Some variables speak to the loader and to the interpreter, when they start.
        if any(name.startswith(("LD_", "PYTHON")) for name in given):
            return started(arguments, folder, {**inherited, **given})
        died, answer = faults.run(be_monitor, typed, folder, {**inherited, **given})
        assert answer is not None, f"{typed} ended with {died}"
        (code, out, err), _ = answer
        return subprocess.CompletedProcess(typed, code, out, err)

    return run


def started(arguments: tuple[str, ...], folder: Path, environ: dict[str, str]) -> Ran:
    """Run `monitor …` in an interpreter of its own."""
    return subprocess.run(
        [sys.executable, "-m", "monitor", *arguments],
        cwd=folder,
        env={"PYTHONIOENCODING": "utf-8", **environ},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def be_monitor(typed: list[str], folder: Path, environ: dict[str, str]) -> tuple[int, str, str]:
    """Be `monitor …`, in a process that does nothing after it; give its exit status and what it wrote."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    time.tzset()
    sys.argv = typed
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115 - it stays open as long as the process
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        os.dup2(out.fileno(), 1)
        os.dup2(err.fileno(), 2)
        sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
        sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)
        code = ended()
        sys.stdout.flush()
        sys.stderr.flush()
        return code, *(os.pread(file.fileno(), 1 << 30, 0).decode() for file in (out, err))


def ended() -> int:
    """The exit status of the command."""
    try:
        main()
    except SystemExit as left:
        if isinstance(left.code, str):
            sys.stderr.write(f"{left.code}\n")
        return left.code if isinstance(left.code, int) else int(left.code is not None)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def asking(sandbox: Sandbox) -> dict[str, str]:
    """What leads the program to a sandbox."""
    return {f"{REGISTRY}BASE_URL": sandbox.base_url, f"{REGISTRY}REQUESTS_PER_SECOND": "1000"}
