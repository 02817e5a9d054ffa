"""Pages that people saved: compared with today's record, and imported into the history of their trial."""

import json
from pathlib import Path

import pytest

from monitor.sandbox.clinicaltrials_gov import Sandbox
from tests.cli.commands import Monitor, asking, command
from tests.program import WITHDRAWN_LATER
from tests.registries.clinicaltrials_gov import classic

TITLE = "Mesenchymal Stem Cell Injection in Amyotrophic Lateral Sclerosis"


@pytest.fixture
def monitor(tmp_path: Path, sandbox: Sandbox) -> Monitor:
    return command(tmp_path, COLUMNS="200", **asking(sandbox))


def text(status: str = "Recruiting", *, posted: str = "March 2, 2015", trial: str = WITHDRAWN_LATER) -> str:
    """A page of the sandbox's trial as somebody may have saved it."""
    return f"""{TITLE}
The safety and scientific validity of this study is the responsibility of the study sponsor and investigators.
ClinicalTrials.gov Identifier: {trial} |
Recruitment Status :
{status}
First Posted : April 17, 2014
Last Update Posted : {posted}

Estimated Enrollment : | 30 participants |
Study Start Date : | May 2015 |
Ages Eligible for Study: | 18 Years to 60 Years (Adult) |
"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    file = tmp_path / "saved.txt"
    file.write_text(text(), encoding="utf-8")
    return file


def lines(ran) -> list[dict]:
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_a_page_is_compared_with_the_record_of_today(monitor: Monitor, page: Path):
    (compared,) = lines(monitor("compare", str(page), WITHDRAWN_LATER, "--json"))

    assert {change["field"] for change in compared["changes"]} == {"enrollment", "overall_status"}
    assert compared["page"]["imported_from"] == "saved.txt"
    assert compared["page"]["view"] == "Study Details"
    assert {"Lead sponsor", "Arms and groups", "Primary outcomes"} <= set(compared["not_compared"])


def test_comparing_takes_a_snapshot_where_there_is_none_and_begins_no_watch(monitor: Monitor, page: Path):
    shown = monitor("compare", str(page), WITHDRAWN_LATER)

    assert "as of 2015-03-02, from saved.txt" in shown.stdout
    assert "not compared" in shown.stdout
    assert "Nothing is watched" in monitor("watch", "list").stdout
    assert [row["snapshot"] for row in lines(monitor("history", WITHDRAWN_LATER, "--json"))] == [1]


def test_a_page_of_another_trial_is_refused_by_both_ids(monitor: Monitor, page: Path):
    refused = monitor("compare", str(page), "NCT91000001")

    assert refused.returncode == 2
    assert WITHDRAWN_LATER in refused.stderr
    assert "NCT91000001" in refused.stderr


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("<html><ctg-root></ctg-root></html>", "site of today"),
        ("a list", "not a page of a study"),
        (None, "is not a file"),
    ],
)
def test_what_is_no_page_is_refused_with_the_remedy(monitor: Monitor, tmp_path: Path, content, words):
    if content is not None:
        (tmp_path / "page.html").write_text(content, encoding="utf-8")

    refused = monitor("compare", "page.html", WITHDRAWN_LATER)

    assert refused.returncode == 2
    assert words in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_pages_stand_in_the_history_by_their_days_in_whatever_order_they_come(monitor: Monitor, tmp_path: Path):
    """Also before the trial was ever read; the first snapshot then tells what changed since the last page."""
    later, earlier = tmp_path / "later.txt", tmp_path / "earlier.txt"
    later.write_text(text("Recruiting"), encoding="utf-8")
    earlier.write_text(text("Suspended\n(No funds)", posted="May 6, 2014"), encoding="utf-8")
    (first,) = lines(monitor("import", str(later), "--json"))
    lines(monitor("import", str(earlier), "--json"))
    before = lines(monitor("history", WITHDRAWN_LATER, "--json"))
    monitor("check", WITHDRAWN_LATER)
    after = lines(monitor("history", WITHDRAWN_LATER, "--json"))

    assert (first["taken_on"], first["is_new"], first["view"]) == ("2015-03-02", True, "Study Details")
    assert [(row["snapshot"], row["taken_at"][:10], row["imported_from"]) for row in before] == [
        (None, "2014-05-06", "earlier.txt"),
        (None, "2015-03-02", "later.txt"),
    ]
    assert [change["field"] for change in before[1]["changes"]] == ["overall_status", "why_stopped"]
    assert after[:2] == before
    assert after[2]["snapshot"] == 1
    assert {change["field"] for change in after[2]["changes"]} == {"overall_status", "enrollment"}
    shown = monitor("history", WITHDRAWN_LATER).stdout
    assert "1 snapshot, 2 imported documents" in shown
    assert shown.index("2014-05-06") < shown.index("2015-03-02")


def test_what_a_page_in_between_does_not_say_is_compared_with_the_page_before(monitor: Monitor, tmp_path: Path):
    earlier = text(posted="May 6, 2014") + "Sponsor: | Hospital by the Sea |\nOfficial Title: | A Trial of Cells |\n"
    latest = text(posted="May 6, 2015") + "Official Title: | A Trial of Some Cells |\n"
    for name, content in (("1.txt", earlier), ("2.txt", text()), ("3.txt", latest)):
        (tmp_path / name).write_text(content, encoding="utf-8")
        lines(monitor("import", name, "--json"))
    monitor("check", WITHDRAWN_LATER)

    *pages, first = lines(monitor("history", WITHDRAWN_LATER, "--json"))
    changed = lines(monitor("changes", "--trial", WITHDRAWN_LATER, "--since", "2010-01-01", "--json"))

    assert [[change["field"] for change in row["changes"]] for row in pages] == [[], [], ["official_title"]]
    assert {"lead_sponsor", "official_title"} <= {change["field"] for change in first["changes"]}
    (sponsor,) = [change for change in changed if change["field"] == "lead_sponsor"]
    assert sponsor["before"]["name"] == "Hospital by the Sea"


def test_the_same_page_is_there_once(monitor: Monitor, page: Path):
    lines(monitor("import", str(page), "--json"))
    (again,) = lines(monitor("import", str(page), "--taken-on", "2015-04-01", "--json"))

    assert (again["is_new"], again["taken_on"]) == (False, "2015-03-02")
    assert len(lines(monitor("history", WITHDRAWN_LATER, "--json"))) == 1
    assert "was here before, as of 2015-03-02." in monitor("import", str(page)).stdout
    told = monitor("import", str(page), "--taken-on", "2015-04-01").stdout
    assert "was here before, as of 2015-03-02, and stays of that day: --taken-on is for new pages." in told


def test_an_imported_page_changes_no_snapshot_and_tells_nobody(monitor: Monitor, page: Path):
    monitor("check", WITHDRAWN_LATER)
    monitor("subscribe", "email", "jo@example.org", "--trial", WITHDRAWN_LATER)
    (former,) = lines(monitor("history", WITHDRAWN_LATER, "--json"))
    monitor("import", str(page))

    imported, kept = lines(monitor("history", WITHDRAWN_LATER, "--json"))
    assert imported["snapshot"] is None
    assert {**kept, "changes": []} == {**former, "changes": []}
    assert monitor("deliveries", "list", "--json").stdout == ""
    (checked, _) = lines(monitor("check", WITHDRAWN_LATER, "--json"))
    assert (checked["result"], checked["snapshot"]) == ("unchanged", 1)


def test_days_name_snapshots_and_pages(monitor: Monitor, page: Path):
    monitor("check", WITHDRAWN_LATER)
    monitor("import", str(page))

    (compared,) = lines(monitor("diff", WITHDRAWN_LATER, "2015-06-30", "--json"))
    assert (compared["before"], compared["before_page"]["imported_from"], compared["snapshot"]) == (
        None,
        "saved.txt",
        1,
    )
    assert {change["field"] for change in compared["changes"]} == {"overall_status", "enrollment"}
    assert lines(monitor("diff", WITHDRAWN_LATER, "--json")) == [compared], "the one before the first is the page"
    (shown,) = lines(monitor("show", WITHDRAWN_LATER, "--on", "2015-03-02", "--json"))
    assert shown["record"]["overall_status"]["code"] == "RECRUITING"
    assert "as of 2015-03-02, from saved.txt" in monitor("show", WITHDRAWN_LATER, "--on", "2016-01-01").stdout
    too_early = monitor("show", WITHDRAWN_LATER, "--on", "2015-03-01")
    assert (too_early.returncode, "begins on 2015-03-02" in too_early.stderr) == (2, True)
    for typed in ("0", "2015-3-1", "yesterday"):
        refused = monitor("diff", WITHDRAWN_LATER, typed)
        assert refused.returncode == 2
        assert "2016-06-30" in refused.stderr


def test_changes_reach_back_to_the_pages(monitor: Monitor, tmp_path: Path):
    for name, content in (("a", text("Suspended\n(No funds)", posted="May 6, 2014")), ("b", text())):
        (tmp_path / name).write_text(content, encoding="utf-8")
    monitor("check", WITHDRAWN_LATER)
    monitor("import", "a", "b")

    seen = lines(monitor("changes", "--since", "2014-01-01", "--json"))
    assert [(each["seen_at"][:10], each["snapshot"]) for each in seen if each["field"] == "overall_status"][1:] == [
        ("2015-03-02", None)
    ]
    assert {each["not_told"] for each in seen} == {"imported"}
    only = lines(monitor("changes", "--since", "2014-01-01", "--until", "2015-12-31", "--topic", "status", "--json"))
    assert {each["snapshot"] for each in only} == {None}
    assert "imported from b" in monitor("changes", "--since", "2014-01-01").stdout
    assert lines(monitor("changes", "--since", "2014-01-01", "--trial", "NCT91000001", "--json")) == []


def test_the_day_of_a_page_has_to_be_possible(monitor: Monitor, page: Path):
    monitor("check", WITHDRAWN_LATER)

    for day, words in (
        ("2015-03-01", "last updated on 2015-03-02"),
        ("2999-01-01", "still to come"),
        ("x", "a day, such"),
    ):
        refused = monitor("import", str(page), "--taken-on", day)
        assert refused.returncode == 2
        assert words in refused.stderr


def test_an_archive_dates_its_copy(monitor: Monitor, tmp_path: Path):
    (tmp_path / "copy.html").write_text(classic.archived(classic.details()), encoding="utf-8")

    (done,) = lines(monitor("import", "copy.html", "--json"))

    assert (done["trial_id"], done["taken_on"]) == (classic.TRIAL, "2019-03-09")


def test_lists_are_taken_as_before(monitor: Monitor, tmp_path: Path):
    (tmp_path / "ids.txt").write_text(f"{WITHDRAWN_LATER}\n", encoding="utf-8")

    assert "1 trial in watch 1" in monitor("import", "ids.txt").stdout
    refused = monitor("import", "ids.txt", "--taken-on", "2015-01-01")
    assert (refused.returncode, "not a saved page" in refused.stderr) == (2, True)


def test_an_export_carries_the_pages_along(monitor: Monitor, page: Path, tmp_path: Path):
    monitor("import", str(page))
    monitor("export", "all")
    elsewhere = {"MONITOR_STORE__URL": f"sqlite:///{tmp_path}/elsewhere.sqlite3"}

    (taken,) = lines(monitor("import", "all", "--json", **elsewhere))
    (again,) = lines(monitor("import", "all", "--json", **elsewhere))

    assert (taken["archived"], again["archived"], taken["left"]) == (1, 0, [])
    assert lines(monitor("history", WITHDRAWN_LATER, "--json", **elsewhere)) == lines(
        monitor("history", WITHDRAWN_LATER, "--json")
    )
    line = json.loads((tmp_path / "all" / "archived.jsonl").read_text(encoding="utf-8"))
    line["document"]["classicPage"]["overallStatus"] = "Completed"
    (tmp_path / "all" / "archived.jsonl").write_text(json.dumps(line), encoding="utf-8")
    third = {"MONITOR_STORE__URL": f"sqlite:///{tmp_path}/third.sqlite3"}
    refused = monitor("import", "all", **third)
    assert (refused.returncode, "SHA-256" in refused.stderr) == (2, True)


def test_a_backup_carries_the_pages_along(monitor: Monitor, page: Path):
    monitor("import", str(page))
    former = monitor("history", WITHDRAWN_LATER, "--json").stdout
    monitor("backup", "copy.sqlite3")
    elsewhere = {"MONITOR_STORE__URL": "sqlite:///restored.sqlite3"}

    monitor("restore", "copy.sqlite3", **elsewhere)

    assert monitor("history", WITHDRAWN_LATER, "--json", **elsewhere).stdout == former
