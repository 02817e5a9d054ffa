"""Groups of watches as people make them, subscribe to them, and see them."""

import json
from pathlib import Path

import pytest

from monitor.sandbox.clinicaltrials_gov import Sandbox
from tests.cli.commands import Monitor, Ran, asking, command

TRIAL, OTHER = "NCT02116634", "NCT90000001"
RIVALS = "oncology competitors"


@pytest.fixture
def monitor(tmp_path: Path, sandbox: Sandbox) -> Monitor:
    """Run `monitor …` in a folder of its own, where one watch is in a group, and another in none."""
    run = command(tmp_path, COLUMNS="160", **asking(sandbox))
    assert run("watch", "add", TRIAL, "--group", RIVALS).stdout.splitlines()[1] == f"It is in group “{RIVALS}”."
    assert run("watch", "add", OTHER, "--name", "other").returncode == 0
    return run


def objects(ran: Ran) -> list[dict]:
    assert ran.stderr == ""
    return [json.loads(line) for line in ran.stdout.splitlines()]


def refusal(ran: Ran) -> str:
    assert (ran.returncode, ran.stdout) == (2, "")
    [line] = ran.stderr.splitlines()
    return line


def test_a_group_is_filled_listed_and_emptied(monitor: Monitor):
    both = monitor("watch", "group", RIVALS, "other")

    assert both.stdout == f"Group “{RIVALS}” holds 2 watches: watch 1 and watch 2 (“other”).\n"
    assert objects(monitor("watch", "group", RIVALS, "--json")) == [{"group": RIVALS, "watches": [1, 2]}]
    assert [each["groups"] for each in objects(monitor("watch", "list", "--json"))] == [[RIVALS], [RIVALS]]
    assert RIVALS in monitor("watch", "list").stdout

    assert monitor("watch", "ungroup", RIVALS, "1", "other").stdout == (
        f"watch 1 and watch 2 (“other”) are no longer in group “{RIVALS}”.\n"
    )
    assert refusal(monitor("watch", "group", RIVALS)) == (
        f"monitor: there is no group of watches “{RIVALS}”: `monitor watch group '{RIVALS}' WATCH` makes it, "
        "or groups = […] in a [[watch]]"
    )
    assert "Groups" not in monitor("watch", "list").stdout


def test_what_makes_no_group_is_refused_in_one_line(monitor: Monitor):
    assert "there is no watch 9" in refusal(monitor("watch", "group", RIVALS, "2", "9"))
    assert objects(monitor("watch", "group", RIVALS, "--json")) == [{"group": RIVALS, "watches": [1]}]
    assert "a group's name has up to 200 characters" in refusal(monitor("watch", "group", "\n", "1"))
    assert refusal(monitor("watch", "ungroup", "nope", "2")) == (
        "monitor: there is no group of watches “nope”: `monitor watch list` shows those there are"
    )
    assert "watch 2 is not in group" in refusal(monitor("watch", "ungroup", RIVALS, "2"))
    assert "subscribe with --all" in refusal(monitor("watch", "add", "--all-trials", "--group", RIVALS))
    assert "there is no group of watches “rivals”" in refusal(
        monitor("subscribe", "email", "a@x.org", "--group", "rivals")
    )


def test_who_subscribes_to_a_group_hears_of_all_that_its_watches_hold(monitor: Monitor):
    made = monitor("subscribe", "email", "ops@example.org", "--group", RIVALS, "--name", "ops")
    monitor("watch", "group", RIVALS, "other")

    assert made.stdout.startswith(f"From now on, ops@example.org hears about the trials of group “{RIVALS}”.")
    assert f"the trials of group “{RIVALS}”" in monitor("subscriptions", "list").stdout
    [listed] = objects(monitor("subscriptions", "list", "--json"))
    assert (listed["group"], listed["watch"], listed["silent"]) == (RIVALS, None, None)
    [tried] = objects(monitor("subscriptions", "backtest", "ops", "--json"))
    assert tried["unread"] == [TRIAL, OTHER]


def test_who_is_about_an_empty_group_is_said_to_hear_of_nothing(monitor: Monitor):
    monitor("subscribe", "email", "ops@example.org", "--group", RIVALS)
    monitor("watch", "remove", "1")

    assert f"group “{RIVALS}” holds no trial" in " ".join(monitor("subscriptions", "list").stdout.split())
    monitor("watch", "group", RIVALS, "other")
    assert "holds no trial" not in monitor("subscriptions", "list").stdout


def test_the_configuration_groups_its_watches(monitor: Monitor, tmp_path: Path):
    def configure(groups: str) -> None:
        watch = f'[[watch]]\nname = "cells"\ntrials = ["{TRIAL}"]\n{groups}\n'
        subscription = f'[[subscription]]\nname = "ops"\nemail = "ops@example.org"\ngroup = "{RIVALS}"\n'
        (tmp_path / "config.toml").write_text(watch + subscription)

    configure(f'groups = ["{RIVALS}", "cells"]')
    assert monitor("check", "--json").returncode == 0
    assert [each["groups"] for each in objects(monitor("watch", "list", "--json"))] == [[RIVALS], [], ["cells", RIVALS]]
    assert [each["group"] for each in objects(monitor("subscriptions", "list", "--json"))] == [RIVALS]
    assert "the configuration puts watch 3 into" in refusal(monitor("watch", "ungroup", "cells", "cells"))

    configure("")
    assert [each["groups"] for each in objects(monitor("watch", "list", "--json"))] == [[RIVALS], [], []]

    config = tmp_path / "config.toml"
    config.write_text(config.read_text().replace(f'group = "{RIVALS}"', 'group = "nope"'))
    assert monitor("check").stderr == (
        f"monitor: config.toml: subscription “ops”: group: there is no group of watches “nope”; known: {RIVALS}\n"
    )
