"""The mailbox and the webhook receiver beside the registry: what arrives is shown, safely, and all can misbehave."""

import json
import smtplib
import socket
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
import requests
from standardwebhooks import Webhook

from monitor.sandbox.announcements import ForPeople
from monitor.sandbox.clinicaltrials_gov import Sandbox
from monitor.sandbox.inboxes import MAILBOX_WAYS, RECEIVER_WAYS, Inboxes
from monitor.sandbox.mailbox import Mailbox
from monitor.sandbox.receiver import WebhookReceiver
from tests.sandbox.conftest import Client

SECRET = "whsec_" + b64encode(b"k" * 24).decode()
HOSTILE = "<script>alert('x')</script>\" onmouseover=\"y"
MAIL = f"""From: Monitor <monitor@example.org>
To: you@example.org
Subject: Withdrawn {HOSTILE}
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="b"

--b
Content-Type: text/plain; charset=utf-8

In short {HOSTILE}
--b
Content-Type: text/html; charset=utf-8

<p style="color: red">At length {HOSTILE}</p>
--b--
""".replace("\n", "\r\n").encode()
BODY = json.dumps({"type": "trial.changed", "data": {"trial_id": "NCT02116634", "title": HOSTILE}}).encode()


@pytest.fixture
def said() -> list[str]:
    """What a person at the sandbox's terminal reads."""
    return []


@pytest.fixture
def sandbox(said: list[str]) -> Iterator[Sandbox]:
    announcements = ForPeople(said.append)
    with (
        Mailbox(latest=3, on_arrival=announcements.mail) as mailbox,
        WebhookReceiver(latest=3, on_arrival=announcements.webhook) as receiver,
        Sandbox(inboxes=Inboxes(mailbox, receiver)) as running,
    ):
        yield running


def send(sandbox: Sandbox, mail: bytes = MAIL, to: str = "you@example.org") -> dict:
    with smtplib.SMTP(sandbox.inboxes.mailbox.host, sandbox.inboxes.mailbox.port, timeout=30) as server:
        return server.sendmail("monitor@example.org", [to], mail)


def post(sandbox: Sandbox, body: bytes = BODY, secret: str = SECRET, timeout: float = 30) -> requests.Response:
    now = datetime.now(UTC)
    headers = {
        "webhook-id": "msg-1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign("msg-1", now, body.decode("utf-8", "replace")),
        "content-type": "application/json",
    }
    with requests.Session() as session:
        session.trust_env = False
        return session.post(
            sandbox.inboxes.receiver.url, data=body, headers=headers, timeout=timeout, allow_redirects=False
        )


def look(client: Client, path: str = "") -> requests.Response:
    return client.session.get(client.sandbox.page_url + path, timeout=30)


# What arrives


def test_a_mail_is_told_of_and_shown(client, sandbox, said):
    send(sandbox)

    text = look(client).text
    assert said == [f"mail to you@example.org: Withdrawn {HOSTILE}"]
    assert "to you@example.org" in text
    assert "In short &lt;script&gt;" in text
    assert "At length" not in text
    assert look(client, "sandbox/state").json()["mails"] == [
        {
            "number": 1,
            "from": "monitor@example.org",
            "to": ["you@example.org"],
            "subject": f"Withdrawn {HOSTILE}",
        }
    ]


def test_a_mail_can_be_had_as_it_came(client, sandbox):
    send(sandbox)

    answer = look(client, "sandbox/mails/1.eml")

    assert answer.content == MAIL
    assert answer.headers["content-disposition"] == "attachment"


def test_a_mails_html_is_shown_where_it_can_run_and_load_nothing(client, sandbox):
    send(sandbox)

    answer = look(client, "sandbox/mails/1.html")

    assert "At length" in answer.text
    policy = answer.headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "sandbox", "frame-ancestors 'self'"} <= set(policy)
    assert not any(rule.startswith("script-src") for rule in policy)
    assert '<iframe sandbox src="/sandbox/mails/1.html"' in look(client).text


@pytest.mark.parametrize("file", ["2.html", "1.txt", "1", "x.eml", "../state"])
def test_a_mail_that_is_not_there_is_not_found(client, sandbox, file):
    send(sandbox)

    assert look(client, f"sandbox/mails/{file}".replace("..", "%2e%2e")).status_code == 404


def test_a_webhook_whose_sender_died_in_the_middle_never_arrived(client, sandbox):
    head = b"POST /hooks/trials HTTP/1.1\r\nhost: x\r\nwebhook-id: msg-0\r\ncontent-length: %d\r\n\r\n" % len(BODY)
    with socket.create_connection(("127.0.0.1", sandbox.inboxes.receiver.port), timeout=30) as half:
        half.sendall(head + BODY[: len(BODY) // 2])
        half.shutdown(socket.SHUT_WR)
        answered = half.recv(1)
    post(sandbox)

    assert answered == b""
    assert [each.id for each in sandbox.inboxes.receiver.deliveries] == ["msg-1"]


def test_a_webhook_is_told_of_and_shown(client, sandbox, said):
    post(sandbox)

    text = look(client).text
    assert said == ["webhook trial.changed NCT02116634: signature not verified, answered 204"]
    assert "webhook-id: msg-1" in text
    assert "&quot;trial_id&quot;: &quot;NCT02116634&quot;" in text
    [webhook] = look(client, "sandbox/state").json()["webhooks"]
    assert (webhook["id"], webhook["verified"], webhook["status"]) == ("msg-1", None, 204)


def test_signatures_are_verified_once_the_secret_is_given(client, sandbox, said):
    answer = client.post("/sandbox/secret", id="3f2a", to="http://127.0.0.1/", secret=SECRET)
    post(sandbox)
    post(sandbox, secret="whsec_" + b64encode(b"another key of 24 bytes!").decode())

    assert answer.status_code == 200
    assert [line.split(": ")[1].split(",")[0] for line in said] == ["signature verified", "SIGNATURE WRONG"]
    assert SECRET not in look(client).text + look(client, "sandbox/state").text


@pytest.mark.parametrize("wrong", ["whsec_", "whsec_x", "whsec_ä"])
def test_a_wrong_secret_is_refused_without_repeating_it(client, sandbox, wrong):
    answer = client.post("/sandbox/secret", secret=wrong)

    assert answer.status_code == 400
    assert "That is not a signing secret" in answer.json()["error"]
    assert sandbox.inboxes.receiver.secret is None


def test_the_latest_are_kept_and_numbers_go_on(client, sandbox):
    for number in range(5):
        send(sandbox, f"Subject: {number}\r\n\r\n".encode())
        post(sandbox)

    state = look(client, "sandbox/state").json()
    assert [(mail["number"], mail["subject"]) for mail in state["mails"]] == [(3, "2"), (4, "3"), (5, "4")]
    assert [webhook["number"] for webhook in state["webhooks"]] == [3, 4, 5]


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found |= {tag, *(name for name, _ in attrs)}


@pytest.mark.parametrize("body", [BODY, b"[1]", b"{", b"\xff<script>", b'{"type": "<script>", "data": 3}'])
def test_nothing_that_arrives_can_be_planted_on_the_page(client, sandbox, body):
    send(sandbox)
    post(sandbox, body)

    assert not {"script", "onmouseover"} & Tags(look(client).text).found


@pytest.mark.parametrize(
    "mail",
    [
        b"",
        b"\xff\xfe\r\n\r\n\xff",
        b"Content-Type: text/plain; charset=klingon\r\n\r\nnuqneH",
        b"Content-Type: text/html; charset=klingon\r\nContent-Transfer-Encoding: base64\r\n\r\n!!",
        b"Content-Type: multipart/alternative\r\n\r\nno parts",
        b"Subject: =?utf-8?q?=1B[2J=E2=80=AE?=\r\nFrom: <\r\n\r\n",
    ],
)
def test_a_mail_of_any_shape_is_shown_and_told_of_in_one_harmless_line(client, sandbox, said, mail):
    send(sandbox, mail)

    assert look(client).status_code == 200
    [line] = said
    assert line.isprintable()


# How they misbehave


def code_of(sandbox: Sandbox) -> int:
    """What a mail's sender is answered; 0 where the connection is lost."""
    try:
        send(sandbox)
    except smtplib.SMTPServerDisconnected:
        return 0
    except smtplib.SMTPRecipientsRefused as refused:
        return refused.recipients["you@example.org"][0]
    return 250


@pytest.mark.parametrize(
    ("way", "code", "kept"),
    [("take", 250, 1), ("greylist", 451, 0), ("refuse", 550, 0), ("unknown", 550, 0), ("drop", 0, 1)],
)
def test_the_mailbox_behaves_as_it_is_told(client, sandbox, way, code, kept):
    client.post("/sandbox/mailbox", way=way)

    assert code_of(sandbox) == code
    assert len(sandbox.inboxes.mails) == kept
    client.post("/sandbox/mailbox", way="take")
    assert code_of(sandbox) == 250


@pytest.mark.parametrize("way", [way for way in RECEIVER_WAYS if way.isdigit()])
def test_the_receiver_answers_the_status_that_it_is_told(client, sandbox, way):
    client.post("/sandbox/receiver", way=way)

    assert post(sandbox).status_code == int(way)
    client.post("/sandbox/receiver", way="204")
    assert post(sandbox).status_code == 204


@pytest.mark.parametrize(("way", "error"), [("hang", requests.ReadTimeout), ("reset", requests.ConnectionError)])
def test_the_receiver_hangs_and_resets(client, sandbox, way, error):
    client.post("/sandbox/receiver", way=way)

    with pytest.raises(error):
        post(sandbox, timeout=0.3)


def test_the_page_offers_every_way_and_shows_the_one_that_was_chosen(client, sandbox):
    answer = client.session.post(
        f"{sandbox.page_url}sandbox/mailbox", data={"way": "greylist", "nct_id": "NCT02116634"}, timeout=30
    )

    assert "The mailbox will say not now" in answer.text
    assert '<option value="greylist" selected>' in answer.text
    assert all(f'<option value="{way}"' in answer.text for way in (*MAILBOX_WAYS, *RECEIVER_WAYS))


def test_a_mailbox_that_reports_needs_a_place_for_that(client, sandbox):
    answer = client.post("/sandbox/mailbox", way="bounce")

    assert answer.status_code == 404
    assert "start it with --maildir DIR" in answer.json()["error"]
    assert sandbox.inboxes.mailbox_way == "take"


@pytest.mark.parametrize(
    ("way", "says"), [("bounce", b"Status: 5.1.1"), ("full", b"Status: 5.2.2"), ("complain", b"Feedback-Type: abuse")]
)
def test_a_mailbox_reports_on_what_it_took(client, sandbox, tmp_path, way, says):
    sandbox.inboxes.maildir = tmp_path / "Maildir"
    client.post("/sandbox/mailbox", way=way)
    send(sandbox)
    client.post("/sandbox/mailbox", way="take")
    send(sandbox)

    (report,) = (tmp_path / "Maildir" / "new").iterdir()
    assert says in report.read_bytes()
    assert len(sandbox.inboxes.mails) == 2


@pytest.mark.parametrize("control", ["mailbox", "receiver"])
def test_an_unknown_way_is_answered_with_the_known_ones(client, sandbox, control):
    answer = client.post(f"/sandbox/{control}", way="explode")

    assert answer.status_code == 400
    assert "use one of" in answer.json()["error"]


@pytest.mark.parametrize(
    ("control", "arguments"),
    [("mailbox", {"way": "take"}), ("receiver", {"way": "204"}), ("secret", {"secret": SECRET})],
)
def test_a_sandbox_without_them_says_so(control, arguments):
    with Sandbox() as alone:
        client = Client(alone)
        answer = client.post(f"/sandbox/{control}", **arguments)
        page = look(client).text
        client.session.close()

    assert answer.status_code == 404
    assert f"--no-{'mailbox' if control == 'mailbox' else 'receiver'}" in answer.json()["error"]
    assert "In the mailbox" not in page


# The command


def monitor_sandbox(*options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "monitor", "sandbox", "--port", "0", "--trials", "0", *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize(
    ("option", "name"),
    [("--port", "sandbox"), ("--mailbox-port", "mailbox"), ("--receiver-port", "webhook receiver")],
)
def test_a_busy_port_is_one_line(option, name):
    with socket.create_server(("127.0.0.1", 0)) as taken, monitor_sandbox(option, str(taken.getsockname()[1])) as ran:
        _, complaint = ran.communicate(timeout=60)

    assert ran.returncode == 2
    assert complaint.startswith(f"monitor: The {name} cannot listen on port ")
    assert complaint.count("\n") == 1


def test_they_can_be_left_out():
    with monitor_sandbox("--json", "--no-mailbox", "--no-receiver") as running:
        told = json.loads(running.stdout.readline())
        running.terminate()
        running.communicate(timeout=60)

    assert (told["mailbox"], told["receiver"]) == (None, None)
    assert not [name for name in told["variables"] if "SMTP" in name or "WEBHOOKS" in name]
    assert not [line for line in told["commands"] if "subscribe" in line]


def test_people_are_told_what_to_copy_and_what_arrived():
    with monitor_sandbox() as running:
        lines = iter(running.stderr.readline, "")
        port = next(line for line in lines if "SMTP__PORT" in line).split("=")[1]
        next(line for line in lines if line.startswith("Ctrl-C"))
        with smtplib.SMTP("127.0.0.1", int(port), timeout=30) as server:
            server.sendmail("a@example.org", ["you@example.org"], b"Subject: Hello\r\n\r\n")
        told = next(line for line in lines if line.strip())
        running.terminate()
        running.communicate(timeout=60)

    assert (running.returncode, told) == (0, "mail to you@example.org: Hello\n")
