"""`monitor backfill`, what a check fetches after its pass, and what is shown of former versions."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.clock import utc_now
from monitor.sandbox.clinicaltrials_gov import Sandbox
from tests.cli.commands import REGISTRY, Monitor, asking, command
from tests.program import WITHDRAWN_LATER
from tests.registries.clinicaltrials_gov.test_history import version_of
from tests.registries.trials import FULL

LONG = "NCT90000002"
OFF = {f"{REGISTRY}HISTORY": "false"}


@pytest.fixture
def monitor(tmp_path: Path, sandbox: Sandbox) -> Monitor:
    return command(tmp_path, COLUMNS="200", **asking(sandbox), **{f"{REGISTRY}HISTORY": "true"})


def lines(ran) -> list[dict]:
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


def asked(sandbox: Sandbox) -> list[str]:
    paths = [request.target for request in sandbox.requests if request.target.startswith("/api/int")]
    sandbox.requests.clear()
    return paths


def test_former_versions_are_fetched_once_and_shown_everywhere(monitor: Monitor, sandbox: Sandbox):
    monitor("check", LONG)
    (planned,) = lines(monitor("backfill", LONG, "--dry-run", "--json"))
    assert (planned["trials"], planned["requests"], planned["unlisted"], asked(sandbox)) == (1, 1, 1, [])

    trial, summary = lines(monitor("backfill", LONG, "--json"))
    again = monitor("backfill", LONG)

    assert (trial["result"], trial["versions"], trial["added"], trial["waiting"]) == ("complete", 3, 3, 0)
    assert summary["summary"] == {"asked": 1, "complete": 1, "failed": 0, "added": 3, "requests": 5}
    assert len(asked(sandbox)) == 4
    assert f"{LONG}  3 former versions since {trial['begins_on']}, 0 new" in again.stdout
    *versions, first = lines(monitor("history", LONG, "--json"))
    assert [(row["snapshot"], row["former_version"]) for row in versions] == [(None, 0), (None, 1), (None, 2)]
    assert (first["snapshot"], first["changes"]) == (1, [])
    assert "1 snapshot, 3 former versions" in monitor("history", LONG).stdout
    (shown,) = lines(monitor("show", LONG, "--on", trial["begins_on"], "--json"))
    assert shown["record"]["overall_status"]["code"] == "NOT_YET_RECRUITING"
    assert "as of " in monitor("diff", LONG, trial["begins_on"]).stdout
    assert {each["not_told"] for each in lines(monitor("changes", "--since", "2000-01-01", "--json"))} == {"imported"}
    tried = monitor(
        "subscribe", "webhook", "https://example.org/", "--trial", LONG, "--dry-run", "--since", "2000-01-01"
    )
    assert "Overall status went from Recruiting" in tried.stdout


def test_it_is_off_unless_the_configuration_says_otherwise(monitor: Monitor, sandbox: Sandbox):
    monitor("watch", "add", LONG)
    monitor("check", **OFF)
    refused = monitor("backfill", LONG, **OFF)

    assert (refused.returncode, asked(sandbox)) == (2, [])
    assert 'registries."clinicaltrials.gov".history = true' in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    elsewhere = monitor("backfill", "ISRCTN12949496")
    assert (elsewhere.returncode, "gives no former versions" in elsewhere.stderr) == (2, True)
    assert monitor("backfill").returncode == 2


def test_after_a_whole_pass_a_check_goes_on_with_what_is_watched(monitor: Monitor, sandbox: Sandbox):
    """Also where nothing moved, and whatever goes wrong with it the check is as good as before."""
    monitor("watch", "add", LONG, WITHDRAWN_LATER)
    monitor("check", **OFF)
    sandbox.misbehave("403", target="/history", ids=[WITHDRAWN_LATER])
    checked = monitor("check")

    assert checked.returncode == 0
    assert f"history of {WITHDRAWN_LATER}: " in checked.stderr
    assert len(asked(sandbox)) == 5
    assert monitor("check").stderr == ""
    assert asked(sandbox) == []
    assert len(lines(monitor("history", LONG, "--json"))) == 4


def test_a_limit_is_kept_over_all_trials_and_the_next_run_goes_on(monitor: Monitor, sandbox: Sandbox):
    monitor("watch", "add", LONG, WITHDRAWN_LATER, "--name", "two")
    monitor("check", **OFF)

    *_, summary = lines(monitor("backfill", "--all", "--limit", "3", "--json"))
    assert (summary["summary"]["asked"], len(asked(sandbox))) == (2, 3)
    said = monitor("backfill", "--watch", "two").stdout
    assert "1 of 1 trial complete" in said
    assert "every trial on a watch's list is complete" in monitor("backfill", "--all").stdout


def test_what_failed_is_said_with_the_status_of_a_failure(monitor: Monitor, sandbox: Sandbox):
    monitor("check", LONG)
    sandbox.misbehave("empty", target="/history$")

    failed = monitor("backfill", LONG)

    assert (failed.returncode, "0 of 1 trial complete" in failed.stdout) == (3, True)
    assert "that interface is not documented" in failed.stderr


def test_a_saved_record_goes_into_the_history_as_of_its_day(monitor: Monitor, tmp_path: Path, sandbox: Sandbox):
    """Without a day, the same file is a list of one trial to watch, as before."""
    study = sandbox.study(WITHDRAWN_LATER)
    study["protocolSection"]["designModule"]["enrollmentInfo"]["count"] = 77
    (tmp_path / "record.json").write_text(json.dumps(study), encoding="utf-8")
    monitor("check", WITHDRAWN_LATER)

    (done,) = lines(monitor("import", "record.json", "--taken-on", "2020-05-01", "--json"))
    saved, first = lines(monitor("history", WITHDRAWN_LATER, "--json"))

    assert (done["view"], done["taken_on"], done["is_new"]) == ("record", "2020-05-01", True)
    assert (saved["imported_from"], saved["taken_at"][:10]) == ("record.json", "2020-05-01")
    assert [change["field"] for change in first["changes"]] == ["enrollment"]
    too_early = monitor("import", "record.json", "--taken-on", "2001-05-01")
    assert (too_early.returncode, "last updated on" in too_early.stderr) == (2, True)
    assert "1 trial in watch 1" in monitor("import", "record.json").stdout
    study["hasResults"] = "maybe"
    (tmp_path / "record.json").write_text(json.dumps(study), encoding="utf-8")
    odd = monitor("import", "record.json", "--taken-on", "2020-05-01")
    assert (odd.returncode, len(odd.stderr.splitlines()), "hasResults" in odd.stderr) == (2, 1, True)


def test_a_saved_version_dates_itself_and_an_export_carries_it_along(monitor: Monitor, tmp_path: Path):
    (tmp_path / "version.json").write_text(json.dumps(version_of(FULL, 7)), encoding="utf-8")
    trial_id = FULL["protocolSection"]["identificationModule"]["nctId"]

    (done,) = lines(monitor("import", "version.json", "--json"))
    (row,) = lines(monitor("history", trial_id, "--json"))
    monitor("export", "all")
    elsewhere = {"MONITOR_STORE__URL": f"sqlite:///{tmp_path}/elsewhere.sqlite3"}
    (taken,) = lines(monitor("import", "all", "--json", **elsewhere))

    assert (done["view"], done["dated_by"], row["former_version"]) == ("version 7", "its last update", 7)
    assert (taken["archived"], taken["left"]) == (1, [])
    assert lines(monitor("history", trial_id, "--json", **elsewhere)) == [row]


def test_who_catches_up_is_told_that_former_versions_are_not_told(
    monitor: Monitor, tmp_path: Path, sandbox: Sandbox
) -> None:
    (tmp_path / "record.json").write_text(json.dumps(sandbox.study(WITHDRAWN_LATER)), encoding="utf-8")
    monitor("check", WITHDRAWN_LATER)
    monitor("import", "record.json", "--taken-on", f"{utc_now() - timedelta(days=60):%Y-%m-%d}")
    catching_up = ("subscribe", "email", "ops@example.org", "--trial", WITHDRAWN_LATER, "--catch-up")

    told, untold = monitor(*catching_up, "90d").stdout, monitor(*catching_up, "30d").stdout

    words = "Versions that were back-filled or imported are not told; --dry-run has them."
    assert (words in told, words in untold) == (True, False)
