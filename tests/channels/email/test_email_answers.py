"""What each answer of a mail server means, and each way of giving none."""

import socket
import threading

import pytest

from monitor.channels.email.transport import EmailTransport
from monitor.errors import DeliveryDeferred, DeliveryFailed, DeliveryRejected
from monitor.sandbox.mailbox import DROP, Stage
from tests.channels.email.mails import BODY, INES, LI, NOW, OMAR, failure, message, server
from tests.loopback import closed_port

BEFORE_THE_MESSAGE = (Stage.GREETING, Stage.HELLO)
WITH_THE_MESSAGE = (Stage.SENDER, Stage.RECIPIENT, Stage.DATA, Stage.MESSAGE)


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize(
    "answer", ["451 4.7.1 Greylisted", "421 4.3.2 Shutting down", "452 4.3.1 Full", DROP, "nonsense"]
)
def test_what_may_pass_is_deferred_and_then_arrives_with_the_same_bytes(mailbox, channel, stage, answer):
    mailbox.answer(stage, answer, times=1)

    problem = failure(lambda: channel.send(message(), now=NOW))
    again = channel.send(message(), now=NOW)

    assert type(problem) is DeliveryDeferred
    assert problem.status == (int(answer[:3]) if answer[:3].isdigit() else None)
    assert again.status == 250
    assert {mail.raw for mail in mailbox.messages} == {BODY}


@pytest.mark.parametrize("answer", ["500 5.5.2 What?", "550 5.7.1 Unwanted", "552 5.2.2 Mailbox full", "554 5.6.0 No"])
@pytest.mark.parametrize("stage", WITH_THE_MESSAGE)
def test_what_is_refused_for_good_is_rejected_with_the_servers_words(mailbox, channel, stage, answer):
    mailbox.answer(stage, answer)

    problem = failure(lambda: channel.send(message(), now=NOW))

    assert isinstance(problem, DeliveryRejected)
    assert not problem.ends
    assert problem.status == int(answer[:3])
    assert answer in str(problem)
    assert problem.answer == answer[4:].encode()
    assert mailbox.messages == []


@pytest.mark.parametrize("stage", BEFORE_THE_MESSAGE)
def test_a_server_that_refuses_us_says_nothing_of_the_receiver(mailbox, channel, stage):
    mailbox.answer(stage, "554 5.7.1 Go away", times=1)

    assert type(failure(lambda: channel.send(message(), now=NOW))) is DeliveryDeferred
    assert channel.send(message(), now=NOW).status == 250


@pytest.mark.parametrize("stage", [Stage.RECIPIENT, Stage.DATA, Stage.MESSAGE])
def test_a_mailbox_that_does_not_exist_ends_the_subscription(mailbox, channel, stage):
    mailbox.answer(stage, "550 5.1.1 No such person here")

    problem = failure(lambda: channel.send(message(), now=NOW))

    assert isinstance(problem, DeliveryRejected)
    assert problem.ends


@pytest.mark.parametrize("words", ["5.1.10 Null MX", "5.7.1 see 5.1.1", "No 5.1.1"])
def test_only_that_very_status_ends_a_subscription(mailbox, channel, words):
    mailbox.answer(Stage.RECIPIENT, f"550 {words}")

    assert not failure(lambda: channel.send(message(), now=NOW)).ends


def test_a_sender_that_is_unknown_is_not_the_receivers_end(mailbox, channel):
    mailbox.answer(Stage.SENDER, "550 5.1.1 Sender unknown")

    assert not failure(lambda: channel.send(message(), now=NOW)).ends


@pytest.mark.parametrize("stage", WITH_THE_MESSAGE)
def test_a_server_that_wants_a_login_is_the_operators_to_mend(mailbox, channel, stage):
    mailbox.answer(stage, "530 5.7.0 Authentication required")

    problem = failure(lambda: channel.send(message(), now=NOW))

    assert type(problem) is DeliveryDeferred
    assert "smtp.username" in str(problem)


def test_a_go_ahead_that_never_came_is_no_delivery(mailbox, channel):
    mailbox.answer(Stage.DATA, "250 2.0.0 Fine", times=1)

    assert type(failure(lambda: channel.send(message(), now=NOW))) is DeliveryDeferred
    assert channel.send(message(), now=NOW).status == 250
    assert len(mailbox.messages) == 1


@pytest.mark.parametrize("stage", [Stage.RECIPIENT, Stage.DATA, Stage.MESSAGE])
def test_each_receiver_has_its_own_fate_on_one_connection(mailbox, channel, stage):
    mailbox.answer(stage, "451 4.7.1 Later", recipient=OMAR)
    mailbox.answer(stage, "550 5.1.1 Nobody", recipient=LI)

    fates = {}
    for who in (OMAR, INES, LI, INES, OMAR):
        try:
            fates[who] = type(channel.send(message(who), now=NOW)).__name__
        except DeliveryFailed as problem:
            fates[who] = type(problem).__name__

    assert fates == {INES: "Accepted", OMAR: "DeliveryDeferred", LI: "DeliveryRejected"}
    assert [mail.recipients for mail in mailbox.messages] == [(INES,), (INES,)]
    assert mailbox.sessions == 1


def test_the_servers_words_are_made_printable_and_cut(mailbox, channel):
    mailbox.answer(Stage.RECIPIENT, "550 5.7.1 \x1b[2J\x00 no " + "x" * 6000)

    problem = failure(lambda: channel.send(message(), now=NOW))

    assert problem.answer.decode().isprintable()
    assert 3000 < len(problem.answer) <= 4096
    assert len(str(problem)) < 500


# Reaching the server


def test_a_port_where_nobody_listens_is_deferred():
    with closed_port() as port:
        channel = EmailTransport(host="127.0.0.1", port=port, sender="monitor@example.org")
        problem = failure(lambda: channel.send(message(), now=NOW))

    assert type(problem) is DeliveryDeferred
    assert str(problem) == f"127.0.0.1:{port} refuses connections"


def test_a_name_that_does_not_resolve_is_deferred():
    channel = EmailTransport(host="mail.invalid", port=25, sender="monitor@example.org")

    assert type(failure(lambda: channel.send(message(), now=NOW))) is DeliveryDeferred


def test_silence_is_deferred():
    with server(lambda connection: connection.recv(1)) as port:
        channel = EmailTransport(host="127.0.0.1", port=port, sender="monitor@example.org", timeout=0.2)

        problem = failure(lambda: channel.send(message(), now=NOW))

    assert type(problem) is DeliveryDeferred
    assert "did not answer in time" in str(problem)


def test_a_server_that_trickles_is_cut_at_the_deadline():
    """A time-out alone begins anew with every byte."""
    gone = threading.Event()

    def trickle(connection: socket.socket) -> None:
        try:
            while not gone.wait(0.02):
                connection.sendall(b"2")
        except OSError:
            gone.set()

    with server(trickle) as port:
        channel = EmailTransport(host="127.0.0.1", port=port, sender="monitor@example.org", timeout=30, deadline=0.3)

        problem = failure(lambda: channel.send(message(), now=NOW))

    assert gone.is_set()
    assert type(problem) is DeliveryDeferred
    assert "did not answer in time" in str(problem)
