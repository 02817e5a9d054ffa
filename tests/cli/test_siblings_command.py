"""A trial in two registries, as a user follows it: real processes against sandboxes of both."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.sandbox.connection_settings import variables
from monitor.sandbox.isrctn.sandbox import Sandbox as Isrctn
from tests.cli.commands import Monitor, Ran, command
from tests.program import of_today

TRIAL, SIBLING = "NCT02116634", "ISRCTN12949496"


@pytest.fixture
def registries() -> Iterator[tuple[Sandbox, Isrctn]]:
    with of_today(trials=2) as first, Isrctn(trials=2) as second:
        yield first, second


@pytest.fixture
def monitor(tmp_path: Path, registries: tuple[Sandbox, Isrctn]) -> Monitor:
    return command(tmp_path, **variables(*registries))


def objects(ran: Ran) -> list[dict[str, Any]]:
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


def name(study: Any) -> None:
    """Have the record name its registration at ISRCTN."""
    study["protocolSection"]["identificationModule"]["secondaryIdInfos"] = [{"id": "isrctn 12949496", "type": "OTHER"}]


def test_a_trial_is_followed_into_another_registry(monitor: Monitor, registries: tuple[Sandbox, Isrctn]):
    registries[0].edit(TRIAL, name)
    monitor("watch", "add", TRIAL, "--siblings")

    *checked, summary = objects(monitor("check", "--json"))

    assert [(each["registry"], each["trial_id"], each["result"]) for each in checked] == [
        ("clinicaltrials.gov", TRIAL, "baseline"),
        ("isrctn.com", SIBLING, "baseline"),
    ]
    assert summary["summary"]["checked"] == 2
    listed = objects(monitor("watch", "list", "1", "--json"))
    assert {(each["registry"], each["trial_id"]) for each in listed} == {
        ("clinicaltrials.gov", TRIAL),
        ("isrctn.com", SIBLING),
    }
    [shown] = objects(monitor("show", SIBLING, "--json"))
    [found] = shown["siblings"]
    assert (found["trial_id"], found["watched"], found["named_here"], found["names_this"]) == (TRIAL, True, False, True)
    page = monitor("show", TRIAL).stdout
    assert "In other registries" in page
    assert SIBLING in page


def test_where_trials_of_two_registries_are_listed_each_has_its_registrys_name(
    monitor: Monitor, registries: tuple[Sandbox, Isrctn]
):
    added = monitor("watch", "add", TRIAL, SIBLING).stdout

    assert f"{TRIAL} (ClinicalTrials.gov): watch 1 holds 1 trial." in added
    assert f"{SIBLING} (ISRCTN): watch 2 holds 1 trial." in added
    lines = monitor("check").stdout.splitlines()

    first, second = (next(line for line in lines if line.startswith(each)) for each in (TRIAL, SIBLING))
    assert first.index("ClinicalTrials.gov") == second.index("ISRCTN ")
    assert first.index("baseline") == second.index("baseline")
    registries[1].next_state(SIBLING)
    monitor("check")
    for arguments in (("status",), ("changes", "--since", "2d"), ("watch", "list", "2")):
        assert re.search(r"(^|  )ISRCTN( |$)", monitor(*arguments).stdout, re.MULTILINE), arguments
