"""What the README says is there, and what it says to type works."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import typer

from monitor.cli import app
from monitor.cli.operate import DEFAULT_PORT

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
WALK = re.search(r"^## Try it by hand\n(.*?)^## ", README, re.DOTALL | re.MULTILINE)[1]
TO_TYPE = re.findall(r"^```sh\n(.*?)^```", WALK, re.DOTALL | re.MULTILINE)
TO_SEE = re.findall(r"^```console\n(.*?)^```", WALK, re.DOTALL | re.MULTILINE)


def commands() -> list[str]:
    def walk(command: object, path: str) -> list[str]:
        below = getattr(command, "commands", None)
        return (
            [path] if not below else [found for name, each in below.items() for found in walk(each, f"{path} {name}")]
        )

    return walk(typer.main.get_command(app), "monitor")


@pytest.mark.parametrize("command", commands())
def test_every_command_is_in_the_readme(command: str):
    assert f"`{command}" in README


def test_every_command_in_the_readme_exists():
    mentioned = {match[1] for match in re.finditer(r"`monitor ([a-z]+)", README)}

    assert mentioned <= {command.split()[1] for command in commands()}


def test_every_file_that_the_readme_links_exists():
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (Path(__file__).parent.parent / target).exists(), target


# The walk, for real


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder, beside one where `monitor` is the command of this environment."""
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin" / "monitor"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m monitor "$@"\n')
    command.chmod(0o755)
    (tmp_path / "empty").mkdir()
    return tmp_path / "empty"


@pytest.fixture
def environment(folder: Path) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("MONITOR_")}
    return {**inherited, "PATH": f"{folder.parent / 'bin'}{os.pathsep}{os.environ['PATH']}", "no_proxy": "*"}


@pytest.fixture
def sandbox(folder: Path, environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """The first command of the walk, on any free ports, and for machines."""
    typed = ["sh", "-c", f"exec {TO_TYPE[0].strip()} --port 0 --json"]
    with subprocess.Popen(typed, env=environment, cwd=folder, stdout=subprocess.PIPE, text=True) as running:
        yield running
        running.terminate()


def at_its_ports(text: str, place: dict) -> str:
    """The README's text, for a sandbox that listens elsewhere than usual."""
    usual = [f"http://127.0.0.1:{DEFAULT_PORT}/", f"SMTP__PORT={DEFAULT_PORT + 1}\n"]
    usual.append(f"http://127.0.0.1:{DEFAULT_PORT + 2}/hooks/trials")
    actual = [place["page"], f"SMTP__PORT={place['variables']['MONITOR_SMTP__PORT']}\n", place["receiver"]]
    for one, other in zip(usual, actual, strict=True):
        assert one in text
        text = text.replace(one, other)
    return text


@pytest.mark.skipif(not shutil.which("curl"), reason="the walk needs curl")
def test_every_line_of_the_walk_works_when_pasted_in_order(
    folder: Path, environment: dict[str, str], sandbox: subprocess.Popen[str]
):
    place = json.loads(sandbox.stdout.readline())
    typed = "set -e\n" + at_its_ports("".join(TO_TYPE[1:]), place) + "monitor doctor --json >doctor.jsonl\n"

    ran = subprocess.run(
        ["sh"], input=typed, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )

    assert (ran.returncode, ran.stderr) == (0, "")
    assert "2 delivered" in ran.stdout
    findings = [json.loads(line) for line in (folder / "doctor.jsonl").read_text().splitlines()]
    assert {each["check"] for each in findings if each["level"] != "fine"} <= {"operator", "disk"}
    arrived = [json.loads(sandbox.stdout.readline()) for _ in range(2)]
    [mail] = [line["mail"] for line in arrived if "mail" in line]
    [webhook] = [line["webhook"] for line in arrived if "webhook" in line]
    verdict = "signature verified" if webhook["verified"] else "not verified"
    assert "".join(TO_SEE).splitlines() == [
        f"mail to {', '.join(mail['to'])}: {mail['subject']}",
        f"webhook {webhook['type']} {webhook['trial_id']}: {verdict}, answered {webhook['status']}",
    ]
    page = requests.get(place["page"], timeout=30).text
    assert mail["subject"] in page
    assert "signature verified" in page


def test_the_walk_is_what_the_sandbox_says_to_copy(sandbox: subprocess.Popen[str]):
    place = json.loads(sandbox.stdout.readline())
    walk = at_its_ports("".join(TO_TYPE[1:]), place).replace("|\n  ", "| ").splitlines()

    exported = dict(line.removeprefix("export ").split("=", 1) for line in walk if line.startswith("export "))
    assert {name: value.strip("'") for name, value in exported.items()} == place["variables"]
    assert [line for line in walk if not line.startswith("export ")] == place["commands"]
