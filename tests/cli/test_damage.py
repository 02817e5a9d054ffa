"""What a user sees of damage: one line each, and everything else as ever."""

import json
import random
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from monitor.sandbox.clinicaltrials_gov import Sandbox
from tests.cli.commands import Monitor, asking, command
from tests.studies import edited

TRIAL = "NCT02116634"


@pytest.fixture
def monitor(tmp_path: Path, sandbox: Sandbox) -> Monitor:
    run = command(tmp_path, **asking(sandbox))
    assert run("watch", "add", *sandbox.trial_ids()).returncode == 0
    assert run("check").returncode == 0
    sandbox.next_state(TRIAL)
    assert run("check").returncode == 0
    return run


def scribble(folder: Path, number: int) -> None:
    with closing(sqlite3.connect(folder / "snapshots" / "monitor.sqlite3")) as database, database:
        database.execute(
            "UPDATE snapshots SET body = zeroblob(length(body)) WHERE trial_id = ? AND number = ?", (TRIAL, number)
        )


def test_what_can_be_read_is_shown_and_the_rest_is_said_in_a_line(monitor: Monitor, tmp_path: Path) -> None:
    scribble(tmp_path, 2)

    shown = monitor("show", TRIAL)
    assert shown.returncode == 0
    assert "snapshot 1 is the latest that can be read" in shown.stderr
    history = monitor("history", TRIAL, "--json")
    assert (history.returncode, len(history.stdout.splitlines())) == (0, 2)
    assert history.stderr.count("snapshot 2 of NCT02116634 is damaged") == 1
    assert monitor("diff", TRIAL, "1", "2").stderr.count("\n") == 1
    found = [json.loads(line) for line in monitor("doctor", "--json").stdout.splitlines()]
    assert [each["level"] for each in found if each["check"] == "snapshots"] == ["problem"]
    exported = monitor("export", "out")
    assert exported.returncode == 0
    assert "left out: snapshot 2 of NCT02116634" in exported.stderr
    assert (tmp_path / "out/trials/clinicaltrials.gov" / TRIAL / "snapshot-1.json").exists()
    assert "1 snapshot of the database damaged" in monitor("backup", "b.sqlite3").stderr
    assert (tmp_path / "b.sqlite3").exists()


def test_an_export_without_what_is_damaged_can_be_imported(monitor: Monitor, tmp_path: Path) -> None:
    scribble(tmp_path, 2)
    assert monitor("export", "out").returncode == 0
    elsewhere = f"sqlite:///{tmp_path}/elsewhere.sqlite3"

    assert monitor("import", "out", MONITOR_STORE__URL=elsewhere).returncode == 0

    numbers = [
        json.loads(line)["snapshot"]
        for line in monitor("history", TRIAL, "--json", MONITOR_STORE__URL=elsewhere).stdout.splitlines()
    ]
    assert numbers == [1]


def test_a_check_begins_anew_and_says_so(monitor: Monitor, tmp_path: Path, sandbox: Sandbox) -> None:
    scribble(tmp_path, 2)

    sandbox.edit(TRIAL, edited(statusModule__whyStopped="For another reason"))
    sandbox.refresh()

    ran = monitor("check")

    assert ran.returncode == 0
    assert "new baseline" in ran.stdout + ran.stderr
    assert "snapshot 2 of NCT02116634 is damaged" in re.sub(r"\s+", " ", ran.stdout + ran.stderr)


def test_a_bad_block_of_the_configuration_stops_no_check(tmp_path: Path, sandbox: Sandbox) -> None:
    run = command(tmp_path, **asking(sandbox))
    (tmp_path / "config.toml").write_text(
        f'[[watch]]\nname = "ours"\ntrials = ["{TRIAL}"]\n'
        '[[subscription]]\nemail = "anna@example.org"\nwatch = "nowhere"\n'
        '[[subscription]]\nemail = "berta@example.org"\nwatch = "ours"\n',
        encoding="utf-8",
    )

    ran = run("check", "--json")

    assert ran.returncode == 2
    assert "no watch named “nowhere”" in ran.stderr
    assert json.loads(ran.stdout.splitlines()[0])["result"] == "baseline"
    assert "berta@example.org" in run("subscriptions", "list").stdout


@pytest.mark.slow
def test_flipped_bits_anywhere_in_the_file_never_end_in_a_traceback(monitor: Monitor, tmp_path: Path) -> None:
    file = tmp_path / "snapshots" / "monitor.sqlite3"
    whole, rng = file.read_bytes(), random.Random(20261122)
    for _ in range(10):
        data = bytearray(whole)
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        file.write_bytes(data)
        for words in (("check", "--json"), ("deliver",), ("doctor",), ("history", TRIAL), ("export", "out")):
            ran = monitor(*words)
            assert "Traceback" not in ran.stderr
            assert "check itself failed" not in ran.stdout
            assert ran.returncode in (0, 1, 2, 3), words
