"""Telling people, as a user does it: real processes, a real SMTP server and a real webhook on loopback."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.sandbox.mailbox import Mailbox
from monitor.sandbox.receiver import WebhookReceiver
from tests.cli.commands import Monitor, Ran, asking, command
from tests.webhook_schema import as_promised

TRIAL = "NCT02116634"
PLANTED = [f"planted-secret-{number:02}" for number in range(20)]


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as running:
        yield running


@pytest.fixture
def hook() -> Iterator[WebhookReceiver]:
    """Whose deliveries are what the schema promises."""
    with WebhookReceiver() as running:
        yield running
    for delivery in running.deliveries:
        as_promised(delivery.body)


@pytest.fixture
def monitor(tmp_path: Path, sandbox: Sandbox, mailbox: Mailbox) -> Monitor:
    """Run `monitor …` in a folder of its own, where the baseline of one watched trial has been taken."""
    run = command(
        tmp_path,
        **asking(sandbox),
        MONITOR_SMTP__HOST="127.0.0.1",
        MONITOR_SMTP__PORT=str(mailbox.port),
        MONITOR_WEBHOOKS__ALLOW_NETWORKS='["127.0.0.0/8"]',
    )
    assert run("watch", "add", TRIAL).returncode == 0
    assert run("check").returncode == 0
    return run


def objects(ran: Ran) -> list[dict]:
    assert ran.stderr == ""
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_a_mailbox_and_a_webhook_hear_of_a_withdrawal(
    monitor: Monitor, sandbox: Sandbox, mailbox: Mailbox, hook: WebhookReceiver
):
    monitor("subscribe", "email", "ops@example.org", "--trial", TRIAL, "--note", "our comparator")
    [made] = objects(monitor("subscribe", "webhook", hook.url, "--watch", "1", "--json"))
    hook.secret = made["secret"]
    sandbox.next_state(TRIAL)

    ran = monitor("check", "--deliver")

    assert ran.returncode == 0, ran.stderr
    assert "2 delivered" in ran.stdout
    [mail] = mailbox.messages
    assert mail.email["Subject"] == f"[critical] {TRIAL}: Withdrawn – “Because economic problems”"
    assert "our comparator" in mail.email.get_body(("plain",)).get_content()
    [delivery] = hook.deliveries
    assert delivery.verified
    assert json.loads(delivery.body)["data"]["changes"][0]["kind"] == "status.stopped"
    assert monitor("deliver").stdout.strip() == "0 delivered"


def test_the_configuration_subscribes_changes_and_ends(
    monitor: Monitor, sandbox: Sandbox, mailbox: Mailbox, tmp_path: Path
):
    config = tmp_path / "config.toml"
    config.write_text(f'[[subscription]]\nemail = "ops@example.org"\ntrials = ["{TRIAL}"]\n')
    monitor("check")
    monitor("check")
    [first] = objects(monitor("subscriptions", "list", "--json"))
    config.write_text(f'[[subscription]]\nemail = "ops@example.org"\ntrials = ["{TRIAL}"]\ntopics = ["sites"]\n')
    monitor("check")
    [changed] = objects(monitor("subscriptions", "list", "--json"))
    config.write_text("")
    monitor("check")
    [ended] = objects(monitor("subscriptions", "list", "--json"))

    assert (first["topics"], changed["topics"]) == ([], ["sites"])
    assert first["id"] == changed["id"] == ended["id"]
    assert (first["state"], ended["state"]) == ("active", "ended")


def test_a_receiver_that_refuses_is_shown_with_its_answer_and_served_later(
    monitor: Monitor, sandbox: Sandbox, hook: WebhookReceiver
):
    monitor("subscribe", "webhook", hook.url, "--all")
    hook.will_answer(500, body=b"out of order")
    sandbox.next_state(TRIAL)

    ran = monitor("check", "--deliver")

    assert ran.returncode == 3
    assert "500" in ran.stderr
    [owed] = objects(monitor("deliveries", "list", "--json"))
    [shown] = objects(monitor("deliveries", "show", owed["id"][:8]))
    assert shown["standing"] == "owed"
    assert [(each["status"], each["answer"]) for each in shown["attempts"]] == [(500, "out of order")]
    hook.will_answer(204)
    assert "1 owed again" in monitor("deliveries", "replay", owed["id"]).stdout
    assert "1 delivered" in monitor("deliver").stdout
    assert len({delivery.id for delivery in hook.deliveries}) == 1


def test_a_sample_can_be_sent_at_once(monitor: Monitor, mailbox: Mailbox):
    [made] = objects(monitor("subscribe", "email", "ops@example.org", "--all", "--json"))

    ran = monitor("subscriptions", "test", made["id"][:8])

    assert ran.returncode == 0, ran.stderr
    assert "test" in mailbox.messages[0].email.get_body(("plain",)).get_content()


def test_why_tells_both_what_was_sent_and_what_was_not(monitor: Monitor, sandbox: Sandbox):
    monitor("subscribe", "email", "all@example.org", "--all")
    monitor("subscribe", "email", "sites@example.org", "--all", "--topic", "sites")
    sandbox.next_state(TRIAL)
    monitor("check", "--deliver")

    assert "sent, and taken at" in monitor("why", TRIAL, "all@example.org").stdout
    assert "topic status is not among sites" in monitor("why", TRIAL, "sites@example.org").stdout
    assert monitor("why", TRIAL, "nobody@example.org").returncode == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("email", "no address", "--all"), "no address"),
        (("webhook", "ftp://example.org/", "--all"), "http"),
        (("webhook", "https://user:pw@example.org/", "--all"), "example.org"),
        (("chat", "json://127.0.0.1/", "--all"), "json"),
        (("email", "ops@example.org"), "--trial, --watch, --group, --sponsor, --condition, --search and --all"),
        (("email", "ops@example.org", "--all", "--topic", "statos"), "did you mean status?"),
        (("email", "ops@example.org", "--all", "--kind", "status.stoped"), "did you mean status.stopped?"),
        (("email", "ops@example.org", "--all", "--min-significance", "mayor"), "did you mean major?"),
        (("email", "ops@example.org", "--watch", "9"), "9"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(monitor: Monitor, arguments: tuple[str, ...], said: str):
    ran = monitor("subscribe", *arguments)

    assert ran.returncode == 2
    [line] = ran.stderr.splitlines()
    assert said in line
    assert monitor("subscriptions", "list", "--json").stdout == ""


def test_planted_secrets_are_nowhere(monitor: Monitor, sandbox: Sandbox, hook: WebhookReceiver, tmp_path: Path):
    """Twenty of them, in addresses, passwords and keys: not in what is printed, and not in the database."""
    said = []
    for secret in PLANTED[:12]:
        ran = monitor("subscribe", "webhook", f"{hook.url}?token={secret}", "--all", "--json")
        made = json.loads(ran.stdout)
        signing = made.pop("secret")
        said += [json.dumps(made), ran.stderr]
        assert signing.startswith("whsec_")
    for secret in PLANTED[12:18]:
        said.append(monitor("subscribe", "chat", f"slack://{secret}/B1234567/abcdefghijklmnopqrstuvwx", "--all").stderr)
    password = {"MONITOR_SMTP__USERNAME": "ops", "MONITOR_SMTP__PASSWORD": PLANTED[18]}
    store = {"MONITOR_STORE__URL": f"postgresql+psycopg://u:{PLANTED[19]}@127.0.0.1:1/x"}
    hook.will_answer(500)
    sandbox.next_state(TRIAL)
    for arguments in (("check", "--deliver"), ("deliveries", "list"), ("deliveries", "list", "--json")):
        ran = monitor(*arguments, **password)
        said += [ran.stdout, ran.stderr]
    for delivery in objects(monitor("deliveries", "list", "--json")):
        said.append(monitor("deliveries", "show", delivery["id"]).stdout)
    ran = monitor("subscriptions", "list", **store)
    said += [ran.stdout, ran.stderr, monitor("subscriptions", "list", "--json").stdout]
    kept = b"".join(path.read_bytes() for path in (tmp_path / "snapshots").glob("monitor.sqlite3*"))

    for secret in PLANTED:
        assert secret not in "".join(said)
        assert secret.encode() not in kept
    assert (tmp_path / "snapshots" / "secret.key").stat().st_mode & 0o777 == 0o600


# Chat services' own URLs

SLACK = f"https://hooks.slack.com/services/T024BE7LD/B024BE7LE/{PLANTED[0].replace('-', '')}"


def test_a_pasted_url_of_a_chat_service_is_subscribed_and_not_shown(monitor: Monitor):
    ran = monitor("subscribe", "chat", SLACK, "--trial", TRIAL)
    [made] = objects(monitor("subscribe", "chat", SLACK, "--all", "--json"))

    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith(f"This is a Slack webhook.\nFrom now on, slack://*** hears about {TRIAL}.\n")
    assert (made["to"], made["taken_for"]) == ("slack://***", "is a Slack webhook")
    assert "planted" not in ran.stdout
    assert "Nothing has changed" in monitor("why", TRIAL, SLACK).stdout


def test_a_chat_services_url_is_a_webhook_only_where_that_is_meant(monitor: Monitor):
    asked = monitor("subscribe", "webhook", SLACK, "--trial", TRIAL)
    meant = monitor("subscribe", "webhook", SLACK, "--trial", TRIAL, "--as-webhook")

    assert (asked.returncode, asked.stdout) == (2, "")
    assert asked.stderr.startswith("monitor: this is a Slack webhook, which takes chat messages and not our JSON: ")
    assert len(asked.stderr.splitlines()) == 1
    assert meant.returncode == 0
    assert "planted" not in asked.stderr + meant.stdout


@pytest.mark.parametrize("block", ["[[subscription]]\nall = true\n", "[operator]\n"])
def test_the_configuration_takes_what_is_pasted_too(monitor: Monitor, tmp_path: Path, block: str):
    config = tmp_path / "config.toml"
    config.write_text(f'{block}webhook = "{SLACK}"\n')
    asked = monitor("check")
    config.write_text(f'{block}webhook = "{SLACK}"\nas_webhook = true\n')
    meant = monitor("check")
    config.write_text(f'{block}chat = "{SLACK}"\n')
    chat = monitor("check")
    shown = monitor("subscriptions", "list").stdout

    assert asked.returncode == 2
    assert "this is a Slack webhook, which takes chat messages" in asked.stderr
    assert (meant.returncode, chat.returncode) == (0, 0), meant.stderr + chat.stderr
    assert "slack://***" in shown
    assert "planted" not in asked.stderr + shown


def test_a_sample_says_where_to_look_for_it(monitor: Monitor, mailbox: Mailbox, hook: WebhookReceiver):
    [mail] = objects(monitor("subscribe", "email", "ops@example.org", "--trial", TRIAL, "--json"))
    [posted] = objects(monitor("subscribe", "webhook", hook.url, "--trial", TRIAL, "--json"))
    hook.secret = posted["secret"]

    by_mail = monitor("subscriptions", "test", mail["id"]).stdout
    by_post = monitor("subscriptions", "test", posted["id"]).stdout
    [told] = objects(monitor("subscriptions", "test", posted["id"], "--json"))

    [arrived] = mailbox.messages
    assert by_mail.endswith(
        f"Look in the mailbox ops@example.org, and among its junk, for “{arrived.email['Subject']}”.\n"
    )
    first, second = hook.deliveries
    assert f"a POST of type trial.changed about NCT00000000 with webhook-id {first.id}" in by_post
    assert (told["delivery"], told["status"]) == (second.id, 204)
