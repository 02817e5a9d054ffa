"""Mail servers of real offices: names and addresses that are not ASCII, old servers, and logins by token."""

import socket
import sys
import threading
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from typing import BinaryIO

import pytest

from monitor.channels.email.configured import email_transport, mail_sender
from monitor.channels.email.tokens import token_from_command, token_from_file
from monitor.channels.email.transport import EmailTransport
from monitor.config import load
from monitor.errors import ConfigurationInvalid, DeliveryDeferred, DeliveryRejected
from monitor.sandbox.mailbox import Mailbox
from tests.channels.email.mails import NOW, channel_to, failure, message

TOKEN = "ya29.a0AfH6SMB-hunter2_hunter2~hunter2/hunter2="


@dataclass
class Talk:
    """A server that answers by the word that a line begins with, and what it heard."""

    port: int = 0
    heard: list[str] = field(default_factory=list)


@contextmanager
def speaking(answers: Mapping[str, bytes]) -> Iterator[Talk]:
    """*answers* replace the usual ones."""
    usual = {"EHLO": b"250 hello", "HELO": b"250 hello", "DATA": b"354 go on", "QUIT": b"221 bye", ".": b"250 kept"}
    talk = Talk()

    def converse(connection: socket.socket, lines: BinaryIO) -> None:
        connection.sendall(b"220 hello\r\n")
        in_message = False
        while line := lines.readline():
            said = line.decode(errors="replace").rstrip("\r\n")
            if in_message and said != ".":
                continue
            talk.heard.append(said)
            verb = said.partition(" ")[0].upper()
            connection.sendall({**usual, **answers}.get(verb, b"250 ok") + b"\r\n")
            in_message = verb == "DATA"

    with socket.create_server(("127.0.0.1", 0)) as listener:
        talk.port = listener.getsockname()[1]

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection, connection.makefile("rb") as lines, suppress(OSError):
                    converse(connection, lines)

        threading.Thread(target=serve, daemon=True).start()
        yield talk
        listener.shutdown(socket.SHUT_RDWR)


def send(talk: Talk, **options: object) -> None:
    given = {"sender": "m@example.org", "timeout": 10, **options}
    with closing(EmailTransport(host="127.0.0.1", port=talk.port, **given)) as sending:
        sending.send(message(), now=NOW)


# Addresses


def test_a_senders_domain_is_written_as_smtp_writes_it():
    with Mailbox(smtputf8=False) as mailbox, channel_to(mailbox, sender="Zoë <zoe@Müller.example>") as sending:
        sending.send(message(), now=NOW)

    assert [mail.sender for mail in mailbox.messages] == ["zoe@xn--mller-kva.example"]


def test_a_sender_that_is_not_ascii_before_the_at_needs_a_server_that_takes_it():
    sender = "Zoë <zoë@müller.example>"
    with Mailbox() as mailbox, channel_to(mailbox, sender=sender) as sending:
        sending.send(message(), now=NOW)
    with Mailbox(smtputf8=False) as other, channel_to(other, sender=sender) as sending:
        problem = failure(lambda: sending.send(message(), now=NOW))

    assert [mail.sender for mail in mailbox.messages] == ["zoë@xn--mller-kva.example"]
    assert type(problem) is DeliveryDeferred
    assert str(problem).endswith(
        "takes no international addresses (SMTPUTF8), and smtp.sender is one: give it one that is ASCII before the @"
    )


def test_a_receiver_that_is_not_ascii_before_the_at_is_written_to_where_the_server_takes_it():
    with Mailbox() as mailbox, channel_to(mailbox) as sending:
        sending.send(message("ü@exämple.org"), now=NOW)
    with Mailbox(smtputf8=False) as other, channel_to(other) as sending:
        problem = failure(lambda: sending.send(message("ü@exämple.org"), now=NOW))

    assert [mail.recipients for mail in mailbox.messages] == [("ü@exämple.org",)]
    assert isinstance(problem, DeliveryRejected)


def test_the_head_of_a_mail_is_ascii_for_a_sender_with_a_name_and_a_domain_that_are_not():
    config = load(
        None,
        {"MONITOR_SMTP__SENDER": "Zoë Müller <zoe@müller.example>", "MONITOR_OPERATOR__EMAIL": "ops@müller.example"},
    )

    sender = mail_sender(config)

    assert sender.sender == "Zoë Müller <zoe@xn--mller-kva.example>"
    assert sender.list_host == "xn--mller-kva.example"
    assert sender.unsubscribe == "mailto:ops@xn--mller-kva.example"


@pytest.mark.parametrize("sender", ["m@exa mple.org", "m@a..ü", "m@-ü-.example", "m@" + "ü" * 70])
def test_a_sender_that_can_never_work_is_refused_at_the_start(sender):
    with pytest.raises(ConfigurationInvalid, match=r"^MONITOR_SMTP__SENDER: |smtp\.sender"):
        load(None, {"MONITOR_SMTP__SENDER": sender})


def test_a_fault_of_ours_is_not_put_on_the_server():
    sending = EmailTransport(host="x" * 70, port=25, sender="m@example.org")

    problem = failure(lambda: sending.send(message(), now=NOW))

    assert type(problem) is DeliveryDeferred
    assert "by a fault of ours" in str(problem)
    assert "smtp.host" in str(problem)


# Servers


@pytest.mark.parametrize("answer", [b"500 what?", b"502 not here", b"504 not that"])
def test_a_server_that_knows_no_ehlo_is_greeted_with_helo(answer):
    with speaking({"EHLO": answer}) as talk:
        send(talk)

    assert [line.partition(" ")[0] for line in talk.heard[:3]] == ["ehlo", "helo", "mail"]
    assert "size" not in talk.heard[2]


def test_a_server_that_knows_no_ehlo_offers_no_encryption_and_no_login():
    with speaking({"EHLO": b"500 what?"}) as talk:
        encrypted = failure(lambda: send(talk, security="starttls"))
        with_login = failure(lambda: send(talk, username="m", password="p"))

    assert "offers no STARTTLS" in str(encrypted)
    assert "offers no login" in str(with_login)


def test_a_greeting_that_is_not_liked_is_told_with_the_name_that_we_gave():
    with speaking({"EHLO": b"550 need a full name"}) as talk:
        problem = failure(lambda: send(talk))

    assert " does not take our greeting as " in str(problem)
    assert "550 need a full name" in str(problem)


def test_tls_where_it_begins_later_is_told():
    with speaking({}) as talk:
        problem = failure(lambda: send(talk, security="tls"))

    assert 'set smtp.security to "starttls"' in str(problem)


# Logging in

OFFERS = [
    (b"NTLM", {}, "offers NTLM, and this program can use CRAM-MD5, PLAIN and LOGIN: ask for one of these there"),
    (
        b"NTLM XOAUTH2",
        {},
        'offers NTLM and XOAUTH2, and this program can use CRAM-MD5, PLAIN and LOGIN: set smtp.auth to "xoauth2"',
    ),
    (b"GSSAPI NTLM DIGEST-MD5", {}, "offers GSSAPI, NTLM and DIGEST-MD5, and this program can use"),
    (b"PLAIN LOGIN", {"fetch_token": lambda: TOKEN}, 'and this program can use XOAUTH2: set smtp.auth to "password"'),
    (
        b"NTLM",
        {"fetch_token": lambda: TOKEN},
        "offers NTLM, and this program can use XOAUTH2: ask for one of these there",
    ),
    (b"", {"fetch_token": lambda: TOKEN}, "offers no login: leave smtp.username empty, or check smtp.security"),
]


@pytest.mark.parametrize(("offered", "options", "words"), OFFERS)
def test_a_server_that_wants_another_login_is_told_with_what_it_offers_and_what_we_can(offered, options, words):
    with speaking({"EHLO": b"250-hello\r\n250 AUTH " + offered}) as talk:
        problem = failure(lambda: send(talk, username="m", password="p", **options))

    assert type(problem) is DeliveryDeferred
    assert words in str(problem)
    assert not [line for line in talk.heard if line.upper().startswith("AUTH")]


WITH_TOKENS = {"EHLO": b"250-hello\r\n250 AUTH LOGIN PLAIN XOAUTH2"}


def test_a_token_lets_us_in_and_is_had_anew_for_every_connection():
    fresh = iter(["first", "second"])
    with speaking({**WITH_TOKENS, "AUTH": b"235 welcome"}) as talk:
        for _ in range(2):
            send(talk, username="m@example.org", fetch_token=lambda: next(fresh))

    given = [b64decode(line.removeprefix("AUTH XOAUTH2 ")) for line in talk.heard if line.startswith("AUTH")]
    assert given == [f"user=m@example.org\1auth=Bearer {token}\1\1".encode() for token in ("first", "second")]


def test_a_token_that_is_refused_is_told_and_never_shown():
    why = b64encode(b'{"status":"401","schemes":"bearer","scope":"https://mail.example.org/"}')
    # The refusal comes after an empty line, and repeats what it did not like.
    refusal = f"535 5.7.8 not {TOKEN} or {b64encode(TOKEN.encode()).decode()}".encode()
    with speaking({**WITH_TOKENS, "AUTH": b"334 " + why, "": refusal}) as talk:
        problem = failure(lambda: send(talk, username="m@example.org", fetch_token=lambda: TOKEN))

    told = f"{problem} {problem.answer.decode()}"
    assert type(problem) is DeliveryDeferred
    assert "refuses the token: check smtp.username" in told
    assert "(status 401)" in told
    assert TOKEN not in told
    assert b64encode(TOKEN.encode()).decode() not in told


@pytest.mark.parametrize("mark", ["plain", "mark", "UTF-16"])
def test_a_token_in_a_file_is_what_it_says_whoever_wrote_it(tmp_path, mark):
    written = {
        "plain": f"{TOKEN}\n".encode(),
        "mark": b"\xef\xbb\xbf" + f"{TOKEN}\r\n".encode(),
        "UTF-16": f"{TOKEN}\r\n".encode("utf-16"),
    }
    (tmp_path / "token").write_bytes(written[mark])

    assert token_from_file(str(tmp_path / "token")) == TOKEN


@pytest.mark.parametrize(
    "content", [None, b"", b"\n", b"\xef\xbb\xbf", b"two words", b"two\nlines", b"\xff\xfe\xff", b"\0"]
)
def test_a_file_without_a_token_is_told(tmp_path, content):
    path = tmp_path / "token"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(ConfigurationInvalid, match=r"^smtp\.token_file: "):
        token_from_file(str(path))


def python(program: str) -> str:
    return f'"{sys.executable}" -c "{program}"'


def test_a_command_gives_a_token():
    assert token_from_command(python(f"print('{TOKEN}')")) == TOKEN


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (python("import sys; print('no account', file=sys.stderr); sys.exit(3)"), "failed with 3: no account"),
        (python(f"import sys; sys.exit('{TOKEN}')"), "failed with 1: …"),
        (python("import sys; sys.exit(4)"), "failed with 4 and says nothing"),
        (python("pass"), "gives no token: it is empty"),
        (python("print('two words')"), "gives no token: one word of plain ASCII is expected"),
        ("/no/such/program", "cannot be run: No such file or directory"),
    ],
)
def test_a_command_without_a_token_is_told(command, words):
    with pytest.raises(ConfigurationInvalid) as caught:
        token_from_command(command)

    assert words in str(caught.value)
    assert TOKEN not in str(caught.value)


def test_a_command_that_hangs_is_ended_with_all_that_it_started():
    hangs = python("import subprocess as s, sys; s.run([sys.executable, '-c', 'import time; time.sleep(60)'])")

    with pytest.raises(ConfigurationInvalid, match=r"took longer than 0\.5 s"):
        token_from_command(hangs, seconds=0.5)


def test_a_command_that_fails_is_ours_and_the_mail_stays_owed():
    with speaking(WITH_TOKENS) as talk:
        config = load(
            None,
            {
                "MONITOR_SMTP__HOST": "127.0.0.1",
                "MONITOR_SMTP__PORT": str(talk.port),
                "MONITOR_SMTP__AUTH": "xoauth2",
                "MONITOR_SMTP__USERNAME": "m@example.org",
                "MONITOR_SMTP__TOKEN_COMMAND": "false",
            },
        )
        problem = failure(lambda: email_transport(config).send(message(), now=NOW))

    assert type(problem) is DeliveryDeferred
    assert str(problem) == "no mail can be sent: smtp.token_command failed with 1 and says nothing"
    assert talk.heard == []


def test_a_token_may_be_in_a_file_that_a_variable_names(tmp_path):
    """The name of the key ends as those do that name a file with a value."""
    (tmp_path / "token").write_text(TOKEN)
    with speaking({**WITH_TOKENS, "AUTH": b"235 welcome"}) as talk:
        config = load(
            None,
            {
                "MONITOR_SMTP__HOST": "127.0.0.1",
                "MONITOR_SMTP__PORT": str(talk.port),
                "MONITOR_SMTP__AUTH": "xoauth2",
                "MONITOR_SMTP__USERNAME": "m@example.org",
                "MONITOR_SMTP__TOKEN_FILE": str(tmp_path / "token"),
            },
        )
        email_transport(config).greet()

    assert any(line.startswith("AUTH XOAUTH2 ") for line in talk.heard)
