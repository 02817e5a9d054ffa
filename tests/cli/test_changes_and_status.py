"""`monitor changes` and `monitor status` as people and scripts call them."""

import csv
import io
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest

from monitor.sandbox.clinicaltrials_gov import Sandbox
from tests.cli.commands import Monitor, Ran, asking, command
from tests.studies import titled, together, verified_in

TRIAL = "NCT02116634"
SPONSOR = "Alzahra Hospital"


@pytest.fixture
def sandbox(prepared: tuple[Path, Sandbox]) -> Sandbox:
    return prepared[1]


@pytest.fixture
def monitor(tmp_path: Path, prepared: tuple[Path, Sandbox]) -> Monitor:
    """Run `monitor …` in a copy of that folder."""
    folder, running = prepared
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    return command(tmp_path, **asking(running))


def only_line(ran: Ran) -> str:
    assert (ran.returncode, ran.stdout) == (2, "")
    [line] = ran.stderr.splitlines()
    return line


def words(ran: Ran) -> str:
    """What a person reads, wherever its lines break."""
    assert (ran.returncode, ran.stderr) == (0, "")
    return " ".join(ran.stdout.split())


def objects(ran: Ran) -> list[dict[str, Any]]:
    assert (ran.returncode, ran.stderr) == (0, "")
    return [json.loads(line) for line in ran.stdout.splitlines()]


def table(ran: Ran) -> list[dict[str, str]]:
    assert (ran.returncode, ran.stderr) == (0, "")
    return list(csv.DictReader(io.StringIO(ran.stdout, newline=""), strict=True))


@pytest.mark.parametrize("columns", ["60", "80", "120", "200"])
def test_changes_are_a_table_that_fits_wherever_it_is_shown(monitor: Monitor, columns: str) -> None:
    ran = monitor("changes", COLUMNS=columns)

    shown = words(ran)
    assert max(map(len, ran.stdout.splitlines())) <= int(columns)
    assert "critical" in shown
    assert "2016-01-14" in shown
    assert "3 changes from " in shown
    assert "the newest first, by when they were seen" in shown
    assert "\x1b" not in shown


@pytest.mark.parametrize("columns", ["60", "80", "120", "200"])
def test_status_is_a_table_that_fits_wherever_it_is_shown(monitor: Monitor, columns: str) -> None:
    ran = monitor("status", "--status", "stopped", "--sponsor", SPONSOR, COLUMNS=columns)

    shown = words(ran)
    assert max(map(len, ran.stdout.splitlines())) <= int(columns)
    for said in (TRIAL, "Withdrawn", "0 actual", "2017-05 est.", "why stopped: Because economic problems", "1 of 13"):
        assert said in shown


def test_each_change_is_one_json_object(monitor: Monitor) -> None:
    lines = objects(monitor("changes", "--json", "--sponsor", SPONSOR, "--topic", "status"))

    assert [line["kind"] for line in lines] == ["status.stopped", "why_stopped.added"]
    assert lines[0].items() >= {"trial_id": TRIAL, "lead_sponsor": SPONSOR, "posted_on": "2016-01-14"}.items()


def test_the_csv_has_a_row_a_change_and_a_row_a_trial(monitor: Monitor, sandbox: Sandbox) -> None:
    rows = table(monitor("changes", "--csv"))
    assert [row["Kind"] for row in rows] == ["status.stopped", "why_stopped.added", "enrollment.actual"]
    assert rows[0]["Posted"] == "2016-01-14"

    rows = table(monitor("status", "--csv", "--sort", "enrollment"))
    assert (rows[0]["Trial"], rows[0]["Enrollment"], rows[0]["Enrollment type"]) == (TRIAL, "0", "actual")
    assert len(rows) == len(sandbox.trial_ids())


def test_csv_is_utf_8_whatever_the_terminal_speaks(monitor: Monitor) -> None:
    ran = monitor("changes", "--csv", PYTHONIOENCODING="ascii")

    assert "“Because economic problems”" in ran.stdout


def test_a_workbook_is_written_once_unless_forced(monitor: Monitor, tmp_path: Path) -> None:
    assert words(monitor("changes", "--xlsx", "news.xlsx")) == "news.xlsx holds 3 rows."
    assert zipfile.is_zipfile(tmp_path / "news.xlsx")

    assert "news.xlsx is there already" in only_line(monitor("status", "--xlsx", "news.xlsx"))
    assert words(monitor("status", "--xlsx", "news.xlsx", "--force")) == "news.xlsx holds 13 rows."
    assert {path.name for path in tmp_path.iterdir()} == {"snapshots", "news.xlsx"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("changes", "--json", "--csv"), "--json and --csv are different forms of the same report"),
        (("status", "--csv", "--xlsx", "a.xlsx"), "--csv and --xlsx are different forms"),
        (("status", "--force"), "give it with that"),
        (("changes", "--xlsx", "nowhere/a.xlsx"), "nowhere/a.xlsx cannot be written: No such file or directory"),
        (("changes", "--topic", "money"), "“money” is not a known topic; known: status, enrollment, dates"),
        (("changes", "--since", "christmas"), "--since “christmas” cannot be read as a time: write today"),
        (("status", "--sort", "colour"), "“colour” is not a column to sort by; known: trial, title"),
        (("status", "--status", "ended"), "“ended” is not a known status; known: stopped"),
        (("status", "--watch", "nobody"), "there is no watch “nobody”"),
        (("changes", "--trial", "x"), "“x” is not a trial id known here"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(monitor: Monitor, arguments: tuple[str, ...], said: str) -> None:
    assert said in only_line(monitor(*arguments))


def test_nothing_found_says_where_and_when_it_was_looked_for(monitor: Monitor) -> None:
    shown = words(monitor("changes", "--since", "2001-01-01", "--until", "2001-12-31", "--sponsor", SPONSOR))

    assert shown == (
        "No change that was asked for in trials led by “Alzahra Hospital” from 2001-01-01 00:00 UTC "
        "to 2002-01-01 00:00 UTC: 13 trials looked at."
    )
    assert words(monitor("status", "--watch", "1", "--status", "withheld")) == (
        "None of 13 trials of watch 1 is as asked for."
    )


def test_a_sponsor_that_leads_nothing_is_told_with_those_of_a_like_name(monitor: Monitor) -> None:
    ran = monitor("status", "--sponsor", "Alzahra Hospitl")

    assert "None of 13 trials" in ran.stdout
    assert "“Alzahra Hospitl” leads none of these trials; did you mean “Alzahra Hospital”" in ran.stderr


def test_where_nothing_is_watched_a_beginner_hears_how_to_begin(tmp_path: Path, sandbox: Sandbox) -> None:
    run = command(tmp_path, **asking(sandbox))

    assert "monitor watch add" in words(run("status"))
    assert "0 trials looked at" in words(run("changes"))


def test_more_than_the_limit_is_said(monitor: Monitor) -> None:
    assert "there are more than --limit" in words(monitor("changes", "--limit", "2"))

    ran = monitor("changes", "--limit", "2", "--json")
    assert len(ran.stdout.splitlines()) == 2
    assert "there are more" in ran.stderr


def test_what_a_stranger_wrote_steers_neither_a_terminal_nor_a_spreadsheet(
    monitor: Monitor, sandbox: Sandbox, tmp_path: Path
) -> None:
    sandbox.edit(TRIAL, together(titled('=HYPERLINK("http://x")\x1b[31m\u202e'), verified_in("2031-01")))
    assert monitor("check").returncode == 0

    for form in ((), ("--json",), ("--csv",)):
        for name in ("changes", "status"):
            shown = monitor(name, *form).stdout
            assert "HYPERLINK" in shown
            assert "\x1b" not in shown
            assert "\u202e" not in shown
    titles = [row["Title"] for name in ("changes", "status") for row in table(monitor(name, "--csv"))]
    assert sum(title.startswith("'=HYPERLINK") for title in titles) >= 2
    assert not [title for title in titles if title.startswith("=")]
