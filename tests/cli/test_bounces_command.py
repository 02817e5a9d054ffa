"""`monitor bounces`: from a mail that a sandbox's mailbox takes and sends back, to what people read of it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.sandbox.inboxes import Inboxes
from monitor.sandbox.mailbox import Mailbox
from tests.cli.commands import Monitor, Ran, asking, command
from tests.program import WITHDRAWN_LATER

ANNA = "anna@example.org"


@pytest.fixture
def inboxes(tmp_path: Path) -> Iterator[Inboxes]:
    with Mailbox() as mailbox:
        yield Inboxes(mailbox, maildir=tmp_path / "bounces")


@pytest.fixture
def monitor(tmp_path: Path, sandbox: Sandbox, inboxes: Inboxes) -> Monitor:
    """Where a mail to Anna was taken, and will come back, if the mailbox was told so before."""
    return command(
        tmp_path,
        **asking(sandbox),
        MONITOR_SMTP__HOST="127.0.0.1",
        MONITOR_SMTP__PORT=str(inboxes.mailbox.port),
        MONITOR_BOUNCES__ADDRESS="bounces@example.org",
    )


def tell(monitor: Monitor, sandbox: Sandbox) -> None:
    assert monitor("subscribe", "email", ANNA, "--trial", WITHDRAWN_LATER, "--name", "rival").returncode == 0
    sandbox.next_state(WITHDRAWN_LATER)
    assert monitor("check", "--deliver").returncode == 0


def objects(ran: Ran) -> list[dict]:
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_what_came_back_is_told_wherever_somebody_looks(monitor: Monitor, sandbox: Sandbox, inboxes: Inboxes):
    inboxes.set_mailbox_way("bounce")
    tell(monitor, sandbox)
    in_maildir = {"MONITOR_BOUNCES__MAILDIR": "bounces"}

    (taken,) = objects(monitor("bounces", "read", "--json", **in_maildir))

    assert (taken["outcome"], taken["kind"], taken["status"], taken["to"]) == ("ended", "hard", "5.1.1", ANNA)
    assert objects(monitor("bounces", "read", "--json", **in_maildir)) == []
    (listed,) = objects(monitor("bounces", "list", "--json"))
    assert (listed["delivery"], listed["to"], listed["effect"]) == (taken["delivery"], ANNA, "ended")
    (shown,) = [json.loads(monitor("deliveries", "show", taken["delivery"]).stdout)]
    assert [each["diagnostic"] for each in shown["reports"]] == ["550 5.1.1 No such mailbox"]
    assert (shown["standing"], shown["reports"][0]["effect"]) == ("delivered", "ended")
    why = "ended: mail to it comes back, as there is no such mailbox,"
    assert why in " ".join(monitor("subscriptions", "list", COLUMNS="250").stdout.split())
    assert "550 5.1.1 No such mailbox" in monitor("bounces", "list", COLUMNS="250").stdout
    told = monitor("why", WITHDRAWN_LATER, ANNA, COLUMNS="250").stdout
    assert "; it came back: there is no such mailbox, " in told
    (subscription,) = objects(monitor("subscriptions", "list", "--json"))
    assert subscription["state"] == "ended"
    assert subscription["came_back"].startswith("mail to it comes back, as there is no such mailbox, ")


def test_a_mail_can_be_given_by_hand(monitor: Monitor, sandbox: Sandbox, inboxes: Inboxes, tmp_path: Path):
    inboxes.set_mailbox_way("complain")
    tell(monitor, sandbox)
    (file,) = (tmp_path / "bounces" / "new").iterdir()
    (tmp_path / "hello.eml").write_bytes(b"Subject: hello\n\nhello\n")

    ran = monitor("bounces", "read", str(file), str(file), "hello.eml")

    assert ran.stdout.splitlines() == [
        f"{ANNA}: complaint, ended rival: abuse, reported by sandbox",
        f"{ANNA}: read before.",
        "No report of a mail: nothing is done.",
    ]
    assert file.exists(), "what is named stays where it is"


@pytest.mark.parametrize(
    ("arguments", "variables", "words"),
    [
        ((), {}, "there is no mailbox to read: set maildir or imap in [bounces], or name a file"),
        (("nowhere.eml",), {}, "nowhere.eml cannot be read (No such file or directory)"),
        ((), {"MONITOR_BOUNCES__MAILDIR": "nowhere"}, "the Maildir nowhere cannot be read"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(tmp_path: Path, arguments, variables, words):
    ran = command(tmp_path)("bounces", "read", *arguments, **variables)

    assert (ran.returncode != 0, ran.stdout, ran.stderr.count("\n")) == (True, "", 1)
    assert words in ran.stderr


def test_where_nothing_came_back_the_list_says_so(tmp_path: Path):
    assert command(tmp_path)("bounces", "list").stdout == "Nothing came back.\n"
