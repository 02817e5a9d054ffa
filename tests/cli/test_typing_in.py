"""A secret address comes on standard input, so that it stands in no list of processes."""

import os
import pty
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

SECRET = "https://hooks.example.org/services/T0001/very-secret-path"


def run(folder: Path, *arguments: str, sent: bytes) -> "subprocess.CompletedProcess[bytes]":
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MONITOR_")}
    return subprocess.run(
        [sys.executable, "-m", "monitor", *arguments],
        cwd=folder,
        env=environment | {"MONITOR_STORE__URL": f"sqlite:///{folder}/monitor.sqlite3"},
        input=sent,
        capture_output=True,
        timeout=200,
        check=False,
    )


def test_the_address_is_the_one_line_on_standard_input(tmp_path: Path) -> None:
    made = run(tmp_path, "subscribe", "webhook", "-", "--all", sent=b"\xef\xbb\xbf  " + SECRET.encode() + b" \r\n\r\n")
    known = run(tmp_path, "why", "NCT02116634", "-", sent=SECRET.encode())

    assert (made.returncode, made.stderr) == (0, b"")
    assert b"https://hooks.example.org/" in made.stdout
    assert b"nobody" not in known.stdout.lower()
    assert b"very-secret-path" not in made.stdout + known.stdout + known.stderr


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (b"", "nothing came on standard input"),
        (b" \n\n", "nothing came on standard input"),
        (f"{SECRET}\n{SECRET}\n".encode(), "several lines came on standard input"),
        (b"\xff\xfehttps", "no address came on standard input: one line of UTF-8 text"),
        (b"x" * 20_000, "no address came on standard input"),
        (b"not-an-address very-secret-path\n", "monitor: "),
    ],
)
def test_what_is_no_one_line_is_refused_without_repeating_it(sent: bytes, words: str, tmp_path: Path) -> None:
    refused = run(tmp_path, "subscribe", "webhook", "-", "--all", sent=sent)

    assert refused.returncode == 2
    assert len(refused.stderr.splitlines()) == 1
    assert words in refused.stderr.decode()
    assert b"very-secret" not in refused.stdout + refused.stderr


ON_A_TERMINAL = """
import fcntl, os, sys, termios
os.setsid()
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, "-m", "monitor", "subscribe", "webhook", "-", "--all"])
"""


def test_a_person_at_a_terminal_is_asked_and_nothing_is_shown(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    environment = os.environ | {"MONITOR_STORE__URL": f"sqlite:///{tmp_path}/monitor.sqlite3"}
    with subprocess.Popen(
        [sys.executable, "-c", ON_A_TERMINAL],
        cwd=tmp_path,
        env=environment,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        os.close(theirs)
        seen = b""
        while b"Address: " not in seen:
            seen += os.read(ours, 1000)
        os.write(ours, SECRET.encode() + b"\n")
        printed, _ = process.communicate(timeout=200)
        os.set_blocking(ours, False)
        with suppress(OSError):  # it has hung up
            seen += os.read(ours, 1000)
    os.close(ours)

    assert process.returncode == 0
    assert b"https://hooks.example.org/" in printed
    assert b"secret-path" not in seen + printed
