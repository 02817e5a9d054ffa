"""What every command begins with: the configuration, the program put together, and where to print."""

import os
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, TextIO, cast

from monitor.streams import write_in_utf8
from monitor.text import plain
from monitor.views.json.lines import json_line

if TYPE_CHECKING:
    from rich.console import Console

    from monitor.app import App
    from monitor.config import Config
    from monitor.http.response import AskedBefore
    from monitor.model import Json
    from monitor.storage.unread import Unread

WIDTH_OF_A_PIPE = 120
"""Columns, unless the variable COLUMNS asks for others."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The options before the command."""

    config_path: Path | None
    asked: "AskedBefore | None" = None
    """What a registry was asked just now, before the command line was loaded."""

    def config(self, **overrides: str) -> "Config":
        """The configuration; *overrides* are variables that count for this command alone."""
        from monitor.config import find, load  # --help needs no configuration

        environ: Mapping[str, str] = os.environ
        path = find(self.config_path, environ, Path.cwd())
        return load(path, {**environ, **overrides})

    def open(self) -> "App":
        """The program, put together: use as a context manager."""
        from monitor.app import open_app  # SQLAlchemy and requests are not needed to show --help

        return open_app(self.config(), asked=self.asked)


def console(*, stderr: bool = False) -> "Console":
    """Where people read: as wide as the terminal, and without colour and idle space in a file or a pipe."""
    from rich.console import Console  # a quarter of the start-up, and of no use to --json

    from monitor.cli.render.harmless import Harmless

    stream = sys.stderr if stderr else sys.stdout
    if stream.isatty():
        made = Console(file=stream, highlight=False)
    else:
        width = None if os.environ.get("COLUMNS") else WIDTH_OF_A_PIPE
        made = Console(file=cast("IO[str]", Trimmed(stream)), width=width, highlight=False)
    made.push_render_hook(Harmless())
    return made


class Trimmed:
    """A text stream that leaves out the spaces with which tables fill their lines."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write what is there to be read."""
        return self._stream.write(re.sub(r" +(?=\n)", "", text))

    def flush(self) -> None:
        """As the stream's own."""
        self._stream.flush()

    def isatty(self) -> bool:
        """Nobody looks."""
        return False

    @property
    def encoding(self) -> str:
        """The stream's own: where it has no lines to draw boxes with, rich draws them in ASCII."""
        return self._stream.encoding


def write_json(line: Mapping[str, "Json"]) -> None:
    """One JSON object on one line of standard output, in UTF-8 whatever the encoding of texts is there."""
    write_in_utf8(sys.stdout)
    sys.stdout.write(json_line(line))


def complain_of_rows(damaged: "Iterable[Unread]") -> None:
    """A line for each row that cannot be read."""
    for row in damaged:
        complain(f"{row.name} cannot be read: {row.why}")


def complain(message: str) -> None:
    """A line on standard error for each thing that is wrong; it names the thing and the remedy."""
    for line in plain(message).splitlines():
        sys.stderr.write(f"monitor: {line}\n")
