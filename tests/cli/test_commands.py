"""The commands as people and scripts call them: real processes, their output and their exit status."""

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import suppress
from itertools import takewhile
from pathlib import Path
from urllib.request import urlopen

import pytest
import requests

from monitor.sandbox.clinicaltrials_gov import Sandbox
from tests.cli.commands import REGISTRY, Monitor, Ran, asking, command
from tests.program import of_today
from tests.service.processes import eventually
from tests.studies import edited, named, together, verified_in

WITHDRAWN_LATER = "NCT02116634"


@pytest.fixture
def monitor(tmp_path: Path, sandbox: Sandbox) -> Monitor:
    """Run `monitor …` in a folder of its own, against a registry on loopback."""
    return command(tmp_path, **asking(sandbox))


def only_line(ran: Ran) -> str:
    """What a person reads when it went wrong: one line, no trace of where in the program."""
    [line] = ran.stderr.splitlines()
    assert "Traceback" not in ran.stderr
    return line


# The main job


def test_check_json_gives_a_line_a_trial_and_the_proof_that_all_was_looked_at(monitor: Monitor, sandbox: Sandbox):
    monitor("check", WITHDRAWN_LATER)
    sandbox.next_state(WITHDRAWN_LATER)

    checked, summary = map(json.loads, monitor("check", WITHDRAWN_LATER, "--json").stdout.splitlines())

    assert list(checked) == [
        *("registry", "trial_id", "result", "snapshot", "checked_at", "registry_version", "changes", "error")
    ]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", checked["checked_at"])
    status = checked["changes"][0]
    assert status.pop("summary")
    assert status == {
        "field": "overall_status",
        "path": "protocolSection.statusModule.overallStatus",
        "kind": "status.stopped",
        "topic": "status",
        "significance": "critical",
        "before": "NOT_YET_RECRUITING",
        "after": "WITHDRAWN",
        "measure": None,
        "timing": "before_start",
    }
    assert summary["summary"].items() >= {"checked": 1, "unchanged": 0, "changed": 1, "failed": 0}.items()
    assert summary["summary"].keys() >= {"requests", "bytes", "seconds"}


def test_check_in_an_empty_folder_makes_the_database_and_answers(monitor: Monitor, tmp_path: Path):
    ran = monitor("check", "nct02116634")

    assert ran.returncode == 0
    assert "baseline" in ran.stdout
    assert (tmp_path / "snapshots" / "monitor.sqlite3").exists()


@pytest.mark.parametrize(
    "text", [" nct02116634 ", "https://clinicaltrials.gov/study/NCT02116634?cond=ALS&rank=1", "NCT 02116634"]
)
def test_a_trial_may_be_named_the_way_people_paste_it(monitor: Monitor, text: str):
    assert json.loads(monitor("check", text, "--json").stdout.splitlines()[0])["trial_id"] == WITHDRAWN_LATER


def test_exit_code_tells_scripts_that_something_changed(monitor: Monitor, sandbox: Sandbox):
    assert monitor("check", WITHDRAWN_LATER, "--exit-code").returncode == 0
    sandbox.next_state(WITHDRAWN_LATER)
    assert monitor("check", WITHDRAWN_LATER, "--exit-code").returncode == 1
    assert monitor("check", WITHDRAWN_LATER, "--exit-code").returncode == 0


def test_checking_adds_no_watch(monitor: Monitor):
    monitor("check", WITHDRAWN_LATER)

    assert monitor("watch", "list", "--json").stdout == ""


def test_watched_trials_are_checked_without_naming_them(monitor: Monitor, sandbox: Sandbox):
    monitor("watch", "add", *sandbox.trial_ids())

    lines = monitor("check", "--json").stdout.splitlines()

    assert [json.loads(line)["trial_id"] for line in lines[:-1]] == sandbox.trial_ids()


def test_a_watch_in_the_configuration_begins_and_ends_with_it(monitor: Monitor, tmp_path: Path):
    config = tmp_path / "config.toml"
    config.write_text(f'[[watch]]\ntrials = ["{WITHDRAWN_LATER}"]\n')
    assert monitor("check", "--json").returncode == 0
    config.write_text("")

    assert "nothing is watched" in only_line(monitor("check"))


def test_a_watch_is_removed_whole_or_trial_by_trial(monitor: Monitor, sandbox: Sandbox):
    first, second, third = sandbox.trial_ids()[:3]
    monitor("watch", "add", first, second)
    monitor("watch", "add", third)

    assert monitor("watch", "remove", "2").returncode == 0
    assert monitor("watch", "remove", first).returncode == 0

    assert [json.loads(line)["trials"] for line in monitor("watch", "list", "--json").stdout.splitlines()] == [1]
    assert "is not in any watch" in only_line(monitor("watch", "remove", first))


def test_what_the_configuration_watches_is_removed_there(monitor: Monitor, tmp_path: Path):
    (tmp_path / "config.toml").write_text(f'[[watch]]\ntrials = ["{WITHDRAWN_LATER}"]\n')
    monitor("watch", "list")

    assert "take it out there" in only_line(monitor("watch", "remove", "1"))
    assert "take it out there" in only_line(monitor("watch", "remove", WITHDRAWN_LATER))


def test_show_history_and_diff_tell_what_was_kept(monitor: Monitor, sandbox: Sandbox):
    monitor("check", WITHDRAWN_LATER)
    sandbox.next_state(WITHDRAWN_LATER)
    monitor("check", WITHDRAWN_LATER)

    shown = monitor("show", WITHDRAWN_LATER, "--snapshot", "1")
    assert "Not yet recruiting" in shown.stdout
    assert "Withdrawn" in monitor("show", WITHDRAWN_LATER).stdout
    assert "to Withdrawn: “Because economic" in " ".join(monitor("history", WITHDRAWN_LATER).stdout.split())
    assert "Withdrawn" in monitor("diff", WITHDRAWN_LATER).stdout
    record = json.loads(monitor("show", WITHDRAWN_LATER, "--json").stdout)["record"]
    assert record["enrollment"] == {"count": 0, "type": "ACTUAL"}
    first, second = map(json.loads, monitor("history", WITHDRAWN_LATER, "--json").stdout.splitlines())
    assert (first["changes"], second["snapshot"]) == ([], 2)
    assert json.loads(monitor("diff", WITHDRAWN_LATER, "1", "2", "--json").stdout)["changes"] == second["changes"]
    assert "exchange the two" in monitor("diff", WITHDRAWN_LATER, "2", "1").stderr
    for typed in (("show", WITHDRAWN_LATER, "--on"), ("diff", WITHDRAWN_LATER)):
        assert "still to come" in monitor(*typed, "2999-01-01").stderr


def test_nothing_on_standard_output_but_what_was_asked_for(monitor: Monitor):
    ran = monitor("check", WITHDRAWN_LATER, "NCT99999999", "--json")

    assert all(json.loads(line) for line in ran.stdout.splitlines())


def test_no_colour_and_no_idle_space_where_no_person_looks(monitor: Monitor):
    monitor("check", WITHDRAWN_LATER)

    shown = monitor("show", WITHDRAWN_LATER).stdout
    assert "\x1b" not in shown
    assert " \n" not in shown


def test_the_demo_finds_and_explains_the_withdrawal(monitor: Monitor, tmp_path: Path):
    ran = monitor("demo")

    assert ran.returncode == 0, ran.stderr
    assert "Not yet recruiting → Withdrawn" in ran.stdout
    assert "25 of 25 verified" in ran.stdout
    assert list(tmp_path.iterdir()) == []


def test_the_demo_goes_on_to_show_its_pages_until_it_is_interrupted(tmp_path: Path):
    """Whoever signs in with the password that it shows finds one of each thing that operators look after."""
    words = [sys.executable, "-m", "monitor", "demo", "--pages"]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MONITOR_")}
    with subprocess.Popen(words, cwd=tmp_path, env=clean, stdout=subprocess.PIPE, encoding="utf-8") as demo:
        assert demo.stdout
        said = "".join(takewhile(lambda line: "Ctrl-C" not in line, demo.stdout))
        links = {what: re.search(rf"    {what} +(http://127\.0\.0\.1:\S+)", said)[1] for what in WHAT_THE_DEMO_HAS}
        page = eventually(lambda: read(links["The trial"]))
        with requests.Session() as operator:
            form = re.search(r'name="form" value="(\w+)"', operator.get(links["Sign in"], timeout=10).text)[1]
            password = re.search(r"as operator, with the password (\S+):", said)[1]
            signed = {"form": form, "name": "operator", "password": password}
            assert operator.post(links["Sign in"], signed, timeout=10).status_code == 200
            there = {what: operator.get(links[what], timeout=10).text for what in WHAT_THE_DEMO_HAS}
            nobodys = requests.get(links["A mail that came back"], timeout=10, allow_redirects=False)
        demo.send_signal(signal.SIGINT)
        demo.stdout.read()
        assert demo.wait(30) == 0

    assert "Because economic problems" in page
    assert {what for what, shown in WHAT_THE_DEMO_HAS.items() if shown not in there[what]} == set()
    assert nobodys.status_code in (303, 403), "it is shown to nobody else"
    assert list(tmp_path.iterdir()) == []


WHAT_THE_DEMO_HAS = {
    "What changed": "Because economic problems",
    "The trial": "Because economic problems",
    "Sign in": "You are signed in as operator",
    "20 changes alike, held back": "Acronym",
    "A record that cannot be true": "NCT90000004",
    "A receiver that is down": "503 Service Unavailable",
    "A mail that was refused": "550 5.7.1 Mail from you is not wanted here",
    "A mail that came back": "no such mailbox",
    "A code that is new": "CHARITY",
}


def read(address: str) -> str:
    """What a page says; nothing while nobody answers."""
    with suppress(OSError), urlopen(address, timeout=10) as answer:
        text: str = answer.read().decode()
        return text
    return ""


def test_changes_that_are_held_back_are_told_with_what_to_do(tmp_path: Path):
    with of_today(trials=24) as sandbox:
        _hold_and_decide(command(tmp_path, **asking(sandbox)), sandbox)


def _hold_and_decide(monitor: Monitor, sandbox: Sandbox) -> None:
    ids = sandbox.trial_ids()
    monitor("watch", "add", *ids)
    monitor("check")
    for trial_id in ids:
        sandbox.edit(trial_id, renamed, refresh=False)
    sandbox.refresh()

    ran = monitor("check")

    assert ran.returncode == 3
    assert f"the changes of {len(ids)} trials are held back" in only_line(ran)
    [hold] = map(json.loads, monitor("held", "list", "--json").stdout.splitlines())
    assert (hold["trials"], hold["waiting"], hold["decision"]) == (len(ids), 0, None)
    sandbox.edit(ids[0], terminated)
    assert monitor("check", "--exit-code").returncode == 1
    assert "1 waiting" in monitor("held", "list").stdout
    assert "behind them" in monitor("doctor").stdout.replace("\n", " ")
    assert "released" in monitor("held", "release", str(hold["hold"])).stdout
    shown = monitor("held", "show", str(hold["hold"])).stdout
    assert shown.startswith(f"{len(ids)} told to everyone who asks for it: released 20")
    assert "at the command line." in " ".join(shown.split())
    assert shown.count("RENAMED") == len(ids)
    lines = map(json.loads, monitor("held", "show", str(hold["hold"]), "--json").stdout.splitlines())
    assert {each["became"] for each in lines} == {"told"}


renamed = together(named("RENAMED"), verified_in("2031-01"))
terminated = edited(statusModule__overallStatus="TERMINATED", statusModule__statusVerifiedDate="2031-02")


# What goes wrong


def test_an_unknown_trial_is_told_in_the_registrys_words_and_the_others_are_done(monitor: Monitor):
    ran = monitor("check", "NCT99999999", WITHDRAWN_LATER)

    assert ran.returncode == 3
    assert "NCT number NCT99999999 not found" in only_line(ran)
    assert "1 of 2 checked, 1 failed" in ran.stdout


def test_a_malformed_id_is_refused_by_name_and_the_others_are_done(monitor: Monitor):
    ran = monitor("check", "NCT123", WITHDRAWN_LATER)

    assert ran.returncode == 2
    assert "NCT123" in only_line(ran)
    assert "1 of 1 checked" in ran.stdout


def test_bad_lines_of_a_file_are_named_and_the_others_are_watched(monitor: Monitor, tmp_path: Path):
    lines = ["nct_id;title", *(f"NCT{number:08};Trial {number}" for number in range(1, 10_000))]
    lines[77], lines[4_000], lines[9_998] = "NCT12", "no trial at all", "NCT00000000"
    (tmp_path / "ids.csv").write_text("\n".join(lines))

    ran = monitor("watch", "add", "--file", "ids.csv")

    assert ran.returncode == 2
    assert [line.split(": ")[1] for line in ran.stderr.splitlines()] == ["ids.csv:78", "ids.csv:4001", "ids.csv:9999"]
    assert "9,996 trials" in ran.stdout


def test_an_unreachable_registry_is_one_line_however_many_trials(monitor: Monitor, sandbox: Sandbox):
    monitor("watch", "add", *sandbox.trial_ids())

    ran = monitor("check", **{f"{REGISTRY}BASE_URL": "http://127.0.0.1:9/api/v2"})

    assert ran.returncode == 3
    assert "connection refused" in only_line(ran).lower()


def test_a_folder_that_cannot_be_written_is_named(monitor: Monitor, tmp_path: Path):
    (tmp_path / "file").write_text("")

    ran = monitor("check", WITHDRAWN_LATER, MONITOR_STORE__URL="sqlite:///file/monitor.sqlite3")

    assert ran.returncode == 2
    assert "file" in only_line(ran)


def test_a_file_that_is_no_database_is_named(monitor: Monitor, tmp_path: Path):
    (tmp_path / "notes.sqlite3").write_text("These are my notes. " * 100)

    ran = monitor("check", WITHDRAWN_LATER, MONITOR_STORE__URL="sqlite:///notes.sqlite3")

    assert ran.returncode == 2
    assert "notes.sqlite3" in only_line(ran)
    assert (tmp_path / "notes.sqlite3").read_text().startswith("These are my notes.")


def test_a_wrong_key_is_told_with_the_right_one(monitor: Monitor, tmp_path: Path):
    (tmp_path / "config.toml").write_text("[schedule]\nfull_check_evry = '7d'\n")

    ran = monitor("check", WITHDRAWN_LATER)

    assert ran.returncode == 2
    assert "full_check_every" in only_line(ran)


@pytest.mark.parametrize("command", ["show", "history", "diff"])
def test_a_trial_that_was_never_checked_is_told_how_to_begin(monitor: Monitor, command: str):
    ran = monitor(command, WITHDRAWN_LATER)

    assert ran.returncode == 2
    assert f"monitor check {WITHDRAWN_LATER}" in only_line(ran)


# Help


def commands() -> list[list[str]]:
    import typer

    from monitor.cli import app
    from monitor.cli.commands import loaded

    def walk(command: object, path: list[str]) -> list[list[str]]:
        below = getattr(loaded(command), "commands", {})
        return [path, *(found for name, each in below.items() for found in walk(each, [*path, name]))]

    return walk(typer.main.get_command(app), [])


@pytest.mark.parametrize("path", commands(), ids=lambda path: " ".join(path) or "monitor")
def test_every_command_explains_itself_with_an_example(path: list[str], tmp_path: Path):
    ran = command(tmp_path)(*path, "--help")

    assert ran.returncode == 0
    example = "-- monitor mcp" if path == ["mcp"] else "$ monitor"  # nobody types that one
    assert example in ran.stdout or path in (["watch"], ["subscriptions"], ["deliveries"], ["bounces"], ["explain"])


def test_the_version_is_told_without_loading_the_program():
    loaded = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "monitor", "--version"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert loaded.stdout.startswith("monitor ")
    assert not re.search(r"\| +(typer|rich|sqlalchemy|requests|pydantic)", loaded.stderr)
