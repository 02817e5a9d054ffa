"""What the README says is there."""

import re
from pathlib import Path

import pytest
import typer

from monitor.cli import app

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


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
