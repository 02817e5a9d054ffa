"""One bad thing harms one thing: a damaged row, a record that no parser reads, a tool that fails."""

import logging
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from monitor.app import App, open_app
from monitor.clock import utc_now
from monitor.config import load
from monitor.mcp import server
from monitor.mcp.asking import Asking
from monitor.mcp.pace import Pace
from monitor.mcp.tool import Refused
from monitor.mcp.tools import BY_NAME
from monitor.mcp.untrusted import MARK
from monitor.model.access import Permission
from monitor.storage import tables
from tests.mcp.agents import over_http
from tests.mcp.conftest import HOSTILE
from tests.mcp.sites import Site
from tests.program import WITHDRAWN_LATER


@pytest.fixture
def app(database: str, tmp_path: Path) -> Iterator[App]:
    """On a copy of the database, to be damaged."""
    file = shutil.copy(database.removeprefix("sqlite:///"), tmp_path / "monitor.sqlite3")
    with open_app(load(None, {"MONITOR_STORE__URL": f"sqlite:///{file}"})) as app:
        yield app


def called(app: App, name: str, **arguments: Any) -> Any:
    """What a tool gives."""
    asking = Asking(program=app, permissions=frozenset(Permission), who="", now=utc_now(), pace=Pace())
    return BY_NAME[name].call(asking, arguments).content


def damage(app: App, table: Any, where: Any, **values: Any) -> None:
    with app.store.begin() as tx:
        assert tx.execute(update(table).where(where).values(values)).rowcount


def test_a_damaged_snapshot_is_said_and_the_one_before_it_stands_in(app: App) -> None:
    c = tables.snapshots.c
    damage(app, tables.snapshots, (c.trial_id == WITHDRAWN_LATER) & (c.number == 2), body=b"nothing")

    trial = called(app, "get_trial", trial_id=WITHDRAWN_LATER)
    record = called(app, "get_record", trial_id=WITHDRAWN_LATER, fields=["overall_status.code"])
    listed = called(app, "list_snapshots", trial_id=WITHDRAWN_LATER)

    assert "snapshot 1 is the latest that can be read" in trial["damaged"][0]
    assert (record["snapshot"], record[MARK]) == (1, {"overall_status.code": "NOT_YET_RECRUITING"})
    assert [each["snapshot"] for each in listed["snapshots"]] == [2, 1]
    assert listed["damaged"]
    with pytest.raises(Refused, match="snapshot 2"):
        called(app, "get_record", trial_id=WITHDRAWN_LATER, snapshot=2)
    assert called(app, "get_trial", trial_id=HOSTILE)["damaged"] == []


def test_a_damaged_event_stands_in_its_place_with_the_reason(app: App) -> None:
    damage(app, tables.events, tables.events.c.trial_id == WITHDRAWN_LATER, changes=b"nothing")

    updates = called(app, "list_changes", since="2020-01-01")["updates"]

    assert [(each["trial_id"], bool(each["error"])) for each in updates] == [(HOSTILE, False), (WITHDRAWN_LATER, True)]
    assert called(app, "get_trial", trial_id=WITHDRAWN_LATER)["damaged"]


def test_a_tool_that_fails_says_so_without_its_insides_and_the_log_has_them(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the password is swordfish")

    broken = replace(BY_NAME["get_trial"], run=fail)
    monkeypatch.setattr(server, "BY_NAME", {**BY_NAME, "get_trial": broken})
    with over_http(site.url, site.token(Permission.READ, "of a broken tool")) as agent, caplog.at_level(logging.ERROR):
        words = agent.refused("get_trial", trial_id=WITHDRAWN_LATER)
        assert agent.call("get_record", trial_id=WITHDRAWN_LATER)["trial_id"] == WITHDRAWN_LATER

    assert words == server.FAILED
    assert "swordfish" in caplog.text


def test_a_database_that_does_not_answer_is_no_crash(app: App) -> None:
    app.store.close()
    file = Path(str(app.store.database.name))
    file.rename(file.with_suffix(".away"))
    file.mkdir()
    try:
        with pytest.raises(Refused, match="Next: try again in a minute"):
            called(app, "get_trial", trial_id=WITHDRAWN_LATER)
    finally:
        file.rmdir()
