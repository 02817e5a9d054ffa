"""A watched registry in which nothing is new, and the two ways to find that out, in this process."""

import io
import json
import os
import re
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

from monitor.cli import main as command_line
from monitor.clock import utc_now
from monitor.http.response import AskedBefore
from monitor.quiet import Attempt, check_quietly
from monitor.sandbox.clinicaltrials_gov import Sandbox
from tests.loopback import Answer, Loopback, Request, http

KEY = "clinicaltrials.gov"
TRIALS = tuple(f"NCT{90_000_001 + number}" for number in range(11))
AS_BEFORE = http(status=304)


@dataclass(frozen=True)
class Ran:
    """What a command did; moments and spans, which differ by nature, left out."""

    status: int
    out: str
    err: str
    requests: list[tuple[str, dict[str, str]]]
    tables: dict[str, list[tuple[object, ...]]]


@dataclass
class World:
    """A database, and a registry that answers every question for its version with *answer*, and no other."""

    folder: Path
    server: Loopback | SimpleNamespace
    answer: Answer = AS_BEFORE

    @property
    def file(self) -> Path:
        return self.folder / "monitor.sqlite3"

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    def configure(self, more: str = "") -> None:
        """*more* stands behind what names the database and the registry."""
        self.config.write_text(
            f'[store]\nurl = "sqlite:///{self.file}"\n'
            f'[registries."{KEY}"]\nbase_url = "{self.server.url}"\nrequests_per_second = 1000\n{more}',
            encoding="utf-8",
        )

    def change(self, statement: str, **parameters: object) -> None:
        """Make the database another one, past everything that looks after it; a semicolon parts statements."""
        with closing(sqlite3.connect(self.file)) as connection, connection:
            for each in statement.split(";"):
                connection.execute(each, parameters)

    def tables(self) -> dict[str, list[tuple[object, ...]]]:
        """All rows of all tables but `paces`, which has moments alone; none where there is no database."""
        if not self.file.exists() or not self.file.read_bytes().startswith(b"SQLite"):
            return {}
        with closing(sqlite3.connect(self.file)) as connection:
            connection.text_factory = bytes
            names = [
                row[0].decode()
                for row in connection.execute("SELECT name FROM sqlite_master WHERE type='table' AND name <> 'paces'")
            ]
            return {name: sorted(map(tuple, connection.execute(f"SELECT * FROM {name}")), key=repr) for name in names}

    def quietly(self, *options: str) -> tuple[Attempt, Ran]:
        """The quiet check alone."""
        made: list[Attempt] = []
        ran = self._ran(lambda: made.append(check_quietly(str(self.config), os.environ, as_json="--json" in options)))
        return made[0], ran

    def wholly(self, *options: str, asked: AskedBefore | None = None) -> Ran:
        """The command line alone."""
        with patch.object(sys, "argv", ["monitor", "--config", str(self.config), "check", *options]):
            return self._ran(lambda: command_line(asked))

    def run(self, *typed: str) -> Ran:
        """Any command."""
        with patch.object(sys, "argv", ["monitor", "--config", str(self.config), *typed]):
            return self._ran(command_line)

    def _ran(self, command: Callable[[], None]) -> Ran:
        self.server.requests.clear()
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="") for _ in range(2))
        status = 0
        with redirect_stdout(out), redirect_stderr(err):
            try:
                command()
            except SystemExit as left:
                status = int(left.code or 0)
        asked = [(request.target, dict(request.headers)) for request in self.server.requests]
        return Ran(status, _timeless(out), _timeless(err), asked, self.tables())


def _timeless(stream: io.TextIOWrapper) -> str:
    stream.flush()
    written = stream.buffer.getvalue().decode()  # type: ignore[attr-defined]
    written = re.sub(r'("checked_at":)"[^"]*"', r"\1T", written)
    return re.sub(r'("seconds":)[0-9.]+|\b[0-9]+\.[0-9]{2} s\b', r"\1S", written)


@contextmanager
def quiet_world(folder: Path) -> Iterator[World]:
    """A world after two passes, of which the second told a change; beside the database, what the registry holds."""
    day = utc_now().date() - timedelta(days=5)
    made = World(folder, SimpleNamespace(requests=[]))
    with Sandbox(trials=len(TRIALS) + 1, day=day) as sandbox:
        made.server.url = sandbox.base_url
        made.configure()
        for arguments in (["watch", "add", *TRIALS], ["check"], None, ["check"]):
            if arguments is None:
                sandbox.edit(TRIALS[0], _suspended)
                continue
            with patch.object(sys, "argv", ["monitor", "--config", str(made.config), *arguments]):
                ran = made._ran(command_line)
            assert ran.status == 0, ran
        assert ran.tables["events"]
        studies = {trial_id: sandbox.study(trial_id) for trial_id in TRIALS}
        (folder / "studies.json").write_text(json.dumps(studies), encoding="utf-8")
    yield made


def _suspended(study: dict) -> None:  # type: ignore[type-arg]
    study["protocolSection"]["statusModule"]["overallStatus"] = "SUSPENDED"


@contextmanager
def copied(template: Path, folder: Path) -> Iterator[World]:
    """A world of one's own with that database."""
    folder.mkdir(exist_ok=True)
    world: World

    def answer(request: Request) -> Answer:
        return world.answer if request.path == "/version" else http(b"nothing else is to be asked", 404)

    with Loopback(answer) as server:
        world = World(folder, server)
        shutil.copy(template, world.file)
        world.configure()
        yield world
