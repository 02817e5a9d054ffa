"""Several people who hear of the same, as the operator makes and changes them, and as they leave."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.sandbox.mailbox import Mailbox
from tests.cli.commands import Monitor, Ran, asking, command

TRIAL = "NCT02116634"
AMARA, BENGT, CHIDI = "amara@example.org", "bengt@example.org", "chidi@example.org"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as running:
        yield running


@pytest.fixture
def monitor(tmp_path: Path, sandbox: Sandbox, mailbox: Mailbox) -> Monitor:
    """Run `monitor …` in a folder of its own, where the baseline of one watched trial has been taken."""
    run = command(
        tmp_path,
        COLUMNS="160",
        **asking(sandbox),
        MONITOR_SMTP__HOST="127.0.0.1",
        MONITOR_SMTP__PORT=str(mailbox.port),
        MONITOR_SMTP__SENDER="monitor@example.org",
    )
    assert run("watch", "add", TRIAL).returncode == 0
    assert run("check").returncode == 0
    return run


def objects(ran: Ran) -> list[dict]:
    assert (ran.returncode, ran.stderr) == (0, "")
    return [json.loads(line) for line in ran.stdout.splitlines()]


def refusal(ran: Ran) -> str:
    assert (ran.returncode, ran.stdout) == (2, "")
    [line] = ran.stderr.splitlines()
    return line


def states(monitor: Monitor) -> dict[str, str]:
    return {each["to"]: each["state"] for each in objects(monitor("subscriptions", "list", "--json"))}


def subscribe(monitor: Monitor, *people: str) -> Ran:
    return monitor("subscribe", "email", *people, "--name", "oncology", "--trial", TRIAL, "--topic", "status")


def test_several_addresses_are_a_team_of_which_each_hears_and_leaves_alone(
    monitor: Monitor, sandbox: Sandbox, mailbox: Mailbox
):
    made = subscribe(monitor, AMARA, BENGT, CHIDI, AMARA)
    left = monitor("subscriptions", "leave", "oncology", BENGT)
    sandbox.next_state(TRIAL)
    monitor("check", "--deliver")

    assert made.stdout.splitlines()[0] == f"From now on, {AMARA}, {BENGT} and {CHIDI} hear about {TRIAL}."
    assert left.stdout == f"{BENGT} is no longer in team “oncology”.\n"
    assert states(monitor) == {AMARA: "active", BENGT: "ended", CHIDI: "active"}
    assert sorted(mail.email["To"] for mail in mailbox.messages) == [AMARA, CHIDI]


def test_a_team_is_one_line_of_the_table_and_its_name_stands_for_all_in_it(monitor: Monitor, mailbox: Mailbox):
    subscribe(monitor, AMARA, BENGT, CHIDI)

    listed = monitor("subscriptions", "list").stdout
    assert listed.count("oncology") == 1
    assert "3 people, by email" in listed
    assert [(each["team"], each["to"]) for each in objects(monitor("subscriptions", "show", "oncology"))] == [
        ("oncology", AMARA),
        ("oncology", BENGT),
        ("oncology", CHIDI),
    ]
    assert len(objects(monitor("subscriptions", "test", "oncology", "--json"))) == len(mailbox.messages) == 3
    assert [each["is_made"] for each in objects(monitor("subscriptions", "backtest", "oncology", "--json"))] == [True]

    paused = monitor("subscriptions", "pause", "oncology").stdout.splitlines()
    assert paused[0] == f"Subscription of {AMARA} in team “oncology” is paused."
    monitor("subscriptions", "resume", f"oncology, {AMARA}")
    assert "1 active, 2 paused" in monitor("subscriptions", "list").stdout
    monitor("subscriptions", "remove", "oncology")
    assert set(states(monitor).values()) == {"ended"}
    assert subscribe(monitor, AMARA, BENGT).returncode == 0


def test_who_joins_hears_of_what_the_others_hear_of(monitor: Monitor):
    subscribe(monitor, AMARA, BENGT)

    joined = monitor("subscriptions", "join", "oncology", "webhook", "https://hooks.example.org/trials")

    assert joined.stdout.startswith("https://hooks.example.org/trials hears of what team “oncology” hears of, from now")
    assert "Its signing secret, shown this once:" in joined.stdout
    [last] = [each for each in objects(monitor("subscriptions", "list", "--json")) if each["way"] == "webhook"]
    assert (last["team"], last["trials"], last["topics"], last["way"]) == ("oncology", [TRIAL], ["status"], "webhook")
    assert "3 people, by email and webhook" in monitor("subscriptions", "list").stdout
    assert "is in “oncology” already" in refusal(monitor("subscriptions", "join", "oncology", "email", AMARA))
    assert len(states(monitor)) == 3


def test_a_subscription_that_has_a_name_becomes_a_team(monitor: Monitor):
    monitor("subscribe", "email", AMARA, "--name", "ops", "--trial", TRIAL)

    assert monitor("subscriptions", "join", "ops", "email", BENGT).returncode == 0

    named = [(each["team"], each["name"]) for each in objects(monitor("subscriptions", "show", "ops"))]
    assert named == [("ops", f"ops, {AMARA}"), ("ops", f"ops, {BENGT}")]


def test_a_team_is_edited_and_renamed_as_one(monitor: Monitor):
    subscribe(monitor, AMARA, BENGT)

    edited = objects(monitor("subscriptions", "edit", "oncology", "--digest", "weekly", "--name", "rivals", "--json"))

    assert [(each["team"], each["name"], each["to"]) for each in edited] == [
        ("rivals", f"rivals, {AMARA}", AMARA),
        ("rivals", f"rivals, {BENGT}", BENGT),
    ]
    assert "on Mondays at 08:00" in monitor("subscriptions", "list").stdout
    assert "a team has a name" in refusal(monitor("subscriptions", "edit", "rivals", "--clear", "name"))
    assert (
        objects(monitor("subscriptions", "edit", f"rivals, {AMARA}", "--note", "ours", "--json"))[0]["note"] == "ours"
    )


def test_what_is_no_team_is_refused_in_one_line_and_nobody_is_subscribed(monitor: Monitor):
    people = ("subscribe", "email", AMARA, BENGT, "--trial", TRIAL)
    assert "several addresses are a team, which needs a name" in refusal(monitor(*people))
    assert "is not a mail address" in refusal(subscribe(monitor, AMARA, "bengt"))
    assert "- reads one address" in refusal(monitor("subscribe", "email", "-", AMARA, "--name", "x", "--all"))
    assert states(monitor) == {}

    subscribe(monitor, AMARA, BENGT)
    assert "a team is called “oncology” already" in refusal(subscribe(monitor, CHIDI))
    assert "a team is called “oncology” already" in refusal(subscribe(monitor, CHIDI, AMARA))
    assert "nobody in it has that address" in refusal(monitor("subscriptions", "leave", "oncology", CHIDI))
    assert "there is no team “rivals”" in refusal(monitor("subscriptions", "leave", "rivals", AMARA))
    assert f"name one in it, such as “oncology, {AMARA}”" in refusal(monitor("subscriptions", "rotate", "oncology"))


# A team of config.toml


@pytest.fixture
def configure(monitor: Monitor, tmp_path: Path) -> Callable[..., Ran]:
    """Write a block for these people, and have it taken up."""

    def write(people: str | list[str], more: str = "") -> Ran:
        text = f'[[subscription]]\nname = "ops"\nemail = {json.dumps(people)}\ntrials = ["{TRIAL}"]\n{more}\n'
        (tmp_path / "config.toml").write_text(text)
        return monitor("check")

    return write


def ids(monitor: Monitor) -> dict[str, str]:
    return {each["to"]: each["id"] for each in objects(monitor("subscriptions", "list", "--json"))}


def test_a_block_with_several_addresses_is_a_team_and_who_is_taken_off_it_ends_alone(
    monitor: Monitor, configure: Callable[..., Ran]
):
    configure([AMARA, BENGT])
    before = ids(monitor)
    assert "2 people, by email" in monitor("subscriptions", "list").stdout

    configure([BENGT, CHIDI])

    assert states(monitor) == {AMARA: "ended", BENGT: "active", CHIDI: "active"}
    assert ids(monitor)[BENGT] == before[BENGT]
    named = [each["name"] for each in objects(monitor("subscriptions", "show", "ops"))]
    assert named == [f"ops, {BENGT}", f"ops, {CHIDI}"]
    assert "the configuration makes “ops”" in refusal(monitor("subscriptions", "join", "ops", "email", AMARA))


def test_an_address_of_a_team_that_cannot_be_used_harms_nobody_else(monitor: Monitor, tmp_path: Path):
    def configure(*hooks: str) -> Ran:
        text = f'[[subscription]]\nname = "ops"\nwebhook = {json.dumps(hooks)}\ntrials = ["{TRIAL}"]\n'
        (tmp_path / "config.toml").write_text(text)
        return monitor("check")

    configure("https://a.example.org/trials", "https://b.example.org/trials")
    mistaken = configure("https://c.example.org/trials", "https://hooks.slack.com/services/T01/B02/s3cret")

    assert "this is a Slack webhook" in mistaken.stderr
    assert "s3cret" not in mistaken.stderr
    assert {to: state for to, state in states(monitor).items() if "example" in to} == {
        "https://a.example.org/trials": "active",
        "https://b.example.org/trials": "active",
        "https://c.example.org/trials": "active",
    }


def test_blocks_without_names_are_known_by_their_addresses_also_while_one_cannot_be_used(
    monitor: Monitor, tmp_path: Path
):
    def configure(*blocks: tuple[str, str]) -> Ran:
        texts = [f'[[subscription]]\nemail = "{address}"\n{about}\n' for address, about in blocks]
        (tmp_path / "config.toml").write_text("".join(texts))
        return monitor("check")

    about = f'trials = ["{TRIAL}"]'
    configure((AMARA, about), (BENGT, about))
    before = ids(monitor)

    refused = configure((CHIDI, about), (BENGT, 'watch = "none such"'), (AMARA, about))

    assert "none such" in refused.stderr
    assert states(monitor) == {AMARA: "active", BENGT: "active", CHIDI: "active"}
    configure((CHIDI, about), (BENGT, about))
    assert states(monitor) == {AMARA: "ended", BENGT: "active", CHIDI: "active"}
    assert {address: ids(monitor)[address] for address in before} == before
