"""Nobody is subscribed to silence: what a subscription is about is watched, and one that cannot hear is named."""

import json
from pathlib import Path

import pytest

from monitor.sandbox.clinicaltrials_gov import Sandbox
from tests.cli.commands import Monitor, Ran, asking, command
from tests.loopback import closed_port

TRIAL, OTHER, UNKNOWN = "NCT02116634", "NCT90000001", "NCT09999999"


@pytest.fixture
def monitor(tmp_path: Path, sandbox: Sandbox) -> Monitor:
    """Run `monitor …` in a folder of its own, where nothing is watched."""
    return command(tmp_path, **asking(sandbox))


def objects(ran: Ran) -> list[dict]:
    assert ran.stderr == ""
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_a_trial_that_is_subscribed_to_is_watched_and_its_next_change_is_owed(monitor: Monitor, sandbox: Sandbox):
    [made] = objects(monitor("subscribe", "email", "ops@example.org", "--trial", TRIAL, "--trial", OTHER, "--json"))
    sandbox.next_state(TRIAL)
    changed, same, _ = objects(monitor("check", "--json"))

    assert made["watched"] == [TRIAL, OTHER]
    assert {trial_id: look["result"] for trial_id, look in made["looks"].items()} == {
        TRIAL: "baseline",
        OTHER: "baseline",
    }
    assert {changed["trial_id"]: changed["result"], same["trial_id"]: same["result"]} == {
        TRIAL: "changed",
        OTHER: "unchanged",
    }
    [owed] = objects(monitor("deliveries", "list", "--json"))
    assert owed["standing"] == "owed"


def test_what_is_watched_and_looked_at_already_is_left_as_it_is(monitor: Monitor, sandbox: Sandbox):
    monitor("watch", "add", TRIAL)
    monitor("check")
    sandbox.requests.clear()

    [made] = objects(monitor("subscribe", "email", "ops@example.org", "--trial", TRIAL, "--json"))

    assert (made["watched"], made["looks"]) == ([], {})
    assert sandbox.requests == []
    assert len(objects(monitor("watch", "list", "--json"))) == 1


def test_people_read_that_it_is_watched_and_what_it_is(monitor: Monitor):
    ran = monitor("subscribe", "email", "ops@example.org", "--trial", TRIAL)

    assert f"{TRIAL} is watched from now on." in ran.stdout
    assert f"Baseline taken of {TRIAL}: Mesenchymal" in ran.stdout


def test_a_trial_that_the_registry_does_not_know_is_refused_and_nobody_is_subscribed(monitor: Monitor):
    ran = monitor("subscribe", "email", "ops@example.org", "--trial", TRIAL, "--trial", UNKNOWN)

    assert ran.returncode == 2
    assert ran.stderr.startswith(f"monitor: {UNKNOWN}: the registry says ")
    assert objects(monitor("subscriptions", "list", "--json")) == []
    assert objects(monitor("watch", "list", "--json")) == []


def test_a_registry_that_does_not_answer_is_no_hindrance(monitor: Monitor, sandbox: Sandbox):
    with closed_port() as port:
        nowhere = f"http://127.0.0.1:{port}/"
        ran = monitor(
            "subscribe", "email", "ops@example.org", "--trial", TRIAL,
            MONITOR_REGISTRIES__CLINICALTRIALS_GOV__BASE_URL=nowhere,
        )  # fmt: skip
    checked, _ = objects(monitor("check", "--json"))

    assert ran.returncode == 0
    assert f"{TRIAL} could not be looked at: " in ran.stdout
    assert checked["result"] == "baseline"


def test_the_configuration_watches_what_its_subscriptions_name(monitor: Monitor, tmp_path: Path, sandbox: Sandbox):
    block = f'[[subscription]]\nemail = "ops@example.org"\ntrials = ["{TRIAL}"]\n'
    (tmp_path / "config.toml").write_text(block, encoding="utf-8")
    first, _ = objects(monitor("check", "--json"))
    sandbox.next_state(TRIAL)
    second, _ = objects(monitor("check", "--json"))

    assert (first["result"], second["result"]) == ("baseline", "changed")
    assert len(objects(monitor("deliveries", "list", "--json"))) == 1

    (tmp_path / "config.toml").write_text("", encoding="utf-8")
    assert monitor("check").stderr.startswith("monitor: nothing is watched yet")


def test_a_block_that_names_a_trial_which_merged_into_another_hears_of_that_one_too(
    monitor: Monitor, tmp_path: Path, sandbox: Sandbox
):
    """However often it is applied after the merger, changed or not; and so does who subscribes only then."""
    block = f'[[subscription]]\nemail = "ops@example.org"\ntrials = ["{TRIAL}"]\n'
    (tmp_path / "config.toml").write_text(block, encoding="utf-8")
    monitor("check")
    sandbox.merge(TRIAL, into=OTHER)
    for note in ("", 'note = "ours"\n', 'note = "ours"\n'):
        (tmp_path / "config.toml").write_text(block + note, encoding="utf-8")
        monitor("check")
    monitor("subscribe", "email", "late@example.org", "--trial", TRIAL)

    listed = objects(monitor("subscriptions", "list", "--json"))

    assert [one["trials"] for one in listed] == [[TRIAL, OTHER]] * 2


def test_one_that_cannot_hear_is_named_everywhere(monitor: Monitor):
    monitor("subscribe", "email", "ops@example.org", "--trial", TRIAL)
    monitor("subscribe", "email", "all@example.org", "--all")
    monitor("watch", "remove", "1")

    one, everything = objects(monitor("subscriptions", "list", "--json"))
    assert one["silent"] == f"{TRIAL} is not watched: `monitor watch add {TRIAL}`"
    assert everything["silent"].startswith("nothing is watched yet")
    assert (
        f"{one['id'][:8]} cannot hear of everything: {TRIAL} is not watched" in monitor("subscriptions", "list").stdout
    )
    assert f"{TRIAL} is not watched" in monitor("why", TRIAL, "ops@example.org").stdout
    found = [each for each in objects(monitor("doctor", "--json")) if each["check"] == "subscriptions"]
    assert [each["level"] for each in found] == ["problem", "problem"]

    monitor("watch", "add", TRIAL)
    assert [each["silent"] for each in objects(monitor("subscriptions", "list", "--json"))] == [None, None]


def test_a_mirror_looks_at_every_trial(monitor: Monitor):
    monitor("subscribe", "email", "ops@example.org", "--trial", TRIAL)
    monitor("watch", "remove", "1")
    monitor("watch", "add", "--all-trials")

    assert [each["silent"] for each in objects(monitor("subscriptions", "list", "--json"))] == [None]
    assert "is not watched" not in monitor("why", TRIAL, "ops@example.org").stdout


def test_a_trial_that_was_never_checked_is_not_said_to_be_unchanged(monitor: Monitor):
    monitor("subscribe", "email", "ops@example.org", "--all")
    monitor("watch", "add", TRIAL)

    assert "has not been checked yet" in monitor("why", TRIAL, "ops@example.org").stdout


def test_the_stopped_trials_of_a_sponsor_are_one_command_that_names_those_that_have_stopped(
    monitor: Monitor, sandbox: Sandbox
):
    sponsor = ("--sponsor", "Alzahra Hospital", "--stopped")
    before = monitor("subscribe", "email", "ops@example.org", *sponsor)
    sandbox.next_state(TRIAL)

    after = monitor("subscribe", "email", "ops@example.org", *sponsor)
    [as_object] = objects(monitor("subscribe", "email", "ops@example.org", *sponsor, "--json"))

    assert "None of its trials has stopped so far." in before.stdout
    assert f"1 of its trials has stopped already: {TRIAL}." in after.stdout
    assert (as_object["stopped"], as_object["kinds"]) == ([TRIAL], ["status.stopped"])


def test_a_subscription_goes_by_its_name(monitor: Monitor):
    made = monitor("subscribe", "email", "ops@example.org", "--trial", TRIAL, "--name", "our rival")

    assert "Subscription “our rival”" in made.stdout
    assert "our rival" in monitor("subscriptions", "list").stdout
    assert (
        "Subscription our rival to ops@example.org is paused." in monitor("subscriptions", "pause", "our rival").stdout
    )
    again = monitor("subscribe", "email", "ops@example.org", "--trial", TRIAL, "--name", "our rival")
    assert (again.returncode, again.stderr.count("\n")) == (2, 1)
    assert "is called “our rival” already: choose another name" in again.stderr


def test_who_is_told_the_same_twice_is_told_so(monitor: Monitor):
    once = ("subscribe", "email", "ops@example.org", "--trial", TRIAL, "--topic", "status")
    first = monitor(*once, "--name", "rival")

    again = monitor(*once)
    other = monitor(*once, "--topic", "sites")

    assert first.stderr == other.stderr == ""
    assert again.returncode == 0
    assert again.stderr == "monitor: ops@example.org hears of the same already, by subscription rival\n"


def test_a_watch_that_outlives_its_subscription_is_named(monitor: Monitor):
    monitor("subscribe", "email", "ops@example.org", "--sponsor", "Alzahra Hospital", "--name", "rival")

    ran = monitor("subscriptions", "remove", "rival")

    assert "Its watch stays: monitor watch remove 1 ends it, too." in ran.stdout
