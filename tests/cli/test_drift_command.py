"""`monitor drift` as people and scripts call it: a real process, its output and its exit status."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from monitor.cli.render.drift import drift_table
from monitor.ports import Oddity
from monitor.storage import drift
from monitor.storage.drift import Drift
from monitor.storage.store import Store
from tests.cli.commands import Monitor, command

REGISTRY = "clinicaltrials.gov"
SEEN_AT = datetime(2026, 11, 22, 17, 30, 5, tzinfo=UTC)
FIELD = Oddity("protocolSection.designModule.newField")
CODE = Oddity("protocolSection.statusModule.overallStatus", "PAUSED")


@pytest.fixture
def monitor(tmp_path: Path) -> Monitor:
    """Run `monitor …` in a folder of its own."""
    return command(tmp_path, COLUMNS="140")


@pytest.fixture
def drifted(tmp_path: Path) -> None:
    """A database in which a field and a code were seen."""
    (tmp_path / "snapshots").mkdir()
    store = Store.open(f"sqlite:///{tmp_path}/snapshots/monitor.sqlite3")
    with store.begin() as tx:
        drift.add(tx, REGISTRY, [(FIELD, "NCT05550001"), (CODE, "NCT05550002")], at=SEEN_AT)
    store.close()


def test_where_all_is_known_a_sentence_says_so(monitor: Monitor):
    assert monitor("drift").stdout == "No registry served a field or a value that is not known here.\n"
    assert monitor("drift", "--json").stdout == ""


@pytest.mark.usefixtures("drifted")
def test_what_is_unknown_is_listed_with_a_trial_to_look_at(monitor: Monitor):
    field, code = [line.split("  ") for line in monitor("drift").stdout.splitlines()[1:3]]

    assert [cell.strip() for cell in field if cell] == [
        *(FIELD.path, "the field is unknown", "NCT05550001", "2026-11-22 17:30 UTC")
    ]
    assert [cell.strip() for cell in code if cell] == [*(CODE.path, "PAUSED", "NCT05550002", "2026-11-22 17:30 UTC")]


@pytest.mark.usefixtures("drifted")
def test_scripts_get_an_object_a_line(monitor: Monitor):
    field, code = map(json.loads, monitor("drift", "--json").stdout.splitlines())

    assert code == {
        "registry": REGISTRY,
        "path": CODE.path,
        "value": "PAUSED",
        "trial_id": "NCT05550002",
        "first_seen_at": "2026-11-22T17:30:05Z",
    }
    assert field == {**code, "path": FIELD.path, "value": None, "trial_id": "NCT05550001"}


@pytest.mark.parametrize("width", [40, 80, 140])
def test_hostile_words_reach_the_terminal_as_text(width: int):
    nasty = "[red]a[/red]\x1b[2J\u202eb\n[/nothing]"
    out = io.StringIO()

    Console(file=out, width=width, highlight=False).print(drift_table([Drift(REGISTRY, nasty, nasty, nasty, SEEN_AT)]))

    assert out.getvalue().replace("\n", "").isprintable()
    assert "[red]a[" in out.getvalue()
