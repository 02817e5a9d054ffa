"""Watching and subscribing to what is searched for, as a user does it: real processes against a sandbox."""

import json
from pathlib import Path

import pytest

from monitor.sandbox.clinicaltrials_gov import Sandbox
from tests.cli.commands import Monitor, Ran, asking, command

ALZAHRA, TRIAL = "Alzahra Hospital", "NCT02116634"


@pytest.fixture
def monitor(tmp_path: Path, sandbox: Sandbox) -> Monitor:
    """Run `monitor …` in a folder of its own."""
    return command(tmp_path, **asking(sandbox))


def objects(ran: Ran) -> list[dict]:
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_a_sponsor_is_watched_in_the_registrys_spelling(monitor: Monitor):
    ran = monitor("watch", "add", "--sponsor", "alzahra  HOSPITAL")

    assert ran.returncode == 0, ran.stderr
    assert f"Watch 1 looks for trials that {ALZAHRA} leads: 1 trial now." in ran.stdout
    [again] = objects(monitor("watch", "add", "--sponsor", ALZAHRA, "--json"))
    assert (again["id"], again["kind"], again["finds"], again["already_watched"]) == (1, "sponsor", 1, True)
    checked, summary = objects(monitor("check", "--json"))
    assert (checked["trial_id"], checked["result"]) == (TRIAL, "baseline")
    assert summary["summary"].items() >= {"checked": 1, "baseline": 1, "unlisted": 0}.items()
    assert "trials that Alzahra" in monitor("watch", "list").stdout


@pytest.mark.parametrize("command", [("watch", "add"), ("subscribe", "email", "ops@example.org")])
def test_a_name_that_is_not_exact_adds_nothing_and_shows_the_candidates(monitor: Monitor, command: tuple[str, ...]):
    ran = monitor(*command, "--sponsor", "alzahra")
    as_json = monitor(*command, "--sponsor", "alzahra", "--json")

    assert ran.returncode == as_json.returncode == 2
    assert ran.stderr.count("\n") == 1
    assert "no sponsor named exactly “alzahra”" in ran.stderr
    assert ran.stdout.splitlines()[1].split(maxsplit=1) == ["1", ALZAHRA]
    assert objects(as_json) == [{"sponsor": ALZAHRA, "trials": 1}]
    assert objects(monitor("watch", "list", "--json")) == []
    assert objects(monitor("subscriptions", "list", "--json")) == []


def test_one_command_watches_a_sponsor_and_subscribes_to_it(monitor: Monitor):
    ran = monitor("subscribe", "email", "ops@example.org", "--sponsor", "alzahra hospital", "--role", "any")

    assert ran.returncode == 0, ran.stderr
    assert f"hears about trials that {ALZAHRA} leads or supports, which watch 1 looks for" in " ".join(
        ran.stdout.split()
    )
    [watch] = objects(monitor("watch", "list", "--json"))
    [subscription] = objects(monitor("subscriptions", "list", "--json"))
    assert (watch["sponsor"], watch["role"]) == (ALZAHRA, "any")
    assert subscription["watch"] == watch["id"]


def test_a_subscription_to_a_watch_of_all_trials_is_about_everything(monitor: Monitor, sandbox: Sandbox):
    ran = monitor("watch", "add", "--all-trials")
    monitor("subscribe", "email", "ops@example.org", "--watch", "1")

    assert f"all trials: {len(sandbox.trial_ids())} trials now" in ran.stdout
    [subscription] = objects(monitor("subscriptions", "list", "--json"))
    assert (subscription["all"], subscription["watch"]) == (True, None)
    assert monitor("check").stdout.startswith(f"{len(sandbox.trial_ids())} of")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--sponsor", "x", "--condition", "y"], "give one of --sponsor"),
        (["--sponsor", "x", TRIAL], "say what to watch, one of"),
        (["--role", "any", TRIAL], "give it with --sponsor"),
        (["--registry", "clinicaltrials.gov", TRIAL], "give it with --sponsor, --condition, --search or --all-trials"),
        (["--sponsor", "x", "--registry", "nowhere.example"], "“nowhere.example” is not a registry known here; known:"),
        (["--sponsor", "x", "--siblings"], "give it with trial ids or --file"),
        ([], "say what to watch, one of"),
        (["--sponsor", "a\x07b"], "cannot be printed"),
        (["--sponsor", "x" * 10_000], "10,000 characters"),
        (["--condition", " "], "is empty"),
        (["--search", "x" * 10_000], "10,000 characters"),
        (["--search", "AREA[Sponsr]x"], "Unknown area name"),
        (["--sponsor", "Nobody Anywhere"], "nothing is watched"),
        ([TRIAL, "--name", "a\x1b[31m"], "a watch's name has up to 200 characters"),
        ([TRIAL, "--name", "x" * 10_000], "a watch's name has up to 200 characters"),
    ],
)
def test_what_cannot_be_watched_is_refused_in_a_line(monitor: Monitor, arguments: list[str], words: str):
    ran = monitor("watch", "add", *arguments)

    assert ran.returncode == 2
    assert ran.stderr.count("\n") == 1
    assert words in ran.stderr
    assert len(ran.stderr) < 400
    assert "\x07" not in ran.stderr + ran.stdout


def test_a_trial_cannot_be_taken_out_of_a_search(monitor: Monitor):
    monitor("watch", "add", "--sponsor", ALZAHRA)
    monitor("check")

    ran = monitor("watch", "remove", TRIAL)

    assert ran.returncode == 2
    assert "found by the search of watch 1" in ran.stderr


def test_a_watch_that_cannot_be_listed_fails_the_check(monitor: Monitor, tmp_path: Path):
    (tmp_path / "config.toml").write_text(f'[[watch]]\nsearch = "AREA[Sponsr]x"\n[[watch]]\nsponsor = "{ALZAHRA}"\n')

    ran = monitor("check")
    failed, checked, summary = objects(monitor("check", "--json"))

    assert ran.returncode == 3
    assert "Unknown area name" in ran.stderr
    assert (failed["watch"], failed["result"], checked["result"]) == (1, "failed", "unchanged")
    assert summary["summary"]["unlisted"] == 1


def test_without_the_registry_each_trial_and_each_search_fails(monitor: Monitor, sandbox: Sandbox):
    monitor("watch", "add", "--sponsor", ALZAHRA)
    monitor("check")
    sandbox.stop()

    ran = monitor("check", "--json")

    assert ran.returncode == 3
    search, trial, summary = objects(ran)
    assert (search["watch"], search["result"]) == (1, "failed")
    assert (trial["trial_id"], trial["result"]) == (TRIAL, "failed")
    assert summary["summary"].items() >= {"failed": 1, "unlisted": 1}.items()


def test_the_configuration_watches_and_subscribes_to_a_sponsor(monitor: Monitor, tmp_path: Path):
    config = tmp_path / "config.toml"
    block = f'[[subscription]]\nemail = "ops@example.org"\nsponsor = "{ALZAHRA.upper()}"\n'
    config.write_text(block + f'[[watch]]\nname = "als"\ncondition = "lateral sclerosis"\n{block}note = "again"\n')
    for _ in range(2):
        assert monitor("check").returncode == 0

    watched = {watch["name"]: watch for watch in objects(monitor("watch", "list", "--json"))}
    subscribed = objects(monitor("subscriptions", "list", "--json"))

    name = f"config.toml, trials that {ALZAHRA.upper()} leads"
    assert {key: watch["trials"] for key, watch in watched.items()} == {"als": 1, name: 1}
    assert {each["watch"] for each in subscribed} == {watched[name]["id"]}
    config.write_text('[[watch]]\nname = "als"\nall_trials = true\n')
    monitor("check")
    [watch] = objects(monitor("watch", "list", "--json"))
    assert (watch["id"], watch["kind"]) == (watched["als"]["id"], "all_trials")
    assert {each["state"] for each in objects(monitor("subscriptions", "list", "--json"))} == {"ended"}


def test_a_search_is_made_in_the_registry_that_is_named(monitor: Monitor):
    for written in ("clinicaltrials.gov", "ClinicalTrials.gov"):  # its host, or what people call it
        [added] = objects(monitor("watch", "add", "--sponsor", ALZAHRA, "--registry", written, "--json"))
        assert added["registry"] == "clinicaltrials.gov"
    assert "cannot be searched" in monitor("watch", "add", "--condition", "x", "--registry", "drks").stderr
    elsewhere = monitor("check", "--registry", "DRKS", TRIAL)
    assert elsewhere.stderr == f"monitor: {TRIAL} is a trial of clinicaltrials.gov, not of drks.de\n"
    ran = monitor("subscribe", "email", "ops@example.org", "--sponsor", ALZAHRA, "--registry", "nowhere.example")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "is not a registry known here" in ran.stderr


def test_a_watch_follows_its_trials_into_other_registries_where_that_is_asked_for(monitor: Monitor):
    plain = monitor("watch", "add", TRIAL)
    ran = monitor("watch", "add", TRIAL, "--siblings")

    assert "Watch 1 holds 1 trial." in plain.stdout
    told = " ".join(ran.stdout.split())
    assert "Watch 2 holds 1 trial and follows it into other registries, 1 of these were watched before." in told
    assert [each["siblings"] for each in objects(monitor("watch", "list", "--json"))] == [False, True]
    listed = monitor("watch", "list", COLUMNS="200").stdout
    assert "and the same trials in other registries" in " ".join(listed.split())
    assert monitor("check").returncode == 0
    [shown] = objects(monitor("show", TRIAL, "--json"))
    assert (shown["siblings"], shown["more_siblings"], shown["disagreement"]) == ([], 0, None)
