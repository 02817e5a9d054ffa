"""`monitor subscriptions backtest` and `monitor subscribe --dry-run` as people and scripts call them."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from monitor.sandbox.clinicaltrials_gov import Sandbox
from tests.cli.commands import Monitor, Ran, asking, command
from tests.program import WITHDRAWN_LATER as TRIAL
from tests.studies import titled, together, verified_a_year_later

SPONSOR = "Alzahra Hospital"
UNKNOWN = "NCT09999999"


@pytest.fixture
def sandbox(prepared: tuple[Path, Sandbox]) -> Sandbox:
    prepared[1].requests.clear()
    return prepared[1]


@pytest.fixture
def monitor(tmp_path: Path, prepared: tuple[Path, Sandbox]) -> Monitor:
    """Run `monitor …` in a copy of that folder."""
    folder, running = prepared
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    return command(tmp_path, COLUMNS="120", **asking(running))


def words(ran: Ran) -> str:
    """What a person reads, wherever its lines break."""
    assert (ran.returncode, ran.stderr) == (0, "")
    return " ".join(ran.stdout.split())


def only_object(ran: Ran) -> dict[str, Any]:
    assert (ran.returncode, ran.stderr) == (0, "")
    [line] = ran.stdout.splitlines()
    return dict(json.loads(line))


def only_line(ran: Ran) -> str:
    assert (ran.returncode, ran.stdout) == (2, "")
    [line] = ran.stderr.splitlines()
    return line


def subscribe(monitor: Monitor, *options: str, name: str = "ops") -> None:
    assert monitor("subscribe", "email", "ops@example.org", "--name", name, *options).returncode == 0


def test_people_read_what_would_have_been_sent_how_often_and_what_is_left_out(monitor: Monitor) -> None:
    subscribe(monitor, "--all")

    shown = words(monitor("subscriptions", "backtest", "ops"))

    assert f"{TRIAL} critical Overall status went from Not yet recruiting to Withdrawn" in shown
    assert "(and 2 more changes)" in shown
    assert "1 mail in less than a day, each sent at once. History since " in shown
    assert ": too short to say how many come in a month." in shown
    assert "Mails a month, " in shown
    assert "About every trial that is checked: 13 trials with 5 changes from " in shown
    assert "Changes that are not told: " in shown
    assert "below minor." in shown
    assert "Looser, --min-significance administrative: 1 mail, the same." in shown
    assert "Stricter, --min-significance major: 1 mail, the same." in shown


def test_a_script_reads_one_object(monitor: Monitor) -> None:
    subscribe(monitor, "--trial", TRIAL, "--topic", "sites")

    found = only_object(monitor("subscriptions", "backtest", "ops", "--since", "12m", "--json"))

    assert found["subscription"]["name"] == "ops"
    assert (found["count"], found["messages"], found["trials"]) == (0, [], 1)
    assert {each["reason"] for each in found["not_told"]} == {"topics_and_kinds"}
    assert len(found["by_month"]) == 13


def test_no_more_rows_are_shown_than_asked_for(monitor: Monitor, sandbox: Sandbox) -> None:
    for trial_id in sandbox.trial_ids()[:3]:
        sandbox.edit(trial_id, together(titled(f"Of {trial_id}"), verified_a_year_later))
    assert monitor("check").returncode == 0
    subscribe(monitor, "--all", "--min-significance", "administrative")

    shown = monitor("subscriptions", "backtest", "ops", "--limit", "2").stdout

    assert len(re.findall(r"^20[0-9-]{8}  ", shown, re.MULTILINE)) == 2
    assert "… and 2 earlier mails: --limit shows more rows, and --json all" in shown


def test_what_would_be_subscribed_is_shown_and_nothing_is_made_or_asked(monitor: Monitor, sandbox: Sandbox) -> None:
    before = monitor("watch", "list").stdout
    ran = monitor("subscribe", "webhook", "https://example.org/hook", "--sponsor", SPONSOR, "--dry-run")
    shown = words(ran)

    assert f"{TRIAL} critical Overall status went from" in shown
    assert "1 message in less than a day" in shown
    assert f"No watch looks for trials that {SPONSOR} leads yet: others than those kept here are not known." in shown
    assert "Nothing was made or sent: without --dry-run, https://example.org/" in shown
    assert monitor("subscriptions", "list", "--json").stdout == ""
    assert monitor("watch", "list").stdout == before
    assert sandbox.requests == []


def test_trials_of_which_nothing_is_kept_are_named(monitor: Monitor, sandbox: Sandbox) -> None:
    asked = ("subscribe", "email", "ops@example.org", "--trial", UNKNOWN, "--trial", TRIAL, "--dry-run")

    assert f"Nothing is kept yet of {UNKNOWN}: " in words(monitor(*asked))
    found = only_object(monitor(*asked, "--json"))
    assert (found["unread"], found["count"], found["is_made"]) == ([UNKNOWN], 1, False)
    assert "nothing to test against" in words(monitor("subscribe", "email", "a@b.org", "--trial", UNKNOWN, "--dry-run"))
    assert sandbox.requests == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("subscribe", "email", "a@b.org", "--all", "--since", "12m"), "--since says which past to look at"),
        (("subscribe", "email", "a@b.org", "--all", "--dry-run", "--since", "soon"), "--since “soon” cannot be read"),
        (("subscribe", "email", "nobody", "--all", "--dry-run"), "nobody"),
        (("subscribe", "email", "a@b.org", "--condition", "ALS", "--dry-run"), "a dry run asks it nothing"),
        (("subscribe", "email", "a@b.org", "--watch", "77", "--dry-run"), "77"),
        (("subscriptions", "backtest", "0000"), "there is no subscription 0000"),
    ],
)
def test_what_cannot_be_tried_is_told_in_a_line(monitor: Monitor, typed: tuple[str, ...], said: str) -> None:
    assert said in only_line(monitor(*typed))


def test_bars_are_drawn_with_what_the_encoding_has(monitor: Monitor) -> None:
    subscribe(monitor, "--all")

    shown = monitor("subscriptions", "backtest", "ops", PYTHONIOENCODING="ascii").stdout

    assert "______#" in shown
    assert "?" not in shown
