"""The drill of an upgrade runs as it is written; both versions are this one, but for what the new one migrates to."""

import os
import shlex
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from monitor.storage.migrations import HEAD, number_of
from monitor.storage.store import Store

TOP = Path(__file__).parent.parent
LATER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("ALTER TABLE events ADD COLUMN a_later_text TEXT")
connection.execute("UPDATE alembic_version SET version_num = ?", sys.argv[2:])
connection.commit()
"""


def drill(folder: Path, *, later: str = "") -> subprocess.CompletedProcess[str]:
    """The drill on a new database; *later*: to which revision the new version migrates, whatever program it is."""
    url = f"sqlite:///{folder}/live.sqlite3"
    with closing(Store.open(url)):
        pass
    (folder / "later.py").write_text(LATER)
    python = shlex.quote(sys.executable)
    then = f'[ "$1" != migrate ] || exec {python} {folder}/later.py "${{MONITOR_STORE__URL#sqlite:///}}" {later}\n'
    for name, first in (("old", ""), ("new", then if later else "")):
        (folder / name).write_text(f'#!/bin/sh\n{first}exec {python} -m monitor "$@"\n')
        (folder / name).chmod(0o755)
    environ = {name: value for name, value in os.environ.items() if not name.startswith("MONITOR_")}
    environ |= {"OLD": str(folder / "old"), "NEW": str(folder / "new"), "MONITOR_STORE__URL": url}
    return subprocess.run(
        ["sh", TOP / "deploy" / "upgrade-drill.sh"],
        cwd=folder,
        env={**environ, "PYTHONPATH": str(TOP), "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")]


def test_one_version_takes_the_place_of_the_other_and_nothing_is_left_behind(tmp_path: Path) -> None:
    ran = drill(tmp_path)

    assert (ran.returncode, ran.stdout.splitlines()[-1:]) == (
        0,
        ["the former version went on with the new schema, could be started again, and the new one took its place"],
    ), ran.stderr
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir() and path.name.startswith("tmp.")) == []


def test_a_schema_that_the_former_version_does_not_know_is_found_out(tmp_path: Path) -> None:
    ran = drill(tmp_path, later=f"{number_of(HEAD) + 1:04}")

    assert ran.returncode == 1
    assert "would not start again: replace all processes soon" in ran.stderr
    assert "was written by a newer version" in ran.stderr
