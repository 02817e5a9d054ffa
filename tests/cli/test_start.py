"""What the commands that are typed most often load, and no more: most of what they take is loading.

Whoever adds to these lists makes every start slower, and says in the commit by how much and what for.
"""

import shutil
import sys
from pathlib import Path

import pytest

from tests.cli.loading import modules_after

TYPER = {"typer", "annotated_doc", "shellingham"}
STORE = {"sqlalchemy", "typing_extensions", "zstandard"}

NOTHING = {"monitor", "__main__", "streams"}
COMMANDS = {*NOTHING, "cli", "errors", "text", "views"}
"""Of our packages, what it takes to know the commands."""
KEPT = {
    *COMMANDS,
    *("app", "clock", "files", "language", "model", "ports", "trace", "vault"),
    *("config", "settings", "registries", "channels", "changes", "http"),
    *("storage", "operate", "alerts"),
}
"""To read what is kept: of the steps (`operate`, `alerts`), what the configuration's blocks and notices are."""

STARTING = {"asyncio", "email", "http.client", "logging", "socket", "sqlite3", "ssl", "zoneinfo"}
ASKING = {"http.client", "multiprocessing", "unittest", "xml"}
"""What Python brings that takes long to load, and is of no use before the database is opened, or a server asked."""


@pytest.fixture(autouse=True)
def _database(sqlite_template: Path, tmp_path: Path) -> None:
    """It is there: the first command makes it, with more than it takes to read it."""
    (tmp_path / "snapshots").mkdir()
    shutil.copy(sqlite_template, tmp_path / "snapshots" / "monitor.sqlite3")


@pytest.mark.parametrize(
    ("typed", "ours", "others", "unused"),
    [
        ("--version", NOTHING, set(), {"re", "typing", "dataclasses", *STARTING}),
        ("--help", COMMANDS, {*TYPER, "rich", "orjson"}, STARTING),
        ("watch rename --help", {*COMMANDS, "model", "ports"}, {*TYPER, "rich", "orjson"}, STARTING),
        ("watch list", KEPT, {*TYPER, *STORE, "rich", "orjson", "msgspec"}, ASKING),
        ("watch list --json", KEPT, {*TYPER, *STORE, "orjson", "msgspec"}, ASKING),
        ("deliver", KEPT, {*TYPER, *STORE, "rich", "orjson", "msgspec"}, ASKING),
        ("status", {*KEPT, "render"}, {*TYPER, *STORE, "rich", "orjson", "msgspec"}, ASKING),
    ],
)
def test_a_command_loads_what_it_needs(typed: str, ours: set[str], others: set[str], unused: set[str], tmp_path: Path):
    loaded = modules_after(tmp_path, *typed.split())

    paths = [name.split(".") for name in loaded]
    assert {path[:2][-1] for path in paths if path[0] == "monitor"} == ours
    packages = {path[0] for path in paths if path[0].isidentifier() and "cython" not in path[0]}
    assert packages - set(sys.stdlib_module_names) - {"monitor"} <= others
    assert loaded & unused == set()


@pytest.mark.parametrize("typed", ["watch list", "status", "subscriptions list", "deliveries list", "deliver"])
def test_reading_what_is_kept_loads_no_step_of_a_pass(typed: str, tmp_path: Path):
    """Nor what compares records, which only whoever shows changes needs."""
    loaded = modules_after(tmp_path, *typed.split())

    assert [name for name in loaded if name.startswith(("monitor.watching", "monitor.changes.diff"))] == []
