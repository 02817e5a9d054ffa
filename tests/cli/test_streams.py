"""What is printed, on streams that lack letters, that nobody reads to the end, that are full, or that are not there."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.streams import PIPE_CLOSED, UNWRITTEN, plainer
from tests.cli.commands import Monitor, asking, command
from tests.studies import titled, together, verified_in

TRIAL = "NCT02116634"
TITLE = "Étude de l’Hôpital → Łódź “Ωμέγα” ≥ 5 µg 北京"


retitled = together(titled(TITLE), verified_in("2031-01"))


@pytest.fixture
def monitor(tmp_path: Path, sandbox: Sandbox) -> Monitor:
    """`monitor …`, where a trial is watched that has a new title since its baseline."""
    run = command(tmp_path, **asking(sandbox))
    run("watch", "add", *sandbox.trial_ids())
    run("check")
    sandbox.edit(TRIAL, retitled)
    return run


def raw(folder: Path, sandbox: Sandbox, *arguments: str, output: int | None = None, encoding: str = "utf-8"):
    """The same command with its bytes; *output* is where they go instead."""
    return subprocess.run(
        [sys.executable, "-m", "monitor", *arguments],
        cwd=folder,
        env={**os.environ, **asking(sandbox), "PYTHONIOENCODING": encoding},
        stdout=subprocess.PIPE if output is None else output,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )


def closed_pipe() -> int:
    reading, writing = os.pipe()
    os.close(reading)
    return writing


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
def test_a_change_is_told_on_a_stream_that_lacks_its_letters(monitor: Monitor, tmp_path, sandbox, encoding: str):
    ran = raw(tmp_path, sandbox, "check", encoding=encoding)

    assert (ran.returncode, ran.stderr) == (0, b"")
    assert "Hôpital" in ran.stdout.decode(encoding)
    lines = raw(tmp_path, sandbox, "history", TRIAL, "--json", encoding=encoding).stdout.decode("utf-8").splitlines()
    assert TITLE in [change["after"] for change in json.loads(lines[-1])["changes"]]


def test_what_a_stream_lacks_is_replaced_by_what_it_has(tmp_path: Path, sandbox: Sandbox):
    helped = raw(tmp_path, sandbox, "check", "--help", encoding="ascii").stdout.decode("ascii")

    assert "[TRIAL_ID...]" in helped
    assert "+-" in helped


@pytest.mark.parametrize(("how", "status"), [("--json", 0), ("--exit-code", PIPE_CLOSED)])
def test_a_pipe_that_its_reader_closed_ends_the_printing_and_not_the_work(monitor, tmp_path, sandbox, how, status):
    ran = raw(tmp_path, sandbox, "check", how, output=closed_pipe())

    assert (ran.returncode, ran.stderr) == (status, b"")
    assert json.loads(monitor("check", TRIAL, "--json").stdout.splitlines()[0])["snapshot"] == 2


def test_a_closed_pipe_is_told_to_nobody(tmp_path: Path, sandbox: Sandbox):
    for line in ("--help", "--version", "doctor", "watch list"):
        ran = raw(tmp_path, sandbox, *line.split(), output=closed_pipe())

        assert ran.returncode in (0, PIPE_CLOSED)
        assert ran.stderr == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_disk_without_room_for_the_output_is_told_in_a_line_and_the_work_is_done(monitor, tmp_path, sandbox):
    with Path("/dev/full").open("wb") as full:
        ran = raw(tmp_path, sandbox, "check", output=full.fileno())

    assert ran.returncode == UNWRITTEN
    [line] = ran.stderr.decode().splitlines()
    assert "not all output could be written: no space left" in line
    assert json.loads(monitor("check", TRIAL, "--json").stdout.splitlines()[0])["snapshot"] == 2


@pytest.mark.parametrize("closed", [">&-", ">&- 2>&- <&-"])
def test_streams_that_are_closed_lead_nowhere(monitor: Monitor, tmp_path: Path, sandbox: Sandbox, closed: str):
    ran = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m monitor check {closed}"],
        cwd=tmp_path,
        env={**os.environ, **asking(sandbox)},
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert (ran.returncode, ran.stderr) == (0, b"")
    assert json.loads(monitor("check", TRIAL, "--json").stdout.splitlines()[0])["snapshot"] == 2


@pytest.mark.parametrize(
    ("lacking", "replaced"),
    [("≠", "!="), ("½", "?"), ("é", "e"), ("e\u0301", "e"), ("\ud800", "?"), ("5 µg…", "5 ug..."), ("x²", "x?")],
)
def test_no_replacement_says_something_else(lacking: str, replaced: str):
    assert "".join(
        letter if letter.isascii() else plainer(UnicodeEncodeError("ascii", letter, 0, 1, ""))[0] for letter in lacking
    ) == (replaced)
