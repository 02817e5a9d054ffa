"""Mail over real SMTP on loopback: what is given arrives byte for byte, and connections are used again."""

import socket
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.channels.email import transport as channel_module
from monitor.channels.email.transport import signed
from monitor.errors import ConfigurationInvalid, DeliveryRejected
from monitor.sandbox.mailbox import Mailbox
from tests.channels.email.mails import BODY, INES, NOW, channel_to, failure, message

# What arrives

LINES = st.one_of(
    st.sampled_from([".", "..", ".dot", "From here", ">From there", "", "x" * 900, "试验已撤回", "הניסוי הופסק", "."]),
    st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=200),
)


def whole(lines: list[str]) -> bytes:
    return b"Subject: x\r\n\r\n" + b"".join(line.encode() + b"\r\n" for line in lines)


@pytest.mark.hypothesis
def test_what_arrives_is_what_was_given_byte_for_byte(mailbox, channel):
    @given(st.lists(LINES, max_size=30))
    def arrives(lines):
        body = whole(lines)

        taken = channel.send(message(body=body), now=NOW)

        assert (taken.status, taken.answer) == (250, b"2.0.0 Kept")
        assert mailbox.messages[-1].raw == body

    arrives()
    assert (mailbox.messages[-1].sender, mailbox.messages[-1].recipients) == ("monitor@example.org", (INES,))


def test_the_signature_covers_the_headers_for_leaving(signing_key):
    headers = b"From: m@example.org\r\nList-Unsubscribe: <https://x.example/u>\r\nlist-unsubscribe-post: One\r\n"

    header = signed(headers + b"\r\nText\r\n", selector="trials", domain="example.org", key=signing_key[0])

    covered = header.partition(b"h=")[2].partition(b";")[0].lower().replace(b"\r\n", b"").replace(b" ", b"").split(b":")
    assert {b"from", b"list-unsubscribe", b"list-unsubscribe-post"} <= set(covered)


@pytest.mark.parametrize(
    "key", [b"", b"no key at all", b"-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n"]
)
def test_a_key_that_cannot_sign_is_named_without_being_shown(key):
    with pytest.raises(ConfigurationInvalid, match=r"cannot be signed for example\.org") as refused:
        signed(BODY, selector="trials", domain="example.org", key=key)

    assert "AAAA" not in str(refused.value)


# International addresses


def test_an_international_address_is_used_where_the_server_takes_it(mailbox, channel):
    channel.send(message("josé@example.org"), now=NOW)
    channel.send(message(), now=NOW)

    assert [mail.recipients for mail in mailbox.messages] == [("josé@example.org",), (INES,)]


def test_an_international_address_is_rejected_where_the_server_does_not_take_it():
    with Mailbox(smtputf8=False) as mailbox, channel_to(mailbox) as channel:
        problem = failure(lambda: channel.send(message("josé@example.org"), now=NOW))

        assert isinstance(problem, DeliveryRejected)
        assert "SMTPUTF8" in str(problem)
        assert channel.send(message(), now=NOW).status == 250


@pytest.mark.parametrize(
    "address", ["ines@example.org>\r\nRCPT TO:<li@example.org", "a b@example.org", "a\0@example.org"]
)
def test_an_address_with_a_command_in_it_is_never_sent(mailbox, channel, address):
    assert isinstance(failure(lambda: channel.send(message(address), now=NOW)), DeliveryRejected)
    assert mailbox.messages == []


# Connections


def test_a_connection_is_used_again_and_not_for_ever(mailbox, channel, monkeypatch):
    monkeypatch.setattr(channel_module, "MESSAGES_PER_CONNECTION", 10)

    for _ in range(25):
        channel.send(message(), now=NOW)

    assert (len(mailbox.messages), mailbox.sessions) == (25, 3)


def test_four_threads_have_at_most_four_connections_and_no_mail_is_mixed_up(mailbox, channel):
    bodies = [BODY + b"%d\r\n" % number for number in range(120)]

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda body: channel.send(message(body=body), now=NOW), bodies))

    assert sorted(mail.raw for mail in mailbox.messages) == sorted(bodies)
    assert 1 <= mailbox.sessions <= 4


def test_a_connection_that_died_while_it_waited_is_made_anew(channel, mailbox):
    channel.send(message(), now=NOW)
    for connection in channel._idle:
        connection.sock.shutdown(socket.SHUT_RDWR)

    channel.send(message(), now=NOW)

    assert (len(mailbox.messages), mailbox.sessions) == (2, 2)


def test_closing_gives_up_every_connection(mailbox):
    with channel_to(mailbox) as channel:
        channel.send(message(), now=NOW)
        (connection,) = channel._idle

    assert connection.sock is None
    assert channel._idle == []


def test_the_receiver_is_the_server(mailbox, channel):
    assert channel.receiver(message().endpoint) == f"127.0.0.1:{mailbox.port}"
