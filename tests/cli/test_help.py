"""What `--help` shows, and what the shell completes: words that a person can type."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import typer
from typer import rich_utils

from monitor.changes.kinds import KINDS
from monitor.changes.topics import Topic
from monitor.cli import app
from monitor.cli.commands import loaded
from tests.cli.commands import command


def paths() -> list[list[str]]:
    def walk(found: object, path: list[str]) -> list[list[str]]:
        below = getattr(loaded(found), "commands", {})
        return [path, *(each for name, one in below.items() for each in walk(one, [*path, name]))]

    return walk(typer.main.get_command(app), [])


def contexts() -> Iterator[typer.Context]:
    """One of every command, as `--help` gives it."""

    def walk(command: Any, name: str, above: typer.Context | None) -> Iterator[typer.Context]:
        names = {} if above else {"help_option_names": ["-h", "--help"]}
        context = typer.Context(loaded(command), info_name=name, parent=above, **names)
        yield context
        for below, each in getattr(context.command, "commands", {}).items():
            yield from walk(each, below, context)

    return walk(typer.main.get_command(app), "monitor", None)


def printed_by(show: Callable[..., object], *given: object, **named: object) -> str:
    with redirect_stdout(StringIO()) as printed:
        show(*given, **named)
    return printed.getvalue()


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("in_colour", [True, False])
def test_help_looks_as_typers_own(width: int, in_colour: bool, monkeypatch: pytest.MonkeyPatch):
    """Which is not used because it loads three times as much."""
    for name in ("GITHUB_ACTIONS", "FORCE_COLOR", "PY_COLORS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", str(width))
    if in_colour:
        monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setattr(rich_utils, "FORCE_TERMINAL", in_colour or None)

    for context in contexts():
        command = context.command
        ours = printed_by(command.format_help, context, None)
        for param in command.get_params(context):
            if param.param_type_name == "argument" or param.is_flag:
                param.display_type_rich = lambda ctx: None
        typers = printed_by(rich_utils.rich_format_help, obj=command, ctx=context, markup_mode="rich")
        assert "Usage: " in ours
        assert ours == typers, context.command_path


@pytest.mark.parametrize("path", paths(), ids=lambda path: " ".join(path) or "monitor")
def test_help_shows_no_type_where_there_is_nothing_or_something_else_to_type(path: list[str], tmp_path: Path):
    ran = command(tmp_path)(*path, "--help")

    shown = [
        re.search(r"<(bool|int|str|float|list|path|file|dir|lead)[^>]*>", line) for line in ran.stdout.splitlines()
    ]
    assert [match[0] for match in shown if match] == []


def test_the_help_of_subscribe_names_every_topic_and_what_kinds_begin_with(tmp_path: Path):
    helped = command(tmp_path)("subscribe", "--help", COLUMNS="200").stdout

    words = set(re.findall(r"[a-z_]+", helped))
    assert set(Topic) <= words
    assert {kind.partition(".")[0] for kind in KINDS} <= words


@pytest.fixture
def shell(tmp_path: Path) -> Path:
    """A folder in which `monitor` is the command of this environment."""
    script = tmp_path / "monitor"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m monitor "$@"\n')
    script.chmod(0o755)
    return tmp_path


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
@pytest.mark.parametrize(
    ("typed", "offered"),
    [("monitor wat", {"watch"}), ("monitor subscribe email you@example.org --topic out", {"outcomes"})],
)
def test_the_shell_completes_what_is_typed(shell: Path, typed: str, offered: set[str]):
    words = typed.split()
    script = f"""
        eval "$(monitor --show-completion)"
        COMP_WORDS=({typed}) COMP_CWORD={len(words) - 1}
        _monitor_completion monitor
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """

    ran = subprocess.run(
        ["bash", "--norc", "-c", script],
        env={"PATH": f"{shell}:/usr/bin:/bin", "PYTHONPATH": str(Path(__file__).parents[2]), "HOME": str(shell)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert set(ran.stdout.split()) == offered, ran.stderr
