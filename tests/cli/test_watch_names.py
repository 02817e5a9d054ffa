"""Watches by name: listed with their trials, renamed, subscribed to and removed as people call them."""

import json
from pathlib import Path

import pytest

from monitor.sandbox.clinicaltrials_gov import Sandbox
from tests.cli.commands import Monitor, Ran, asking, command

TRIAL, OTHER = "NCT02116634", "NCT90000001"


@pytest.fixture
def monitor(tmp_path: Path, sandbox: Sandbox) -> Monitor:
    """Run `monitor …` in a folder of its own, where two trials are watched under a name, and one was checked."""
    run = command(tmp_path, **asking(sandbox))
    assert run("watch", "add", TRIAL, OTHER, "--name", "stem cells").returncode == 0
    assert run("check", TRIAL).returncode == 0
    return run


def objects(ran: Ran) -> list[dict]:
    assert ran.stderr == ""
    return [json.loads(line) for line in ran.stdout.splitlines()]


@pytest.mark.parametrize("which", ["1", "stem cells"])
def test_a_watch_is_listed_with_its_trials_and_how_they_stand(monitor: Monitor, which: str):
    checked, unchecked = objects(monitor("watch", "list", which, "--json"))
    shown = monitor("watch", "list", which).stdout

    assert (checked["trial_id"], checked["state"], checked["snapshot"]) == (TRIAL, "listed", 1)
    assert checked["title"].startswith("Mesenchymal")
    assert (unchecked["trial_id"], unchecked["state"], unchecked["title"]) == (OTHER, None, None)
    assert TRIAL in shown
    assert "not checked yet" in shown


def test_a_watch_is_renamed(monitor: Monitor):
    ran = monitor("watch", "rename", "stem cells", "ALS")

    assert ran.stdout == "Watch 1 is called “ALS” now.\n"
    assert [each["name"] for each in objects(monitor("watch", "list", "--json"))] == ["ALS"]


def test_a_name_that_is_taken_or_reads_as_a_number_is_refused(monitor: Monitor):
    monitor("watch", "add", TRIAL, "--name", "other")

    taken = monitor("watch", "rename", "2", "stem cells")
    number = monitor("watch", "rename", "2", "12")
    added = monitor("watch", "add", TRIAL, "--name", "12")

    assert (taken.returncode, number.returncode, added.returncode) == (2, 2, 2)
    assert taken.stderr == "monitor: watch 1 is called “stem cells” already: choose another name\n"
    assert number.stderr == added.stderr
    assert "would be taken for a watch's number" in number.stderr


def test_what_the_configuration_calls_a_watch_is_changed_there(monitor: Monitor, tmp_path: Path):
    (tmp_path / "config.toml").write_text(f'[[watch]]\nname = "mine"\ntrials = ["{TRIAL}"]\n', encoding="utf-8")
    monitor("watch", "list")

    ran = monitor("watch", "rename", "mine", "yours")

    assert (ran.returncode, ran.stderr) == (2, "monitor: watch 2 is made by the configuration: name it there\n")


def test_people_subscribe_to_a_watch_by_its_name_and_remove_it_so(monitor: Monitor):
    [made] = objects(monitor("subscribe", "email", "ops@example.org", "--watch", "stem cells", "--json"))

    assert made["watch"] == 1
    removed = " ".join(monitor("watch", "remove", "stem cells").stdout.split())
    assert removed == f"Watch 1 was removed; it held 2 trials. Subscriptions that ended with it: {made['id'][:8]}."


def test_a_watch_that_is_not_there_is_named(monitor: Monitor):
    for arguments in (("watch", "list", "gone"), ("watch", "rename", "gone", "x"), ("watch", "remove", "gone")):
        ran = monitor(*arguments)
        assert ran.returncode == 2
        assert ran.stderr == "monitor: there is no watch “gone”: `monitor watch list` shows those there are\n"
