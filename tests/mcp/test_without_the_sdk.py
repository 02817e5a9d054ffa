"""The library for agents is an extra: without it, what needs it says how to have it, and nothing else changes."""

import subprocess
import sys
from pathlib import Path

from monitor.mcp import NEEDED

WITHOUT = "import sys; sys.modules['mcp'] = None; from monitor.__main__ import main; main()"


def test_the_command_says_what_to_install(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT, "mcp"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (ran.returncode, ran.stdout, ran.stderr) == (2, "", f"monitor: {NEEDED}\n")
    assert list(tmp_path.iterdir()) == []
