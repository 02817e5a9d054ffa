"""`monitor deliveries list`: those of a trial, to somebody, since a time, or that stand so."""

import json
from pathlib import Path

import pytest

from monitor.sandbox.clinicaltrials_gov import Sandbox
from tests.cli.commands import Monitor, asking, command

TRIAL, OTHER = "NCT02116634", "NCT90000001"


@pytest.fixture
def monitor(tmp_path: Path, sandbox: Sandbox) -> Monitor:
    """Two people who are owed an alert of one trial each, and of both."""
    run = command(tmp_path, **asking(sandbox))
    run("subscribe", "email", "ops@example.org", "--trial", TRIAL, "--name", "rival")
    run("subscribe", "email", "amara@example.org", "--trial", TRIAL, "--trial", OTHER)
    sandbox.next_state(TRIAL)
    sandbox.edit(OTHER, lambda study: study["protocolSection"]["statusModule"].update(overallStatus="SUSPENDED"))
    run("check")
    return run


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), [("amara@example.org", OTHER), ("amara@example.org", TRIAL), ("rival", TRIAL)]),
        (("--trial", TRIAL), [("amara@example.org", TRIAL), ("rival", TRIAL)]),
        (("--to", "rival"), [("rival", TRIAL)]),
        (("--to", "amara@example.org", "--trial", OTHER), [("amara@example.org", OTHER)]),
        (("--state", "delivered"), []),
        (("--state", "owed", "--since", "yesterday", "--to", "rival"), [("rival", TRIAL)]),
    ],
)
def test_deliveries_are_listed_by_what_is_asked_for(monitor: Monitor, options: tuple[str, ...], expected: list):
    ran = monitor("deliveries", "list", *options, "--json")

    assert ran.stderr == ""
    listed = [json.loads(line) for line in ran.stdout.splitlines()]
    assert sorted((each["name"] or each["to"], each["trial"]) for each in listed) == sorted(expected)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--to", "nobody@example.org"), "nobody@example.org"),
        (("--since", "christmas"), "cannot be read as a time"),
        (("--trial", "NCT1"), "NCT1"),
    ],
)
def test_what_cannot_be_listed_is_said_in_one_line(monitor: Monitor, options: tuple[str, ...], words: str):
    ran = monitor("deliveries", "list", *options)

    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (2, "", 1)
    assert words in ran.stderr


def test_the_table_of_deliveries_says_what_its_columns_hold(monitor: Monitor):
    ran = monitor("deliveries", "list", "--trial", OTHER)

    assert ran.stdout.splitlines()[0].split() == [
        "Delivery",
        "Trial",
        "To",
        "Standing",
        "Tries",
        "Owed",
        "since",
        "Last",
        "outcome",
    ]
