"""The program as a user has it: commands in a folder of their own, with a database that they make themselves."""

import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.process import Ran, run
from bench.registry import FIRST, Registry

_REGISTRY = "MONITOR_REGISTRIES__CLINICALTRIALS_GOV__"


class Installed:
    """A folder, and the environment in which commands run there."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.environment = {**os.environ, **environment}
        self.database = folder / "snapshots" / "monitor.sqlite3"

    def run(self, *arguments: str, status: int = 0, **variables: str) -> Ran:
        """Run `monitor` to its end; RuntimeError where it ends with another *status*."""
        environment = {**self.environment, **variables}
        return run(command(*arguments), folder=self.folder, environment=environment, status=status)

    def check(self) -> Ran:
        """Check everything that is watched, as a script does."""
        return self.run("check", "--json")

    def watch(self, trials: int) -> None:
        """Watch the first so many synthetic trials."""
        ids = self.folder / "ids.csv"
        ids.write_text("\n".join(trial_ids(trials)), encoding="utf-8")
        self.run("watch", "add", "--file", str(ids))


def command(*arguments: str) -> Sequence[str]:
    """`monitor` with these arguments."""
    return [sys.executable, "-m", "monitor", *arguments]


def of_registry(base_url: str) -> Mapping[str, str]:
    """The environment of a program that asks this registry as fast as it answers."""
    return {f"{_REGISTRY}BASE_URL": base_url, f"{_REGISTRY}REQUESTS_PER_SECOND": "1000"}


def trial_ids(count: int) -> list[str]:
    """The first so many synthetic trials."""
    return [f"NCT{FIRST + index}" for index in range(count)]


def summary(ran: Ran) -> dict[str, Any]:
    """The last line of `check --json`."""
    return dict(json.loads(ran.output.splitlines()[-1])["summary"])


@contextmanager
def installed(registry: Registry | None = None, environment: Mapping[str, str] | None = None) -> Iterator[Installed]:
    """A new folder, in which a registry is asked as fast as it answers."""
    environment = {**(environment or {}), **(of_registry(registry.base_url) if registry else {})}
    with tempfile.TemporaryDirectory() as folder:
        yield Installed(Path(folder), environment)
