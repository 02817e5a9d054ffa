"""`monitor subscribe --digest …`, `monitor subscriptions edit` and `resume --catch-up`, as they are called."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from monitor.sandbox.clinicaltrials_gov import Sandbox
from tests.cli.commands import Monitor, Ran, asking, command
from tests.program import WITHDRAWN_LATER as TRIAL


@pytest.fixture
def monitor(tmp_path: Path, prepared: tuple[Path, Sandbox]) -> Monitor:
    """Run `monitor …` in a copy of a folder with a trial that was withdrawn."""
    folder, running = prepared
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    return command(tmp_path, COLUMNS="200", **asking(running))


def said(ran: Ran) -> str:
    assert (ran.returncode, ran.stderr) == (0, "")
    return " ".join(ran.stdout.split())


def subscription(monitor: Monitor) -> dict[str, Any]:
    return dict(json.loads(said(monitor("subscriptions", "show", "ops"))))


def test_a_rhythm_is_asked_for_shown_and_changed(monitor: Monitor) -> None:
    daily = ("--digest", "daily", "--at", "7:30", "--tz", "Europe/Paris", "--break-through")
    made = said(monitor("subscribe", "email", "ops@example.org", "--all", "--name", "ops", "--min-days", "30", *daily))
    assert "hears about every trial that is checked, daily at 07:30, Europe/Paris; critical changes at once." in made
    assert "daily at 07:30, Europe/Paris" in said(monitor("subscriptions", "list"))

    changed = ("--digest", "weekly", "--all-quiet", "--no-break-through", "--topic", "status", "--note", "rivals")
    said(monitor("subscriptions", "edit", "ops", *changed, "--clear", "min-days"))

    found = subscription(monitor)
    assert found["rhythm"] == {
        "digest": "weekly",
        "at": "07:30",
        "tz": "Europe/Paris",
        "quiet_hours": None,
        "break_through": False,
        "all_quiet": True,
    }
    assert (found["topics"], found["min_days"], found["note"]) == (["status"], None, "rivals")
    said(monitor("subscriptions", "edit", "ops", "--digest", "immediate", "--clear", "topics", "--clear", "note"))
    found = subscription(monitor)
    assert (found["rhythm"]["digest"], found["rhythm"]["all_quiet"]) == ("immediate", False)
    assert (found["topics"], found["note"]) == ([], None)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--digest", "dayly"), "--digest cannot be “dayly”"),
        (("--topic", "statuss"), "did you mean status?"),
        (("--all-quiet",), "--all-quiet is said by a digest"),
    ],
)
def test_a_wrong_change_is_refused_in_one_line_and_changes_nothing(
    monitor: Monitor, options: tuple[str, ...], words: str
) -> None:
    said(monitor("subscribe", "email", "ops@example.org", "--all", "--name", "ops"))
    before = subscription(monitor)

    ran = monitor("subscriptions", "edit", "ops", "--note", "changed", *options)

    assert (ran.returncode, len(ran.stderr.splitlines())) == (2, 1)
    assert words in ran.stderr
    assert subscription(monitor) == before


def test_the_address_names_the_one_subscription_that_goes_there(monitor: Monitor) -> None:
    monitor("subscribe", "email", "chidi@example.org", "--all")

    assert monitor("subscriptions", "edit", "chidi@EXAMPLE.org", "--note", "by address").returncode == 0

    monitor("subscribe", "email", "chidi@example.org", "--trial", "NCT02116634")
    several = monitor("subscriptions", "edit", "chidi@example.org", "--note", "which")
    assert several.returncode == 2
    assert several.stderr.startswith("monitor: 2 subscriptions go to that address: name one of them, such as ")
    nobody = monitor("subscriptions", "edit", "https://example.org/s3cret", "--note", "which")
    assert nobody.stderr.startswith("monitor: nobody is subscribed at that address")


def test_what_happened_of_late_comes_as_one_digest(monitor: Monitor) -> None:
    made = said(
        monitor("subscribe", "email", "ops@example.org", "--trial", TRIAL, "--name", "ops", "--catch-up", "52w")
    )
    assert "1 earlier event comes with the next delivery run, as one message." in made

    monitor("deliver")

    (row,) = [json.loads(line) for line in said(monitor("deliveries", "list", "--json")).splitlines()]
    assert row["digest"].startswith("digest/")
    assert (row["event"], row["notice"], row["trial"]) == (None, None, None)


def test_a_pause_says_how_much_was_missed(monitor: Monitor) -> None:
    said(monitor("subscribe", "email", "ops@example.org", "--trial", TRIAL, "--name", "ops"))
    said(monitor("subscriptions", "pause", "ops"))

    assert subscription(monitor)["paused_at"] is not None
    assert "is active." in said(monitor("subscriptions", "resume", "ops", "--catch-up"))
    assert subscription(monitor)["paused_at"] is None
    assert " is paused until " in said(monitor("subscriptions", "pause", "ops", "--until", "30d"))
    assert subscription(monitor)["paused_until"] is not None
    for until in ("2020-01-01", "soon", "500w"):
        refused = monitor("subscriptions", "pause", "ops", "--until", until)
        assert (refused.returncode, refused.stderr.count("--until")) == (2, 1), until


def test_who_ends_what_has_something_waiting_is_told_what_is_dropped(monitor: Monitor) -> None:
    people = ("ops@example.org", "ines@example.org")
    said(monitor("subscribe", "email", *people, "--trial", TRIAL, "--name", "ops", "--catch-up", "52w"))

    left = said(monitor("subscriptions", "leave", "ops", "ines@example.org"))
    removed = said(monitor("subscriptions", "remove", "ops"))

    for words in (left, removed):
        assert words.endswith("What was not sent yet, 1 message, is dropped.")
