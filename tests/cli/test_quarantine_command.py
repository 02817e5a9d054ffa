"""`monitor quarantine` as people and scripts call it: a real process, its output and its exit status."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.clock import utc_now
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.storage import quarantine
from monitor.storage.store import Store
from tests.cli.commands import Monitor, asking, command
from tests.studies import DELETED, edited

TRIAL = "NCT02116634"
UNKNOWN = "monitor: nothing is quarantined as 77, or no more: `monitor quarantine` lists what is"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(clock=utc_now) as running:
        yield running


@pytest.fixture
def monitor(tmp_path: Path, sandbox: Sandbox) -> Monitor:
    """Run `monitor …` in a folder of its own, with a trial whose record has lost its outcomes since its baseline."""

    run = command(tmp_path, COLUMNS="140", **asking(sandbox))
    assert run("check", TRIAL).returncode == 0
    sandbox.edit(TRIAL, edited(outcomesModule=DELETED, statusModule__statusVerifiedDate="2016-09"))
    assert run("check", TRIAL).returncode == 3
    return run


def page(folder: Path) -> int:
    """Keep a page that is no record, and give its number."""
    store = Store.open(f"sqlite:///{folder}/snapshots/monitor.sqlite3")
    with store.begin() as tx:
        number = quarantine.add(tx, "clinicaltrials.gov", TRIAL, reason="a page", raw=b"<html>", at=utc_now())
    store.close()
    return number


def test_an_answer_is_listed_shown_and_accepted(monitor: Monitor) -> None:
    [kept] = map(json.loads, monitor("quarantine", "--json").stdout.splitlines())
    assert (kept["trial_id"], kept["doubt"], kept["times"]) == (TRIAL, "emptied", 1)
    number = str(kept["id"])
    assert "accept N takes it for true" in monitor("quarantine").stdout
    raw = json.loads(monitor("quarantine", number).stdout)
    assert raw == json.loads(monitor("quarantine", "show", number).stdout)
    assert raw["protocolSection"]["identificationModule"]["nctId"] == TRIAL

    accepted = monitor("quarantine", "accept", number)

    assert (accepted.returncode, accepted.stderr) == (0, "")
    assert "snapshot 2" in accepted.stdout
    assert monitor("check", TRIAL).returncode == 0
    assert monitor("quarantine", "--json").stdout == ""
    [kept] = map(json.loads, monitor("quarantine", "--all", "--json").stdout.splitlines())
    assert kept["accepted_at"]


def test_for_scripts_what_was_accepted_is_told_as_a_check_tells_it(monitor: Monitor) -> None:
    told = json.loads(monitor("quarantine", "accept", "1", "--json").stdout)

    assert (told["trial_id"], told["result"], told["snapshot"]) == (TRIAL, "changed", 2)


def test_what_cannot_be_accepted_is_named_and_the_rest_is_accepted(monitor: Monitor, tmp_path: Path) -> None:
    number = page(tmp_path)

    ran = monitor("quarantine", "accept", "1", str(number), "77")

    assert ran.returncode == 2
    assert "snapshot 2" in ran.stdout
    assert sorted(ran.stderr.splitlines()) == [
        f"monitor: {number} cannot be accepted, because it is not a record of {TRIAL}: it is an HTML page",
        UNKNOWN,
    ]
    assert "was accepted at" in monitor("quarantine", "accept", "1").stderr


def test_an_unknown_number_is_said_in_one_line(monitor: Monitor) -> None:
    ran = monitor("quarantine", "77")

    assert (ran.returncode, ran.stderr.splitlines()) == (2, [UNKNOWN])


def test_data_of_a_time_to_come_are_told_with_the_way_out(tmp_path: Path) -> None:
    ahead = utc_now() + timedelta(days=3)
    with Sandbox(clock=lambda: ahead) as running:
        ran = command(tmp_path, **asking(running))("check", TRIAL)

    assert ran.returncode == 0
    [line] = ran.stderr.splitlines()
    assert "one of the two clocks is wrong" in line
    assert "timedatectl" in line


def test_data_of_the_far_future_are_refused_in_one_line(tmp_path: Path) -> None:
    with Sandbox(clock=lambda: datetime(2999, 1, 1, 12, tzinfo=UTC)) as running:
        ran = command(tmp_path, **asking(running))("check", TRIAL)

    assert ran.returncode == 3
    assert "says that its data are of 2999-01-01" in ran.stderr
