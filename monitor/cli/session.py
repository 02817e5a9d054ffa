"""What every command begins with: the configuration, the program put together, and where to print."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from monitor.model import Json

if TYPE_CHECKING:
    from rich.console import Console

    from monitor.app import App
    from monitor.config import Config


@dataclass(frozen=True, slots=True)
class Settings:
    """The options before the command."""

    config_path: Path | None

    def config(self, **overrides: str) -> "Config":
        """The configuration; *overrides* are variables that count for this command alone."""
        from monitor.config import find, load  # pydantic is not needed to show --help

        environ: Mapping[str, str] = os.environ
        path = find(self.config_path, environ, Path.cwd())
        return load(path, {**environ, **overrides})

    def open(self) -> "App":
        """The program, put together: use as a context manager."""
        from monitor.app import open_app  # SQLAlchemy and requests are not needed to show --help

        return open_app(self.config())


def console(*, stderr: bool = False) -> "Console":
    """Where people read: colour only on a terminal, and no line cut short in a file or a pipe."""
    from rich.console import Console  # a quarter of the start-up, and of no use to --json

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() or os.environ.get("COLUMNS") else 120
    return Console(file=stream, width=width, highlight=False, soft_wrap=False)


def write_json(line: Mapping[str, Json]) -> None:
    """One JSON object on one line of standard output."""
    sys.stdout.write(orjson.dumps(line).decode() + "\n")


def complain(message: str) -> None:
    """A line on standard error for each thing that is wrong; it names the thing and the remedy."""
    for line in message.splitlines():
        sys.stderr.write(f"monitor: {line}\n")
