"""`monitor import` of the WHO portal's exports, and what other commands say of registries that files feed."""

import json
from pathlib import Path

import pytest

from monitor.sandbox.clinicaltrials_gov import Sandbox
from tests.cli.commands import REGISTRY, Monitor, command
from tests.program import WITHDRAWN_LATER
from tests.registries.ictrp.exports import as_csv, trial

WALK, SWIM = "ChiCTR2500000042", "CTRI/2025/01/000007"
FIRST = [{**row, "Export date": "2026-01-09", "Last Refreshed on": "2026-01-05"} for row in (trial(WALK), trial(SWIM))]
SECOND = [
    {
        **trial(WALK, Recruitment_Status="Not Recruiting"),
        "Export date": "2026-01-16",
        "Last Refreshed on": "2026-01-12",
    },
    {**trial(WITHDRAWN_LATER), "Export date": "2026-01-16", "Last Refreshed on": "2026-01-12"},
]
NEWER = [{**trial("CTRI/2025/01/000011"), "Export date": "2026-01-16", "Last Refreshed on": "2026-01-12"}]


@pytest.fixture
def monitor(tmp_path: Path, sandbox: Sandbox) -> Monitor:
    (tmp_path / "first.csv").write_bytes(as_csv(FIRST))
    (tmp_path / "second.csv").write_bytes(as_csv(SECOND))
    (tmp_path / "newer.csv").write_bytes(as_csv(NEWER))
    return command(tmp_path, **{f"{REGISTRY}BASE_URL": sandbox.base_url, f"{REGISTRY}REQUESTS_PER_SECOND": "1000"})


def test_a_file_feeds_what_is_watched_and_commands_say_how_old_it_is(monitor: Monitor) -> None:
    before = monitor("watch", "add", WALK)
    first = monitor("import", "first.csv")
    subscribed = monitor("subscribe", "webhook", "https://hooks.example.org/x", "--trial", WALK, "--json")
    second = monitor("import", "second.csv", "--alert", "--json")

    assert "no file of it was imported yet" in before.stdout
    assert "first.csv, of 2026-01-09: 2 trials of chictr.org.cn and ctri.nic.in: 2 new here." in first.stdout
    assert (first.returncode, subscribed.returncode, second.returncode) == (0, 0, 0)
    told = json.loads(second.stdout)
    assert (told["day"], told["results"], told["not_taken"]) == (
        "2026-01-16",
        {"changed": 1},
        {"clinicaltrials.gov": 1},
    )
    assert [change["kind"] for change in told["news"][0]["changes"]] == ["status.changed"]
    assert len(monitor("deliveries", "list", "--json").stdout.splitlines()) == 1
    listed = [json.loads(line) for line in monitor("watch", "list", "--json").stdout.splitlines()]
    assert [each["files"] for each in listed] == [
        {"chictr.org.cn": "2026-01-16"},
        {"chictr.org.cn": "2026-01-16", "ctri.nic.in": "2026-01-09"},
    ]
    assert "chictr.org.cn: its last file is of 2026-01-16, " in monitor("watch", "list").stdout
    assert "Not Recruiting" in monitor("show", WALK).stdout
    assert "Overall status went from Recruiting to Not" in monitor("history", WALK).stdout
    assert "Not Recruiting" in monitor("diff", WALK).stdout


def test_a_registry_that_files_feed_is_not_checked_and_says_so(monitor: Monitor) -> None:
    monitor("import", "first.csv")

    named, alone, every = monitor("check", SWIM), monitor("check", "--registry", "ctri.nic.in"), monitor("check")

    words = "ctri.nic.in cannot be asked: its trials come with exports of the WHO's portal, by `monitor import FILE`"
    assert (named.returncode, alone.returncode) == (2, 2)
    assert named.stderr.startswith(f"monitor: {SWIM}: {words}")
    assert alone.stderr.startswith(f"monitor: {words}; its last file is of")
    assert "what is watched comes from files alone" in every.stderr
    monitor("watch", "add", WITHDRAWN_LATER)
    assert monitor("check").returncode == 0


def test_of_a_trial_that_no_file_brought_yet_commands_say_what_brings_it(monitor: Monitor) -> None:
    subscribed = monitor("subscribe", "email", "you@clinic.example", "--trial", SWIM).stdout

    assert "CTRI is fed by files: monitor import FILE --alert tells what they change; no file of it" in " ".join(
        subscribed.split()
    )
    shown, history, on = (monitor(*each, SWIM) for each in (("show",), ("history",), ("show", "--on", "2026-01-01")))
    (row,) = map(json.loads, monitor("status", "--json").stdout.splitlines())
    doctor = monitor("doctor", "--json").stdout

    remedy = "ctri.nic.in cannot be asked: its trials come with exports of the WHO's portal, by `monitor import FILE`"
    told = f"monitor: there is no snapshot of {SWIM} yet; {remedy}\n"
    assert (shown.stderr, history.stderr, on.stderr) == (told, told, told)
    assert row["troubles"] == [f"no record yet: {remedy}"]
    assert f"1 watched trial of ctri.nic.in: in no imported file yet: {SWIM}" in doctor
    assert "never read" not in doctor


def test_a_newer_file_without_a_trial_does_not_make_the_doctor_ask_for_a_check(monitor: Monitor) -> None:
    monitor("import", "first.csv")
    monitor("import", "newer.csv")

    assert "not verified in" not in monitor("doctor", "--json").stdout


def test_without_alert_nobody_hears_of_a_file_and_why_says_so(monitor: Monitor) -> None:
    monitor("import", "first.csv")
    monitor("subscribe", "webhook", "https://hooks.example.org/x", "--trial", WALK)

    told = monitor("import", "second.csv")

    assert "1 change kept: nobody is alerted, as --alert was not given." in told.stdout
    assert "1 trial of clinicaltrials.gov: watched, but no record is taken from the file" in told.stderr
    assert monitor("deliveries", "list", "--json").stdout == ""
    why = monitor("why", WALK, "https://hooks.example.org/x").stdout
    assert "it came with a file that was imported without --alert" in " ".join(why.split())
