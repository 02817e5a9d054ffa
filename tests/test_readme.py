"""What the README and the pages of docs/ say is there, and what the tutorial says to type works."""

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

from docs._generate import pages
from monitor.cli import app
from monitor.cli.commands import loaded
from monitor.cli.operate import DEFAULT_PORT
from monitor.errors import MonitorError
from monitor.streams import INTERRUPTED

TOP = Path(__file__).parent.parent
PAGES = {path: path.read_text(encoding="utf-8") for path in (TOP / "README.md", *sorted((TOP / "docs").rglob("*.md")))}
TUTORIAL = PAGES[TOP / "docs" / "tutorial.md"]
WALK, LATER = TUTORIAL.split("## Look back")


def blocks(kind: str, text: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


TO_TYPE = blocks("sh", WALK)
TO_SEE = blocks("console", WALK)
AFTER_IT = [*blocks("sh", LATER), *blocks("sh", PAGES[TOP / "docs" / "tasks" / "backup.md"])]
"""What the tutorial goes on with, and the drill."""


def commands() -> list[str]:
    def walk(command: object, path: str) -> list[str]:
        below = getattr(loaded(command), "commands", None)
        return (
            [path] if not below else [found for name, each in below.items() for found in walk(each, f"{path} {name}")]
        )

    return walk(typer.main.get_command(app), "monitor")


@pytest.mark.parametrize("command", commands())
def test_every_command_is_documented(command: str):
    assert f"\n## {command}\n" in PAGES[TOP / "docs" / "reference" / "commands.md"]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(TOP)))
def test_every_command_that_a_page_names_exists(page: Path):
    typed = re.findall(r"(?:`|^\$ |^)monitor ([a-z]+)(?: ([a-z]+))?", PAGES[page], re.MULTILINE)

    known = {tuple(command.split()[1:]) for command in commands()}
    groups = {command[0] for command in known if len(command) == 2}
    for first, second in typed:
        assert first in {command[0] for command in known}, first
        assert first not in groups or first == "quarantine" or not second or (first, second) in known, (first, second)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(TOP)))
def test_every_option_that_a_page_types_exists(page: Path):
    typed = re.findall(r"^\$ (monitor .*?)(?:#.*)?$", PAGES[page], re.MULTILINE)

    options = set(re.findall(r"`(--[a-z-]+)`", PAGES[TOP / "docs" / "reference" / "commands.md"]))
    assert {option for line in typed for option in re.findall(r" (--[a-z-]+)", line)} <= options | {"--help"}


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(TOP)))
def test_every_file_that_a_page_links_exists(page: Path):
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", PAGES[page]):
        assert "://" in target or (page.parent / target).exists(), target


def test_what_the_code_says_of_itself_is_in_the_reference():
    for name, text in pages().items():
        assert (TOP / "docs" / name).read_text(encoding="utf-8") == text, f"{name}: make docs"


def test_every_exit_status_is_explained():
    def below(kind: type[MonitorError]) -> set[type[MonitorError]]:
        return {kind, *(found for each in kind.__subclasses__() for found in below(each))}

    told = re.findall(r"^\| (\d+) \|", PAGES[TOP / "docs" / "reference" / "exit.md"], re.MULTILINE)
    assert {kind.exit_status for kind in below(MonitorError)} | {0, INTERRUPTED} <= set(map(int, told))


def test_every_page_is_in_the_contents():
    contents = (TOP / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:\n")[2]

    listed = re.findall(r"- ([a-z/-]+\.md)$", contents, re.MULTILINE)
    assert sorted(listed) == sorted(
        page.relative_to(TOP / "docs").as_posix() for page in PAGES if page.name != "README.md"
    )


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
    """The tutorial's text, for a sandbox that listens elsewhere than usual."""
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
    typed = "set -e\n" + at_its_ports("".join(TO_TYPE[1:]), place) + "".join(AFTER_IT)
    typed += "monitor doctor --json >doctor.jsonl\n"

    ran = subprocess.run(
        ["sh"], input=typed, cwd=folder, env=environment, capture_output=True, text=True, timeout=280, check=False
    )

    assert ran.returncode == 0, ran.stderr
    [without_key] = [line for line in ran.stderr.splitlines() if line.startswith("monitor: ")]
    assert without_key.startswith("monitor: nothing can be sent to the addresses"), "the drill alone complains"
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
