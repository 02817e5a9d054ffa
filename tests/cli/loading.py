"""What a command loads, from the start of its process to the end."""

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import sys
before = set(sys.modules)
from monitor.__main__ import main
try:
    main()
finally:
    print("\\n", *set(sys.modules) - before, sep="\\n")
"""


def modules_after(folder: Path, *typed: str) -> set[str]:
    """The modules that are loaded when `monitor …` ends, run in this folder, beside those of a bare Python."""
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, *typed],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if not name.startswith("MONITOR_")},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert "Traceback" not in ran.stderr, ran.stderr
    return set(ran.stdout.splitlines())
