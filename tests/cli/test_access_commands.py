"""`monitor user` and `monitor token`: passwords come on standard input, and what is secret is shown once."""

import json
import os
import pty
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cli.commands import Monitor, command

PASSWORD = "tangled otter brass lamp"


@pytest.fixture
def monitor(tmp_path: Path) -> Monitor:
    return command(tmp_path, COLUMNS="160", MONITOR_STORE__URL=f"sqlite:///{tmp_path}/monitor.sqlite3")


def typed(folder: Path, *arguments: str, sent: str) -> "subprocess.CompletedProcess[str]":
    """Run it with something on standard input."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MONITOR_")}
    return subprocess.run(
        [sys.executable, "-m", "monitor", *arguments],
        cwd=folder,
        env=environment | {"MONITOR_STORE__URL": f"sqlite:///{folder}/monitor.sqlite3"},
        input=sent,
        capture_output=True,
        encoding="utf-8",
        timeout=200,
        check=False,
    )


def test_a_password_comes_on_standard_input_and_is_shown_nowhere(tmp_path: Path, monitor: Monitor) -> None:
    made = typed(tmp_path, "user", "add", "ada", "--role", "operate", sent=f"{PASSWORD}\n")
    refused = typed(tmp_path, "user", "add", "grace", sent="password1234\n")
    listed = monitor("user", "list")

    assert (made.returncode, made.stdout) == (0, "ada may sign in now, to read, subscribe and operate.\n")
    assert refused.returncode == 2
    assert "the password is too common" in refused.stderr
    assert "ada" in listed.stdout
    assert "grace" not in listed.stdout
    assert "1 user" in listed.stdout
    told = made.stdout + made.stderr + refused.stdout + refused.stderr + listed.stdout
    assert PASSWORD not in told
    assert "password1234" not in told


def test_a_generated_password_is_shown_once(monitor: Monitor) -> None:
    made = json.loads(monitor("user", "add", "ada", "--generate", "--json").stdout)
    other = json.loads(monitor("user", "password", "ADA", "--generate", "--json").stdout)

    assert len(made["password"]) > 20
    assert made["password"] != other["password"]
    assert made["role"] == "read"
    listed = monitor("user", "list", "--json").stdout
    assert json.loads(listed).keys() == made.keys() - {"password"}
    assert monitor("user", "add", "Ada", "--generate").stderr == (
        "monitor: there is a user “Ada” already: choose another name\n"
    )


def test_a_terminal_is_asked_twice_and_shows_nothing(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MONITOR_")}
    running = subprocess.Popen(
        [sys.executable, "-m", "monitor", "user", "add", "ada"],
        cwd=tmp_path,
        env=environment | {"MONITOR_STORE__URL": f"sqlite:///{tmp_path}/monitor.sqlite3"},
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    said = ""
    for prompt, answer in (("Password: ", PASSWORD), ("The same again: ", PASSWORD + "!")):
        while prompt not in said:
            said += os.read(ours, 1000).decode()
        os.write(ours, f"{answer}\n".encode())
    out, _ = running.communicate(timeout=60)
    with suppress(OSError):
        said += os.read(ours, 1000).decode()
    os.close(ours)

    assert running.returncode == 2
    assert "the second password is not the first" in said
    assert out == b""


def test_codes_are_turned_on_with_a_picture_an_address_and_recovery_codes(monitor: Monitor) -> None:
    monitor("user", "add", "ada", "--generate")
    turned_on = monitor("user", "totp", "on", "ada", MONITOR_WEB__PUBLIC_URL="https://trials.example.org:8443/x")

    assert turned_on.returncode == 0
    assert re.search(
        r"otpauth://totp/registry-monitor%20trials\.example\.org:ada\?secret=[A-Z2-7]{32}&", turned_on.stdout
    )
    assert "█▀▀▀▀▀█" in turned_on.stdout
    assert len(re.findall(r"(?m)^(?:[a-z2-7]{4}-){5}[a-z2-7]{4}$", turned_on.stdout)) == 10
    assert json.loads(monitor("user", "list", "--json").stdout)["codes"]
    again = json.loads(monitor("user", "totp", "on", "ada", "--json").stdout)
    assert len(again["recovery_codes"]) == 10
    assert again["address"].startswith("otpauth://totp/")
    assert monitor("user", "totp", "off", "ada").stdout == "ada signs in with the password alone now.\n"
    assert not json.loads(monitor("user", "list", "--json").stdout)["codes"]


def test_a_role_is_changed_and_a_user_removed(monitor: Monitor) -> None:
    monitor("user", "add", "ada", "--generate")
    assert monitor("user", "role", "ada", "subscribe").stdout == "ada may read and subscribe now.\n"
    assert "king" in monitor("user", "role", "ada", "king").stderr
    assert monitor("user", "remove", "ada").stdout == "ada was removed, with all sessions and tokens of theirs.\n"
    gone = monitor("user", "remove", "ada")
    assert (gone.returncode, gone.stderr) == (
        2,
        "monitor: there is no user “ada”: `monitor user list` names those there are\n",
    )
    assert "Begin with: monitor user add NAME --role operate" in monitor("user", "list").stdout


def test_a_token_is_shown_once_and_revoked(monitor: Monitor) -> None:
    made = json.loads(monitor("token", "add", "dashboard", "--expires", "90d", "--json").stdout)
    shown = monitor("token", "add", "nightly", "--scope", "operate")

    assert re.fullmatch(rf"rmt_{made['id']}_[\w-]{{43}}", made["token"])
    assert made["scope"] == "read"
    assert re.search(r"^rmt_[\w-]{60}$", shown.stdout, re.MULTILINE)
    listed = monitor("token", "list")
    assert "dashboard" in listed.stdout
    assert "2 tokens" in listed.stdout
    assert made["token"] not in listed.stdout
    assert monitor("token", "remove", made["id"]).stdout == "Token “dashboard” is revoked.\n"
    assert json.loads(monitor("token", "list", "--json").stdout)["name"] == "nightly"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--expires", "5m"], "--expires is a span from 1h to 520w"),
        (["--expires", "soon"], "--expires is a span from 1h to 520w"),
        (["--user", "nobody"], "there is no user “nobody”"),
        (["--scope", "king"], "“king” is none of read, subscribe and operate"),
    ],
)
def test_a_token_that_cannot_be_is_refused_in_one_line(options: list[str], words: str, monitor: Monitor) -> None:
    refused = monitor("token", "add", "dashboard", *options)

    assert refused.returncode == 2
    assert words in refused.stderr
    assert refused.stderr.count("\n") == 1
