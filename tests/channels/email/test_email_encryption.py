"""Mail through encrypted connections, and logins: what is trusted, and what is never told."""

import socket
from base64 import b64encode

import pytest

from monitor.channels.email.transport import EmailTransport
from monitor.errors import DeliveryDeferred
from monitor.sandbox.mailbox import Mailbox
from tests.channels.email.mails import BODY, NOW, channel_to, failure, message, server


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_mail_goes_through_an_encrypted_connection(security, authority):
    with (
        Mailbox(security=security, context=authority.server, login=("monitor", "s3cret")) as mailbox,
        channel_to(
            mailbox, security=security, network=authority.client, username="monitor", password="s3cret"
        ) as channel,
    ):
        for _ in range(3):
            channel.send(message(), now=NOW)

        assert [mail.raw for mail in mailbox.messages] == [BODY] * 3
        assert mailbox.sessions == 1


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_that_nobody_vouches_for_is_not_trusted(security, authority):
    with (
        Mailbox(security=security, context=authority.server) as mailbox,
        channel_to(mailbox, security=security, username="monitor", password="s3cret") as channel,
    ):
        problem = failure(lambda: channel.send(message(), now=NOW))

        assert type(problem) is DeliveryDeferred
        assert "certificate" in str(problem)
        assert mailbox.messages == []


def test_encryption_that_is_not_offered_is_not_done_without(mailbox, authority):
    with channel_to(mailbox, security="starttls", network=authority.client) as channel:
        problem = failure(lambda: channel.send(message(), now=NOW))

    assert "smtp.security" in str(problem)
    assert mailbox.messages == []


def test_tls_with_a_server_that_speaks_in_clear_is_deferred(mailbox, authority):
    with channel_to(mailbox, security="tls", network=authority.client, timeout=2.0) as channel:
        assert type(failure(lambda: channel.send(message(), now=NOW))) is DeliveryDeferred


# Logging in


def test_a_refused_login_is_deferred_and_names_the_key(authority):
    with (
        Mailbox(login=("monitor", "another")) as mailbox,
        channel_to(mailbox, username="monitor", password="pa55word-of-ours") as channel,
    ):
        problem = failure(lambda: channel.send(message(), now=NOW))

    assert type(problem) is DeliveryDeferred
    assert problem.status == 535
    assert "smtp.username" in str(problem)


def test_a_login_that_is_not_offered_is_deferred(mailbox):
    with channel_to(mailbox, username="monitor", password="pa55word-of-ours") as channel:
        assert "smtp.username" in str(failure(lambda: channel.send(message(), now=NOW)))


def test_no_password_comes_back_in_a_message():
    """Some servers repeat the line that they did not like."""
    secret, name = "pa55word-of-ours", "monitor"
    forms = [secret, b64encode(secret.encode()).decode(), b64encode(f"\0{name}\0{secret}".encode()).decode()]

    def repeat(connection: socket.socket) -> None:
        connection.sendall(b"220 hello\r\n")
        connection.recv(4096)
        connection.sendall(b"250-hello\r\n250 AUTH PLAIN\r\n")
        connection.recv(4096)
        connection.sendall(f"535 5.7.8 what is {' or '.join(forms)}?\r\n".encode())

    with server(repeat) as port:
        channel = EmailTransport(
            host="127.0.0.1", port=port, sender="m@example.org", username=name, password=secret, timeout=5
        )
        problem = failure(lambda: channel.send(message(), now=NOW))

    told = f"{problem} {problem.answer.decode()} {channel!r}"
    assert "5.7.8 what is" in told
    assert not [form for form in forms if form in told]
