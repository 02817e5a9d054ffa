"""The progress bar is for people at a terminal, and leaves nothing behind."""

import os
import pty
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from monitor.sandbox.clinicaltrials_gov import Sandbox
from tests.cli.commands import asking

TRIAL, OTHER = "NCT02116634", "NCT90000001"


def at_a_terminal(folder: Path, sandbox: Sandbox, *words: str) -> str:
    """What `monitor …` writes to a terminal that is its standard output and error."""
    environment = {**os.environ, **asking(sandbox), "TERM": "xterm-256color", "COLUMNS": "100", "PYTHONUTF8": "1"}
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "monitor", *words],
        cwd=folder,
        env=environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ):
        os.close(theirs)
        written = b""
        with suppress(OSError):  # it has ended
            while came := os.read(ours, 65536):
                written += came
    os.close(ours)
    return written.decode(errors="replace")


def lines_left(written: str) -> list[str]:
    """The lines that stay on the screen: what was erased or written over is gone, and so are colours."""
    lines = [re.split(r"\x1b\[2K|\r(?!\r*$)", line)[-1] for line in written.replace("\r\n", "\n").split("\n")]
    return [re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", line) for line in lines]


def test_a_named_trial_is_not_written_behind_a_progress_bar(tmp_path: Path, sandbox: Sandbox) -> None:
    written = at_a_terminal(tmp_path, sandbox, "check", TRIAL, OTHER)

    assert "━" in written
    told = [line for line in lines_left(written) if TRIAL in line or OTHER in line]
    assert [line.split()[0] for line in told] == [TRIAL, OTHER]
    assert "Checking" not in "".join(told)
