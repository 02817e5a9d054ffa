"""Mail over real SMTP on loopback: what is given arrives byte for byte, and every refusal has its meaning."""

import dataclasses
import random
import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import dkim
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.channels import email as channel_module
from monitor.channels.email import EmailChannel, signed
from monitor.errors import ConfigurationInvalid, DeliveryDeferred, DeliveryFailed, DeliveryRejected
from monitor.model import Endpoint, Message, Way
from monitor.sandbox.mailbox import DROP, Mailbox, Stage

NOW = datetime(2026, 11, 22, 17, tzinfo=UTC)
INES, OMAR, LI = "ines@example.org", "omar@example.org", "li@example.org"
BODY = b"From: monitor@example.org\r\nTo: ines@example.org\r\nSubject: Withdrawn\r\n\r\nFrom here on\r\n.\r\n..\r\n"


def message(to: str = INES, body: bytes = BODY) -> Message:
    endpoint = Endpoint(id="mailbox", way=Way.EMAIL, shown=to, address=to)
    return Message(delivery_id="a99784b4-dd31-5116-a527-772e9599bfbb", endpoint=endpoint, body=body)


@contextmanager
def channel_to(mailbox: Mailbox, **options) -> Iterator[EmailChannel]:
    channel = EmailChannel(
        host=mailbox.host,
        port=mailbox.port,
        sender="Trial monitor <monitor@example.org>",
        **{"timeout": 20.0, **options},
    )
    try:
        yield channel
    finally:
        channel.close()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as running:
        yield running


@pytest.fixture
def channel(mailbox) -> Iterator[EmailChannel]:
    with channel_to(mailbox) as made:
        yield made


def failure(send: Callable[[], object]) -> DeliveryFailed:
    with pytest.raises(DeliveryFailed) as raised:
        send()
    assert str(raised.value).isprintable()
    return raised.value


# What arrives

LINES = st.one_of(
    st.sampled_from([".", "..", ".dot", "From here", ">From there", "", "x" * 900, "试验已撤回", "הניסוי הופסק", "."]),
    st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=200),
)


def whole(lines: list[str]) -> bytes:
    return b"Subject: x\r\n\r\n" + b"".join(line.encode() + b"\r\n" for line in lines)


def test_what_arrives_is_what_was_given_byte_for_byte(mailbox, channel):
    @settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.lists(LINES, max_size=30))
    def arrives(lines):
        body = whole(lines)

        taken = channel.send(message(body=body), now=NOW)

        assert (taken.status, taken.answer) == (250, b"2.0.0 Kept")
        assert mailbox.messages[-1].raw == body

    arrives()
    assert (mailbox.messages[-1].sender, mailbox.messages[-1].recipients) == ("monitor@example.org", (INES,))


def test_a_signature_holds_after_the_journey(mailbox, channel, signing_key):
    private, record = signing_key
    chance = random.Random(11)
    for _ in range(100):
        lines = chance.choices([".", "From here", "x" * 900, "试验", "הניסוי", "", "  trailing  ", "a\tb"], k=12)
        body = signed(BODY + whole(lines), selector="trials", domain="example.org", key=private)
        channel.send(message(body=body), now=NOW)

        assert mailbox.messages[-1].raw == body
        assert dkim.verify(body, dnsfunc=lambda name, timeout=5: record if name.startswith(b"trials.") else None)
    altered = body.replace(b"Withdrawn", b"Completed")
    assert not dkim.verify(altered, dnsfunc=lambda name, timeout=5: record)


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


@pytest.fixture(scope="module")
def signing_key() -> tuple[bytes, bytes]:
    """A private key, and the DNS record that makes it known."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private, b"v=DKIM1; k=rsa; p=" + b64encode(public)


# What a server may say

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


def test_each_receiver_has_its_own_fate(mailbox, channel):
    mailbox.answer(Stage.RECIPIENT, "451 4.7.1 Later", recipient=OMAR)
    mailbox.answer(Stage.RECIPIENT, "550 5.1.1 Nobody", recipient=LI)

    fates = {}
    for who in (OMAR, INES, LI, INES, OMAR):
        try:
            fates[who] = type(channel.send(message(who), now=NOW)).__name__
        except DeliveryFailed as problem:
            fates[who] = type(problem).__name__

    assert fates == {INES: "Taken", OMAR: "DeliveryDeferred", LI: "DeliveryRejected"}
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
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    channel = EmailChannel(host="127.0.0.1", port=port, sender="monitor@example.org")

    problem = failure(lambda: channel.send(message(), now=NOW))

    assert type(problem) is DeliveryDeferred
    assert str(problem) == f"127.0.0.1:{port} refuses connections"


def test_a_name_that_does_not_resolve_is_deferred():
    channel = EmailChannel(host="mail.invalid", port=25, sender="monitor@example.org")

    assert type(failure(lambda: channel.send(message(), now=NOW))) is DeliveryDeferred


@contextmanager
def server(behave: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server of one connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                behave(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


def test_silence_is_deferred():
    with server(lambda connection: connection.recv(1)) as port:
        channel = EmailChannel(host="127.0.0.1", port=port, sender="monitor@example.org", timeout=0.2)

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
        channel = EmailChannel(host="127.0.0.1", port=port, sender="monitor@example.org", timeout=30, deadline=0.3)

        problem = failure(lambda: channel.send(message(), now=NOW))

    assert gone.is_set()
    assert type(problem) is DeliveryDeferred
    assert "did not answer in time" in str(problem)


# Encryption


@dataclasses.dataclass(frozen=True)
class Authority:
    """What a server shows, and what a client trusts."""

    server: ssl.SSLContext
    client: ssl.SSLContext


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Loopback")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=365 * 40))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("authority")
    both = folder / "both.pem"
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    both.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + pem
    )
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(both)
    return Authority(ours, ssl.create_default_context(cadata=pem.decode()))


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_mail_goes_through_an_encrypted_connection(security, authority):
    with (
        Mailbox(security=security, context=authority.server, login=("monitor", "s3cret")) as mailbox,
        channel_to(mailbox, security=security, tls=authority.client, username="monitor", password="s3cret") as channel,
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
    with channel_to(mailbox, security="starttls", tls=authority.client) as channel:
        problem = failure(lambda: channel.send(message(), now=NOW))

    assert "smtp.security" in str(problem)
    assert mailbox.messages == []


def test_tls_with_a_server_that_speaks_in_clear_is_deferred(mailbox, authority):
    with channel_to(mailbox, security="tls", tls=authority.client, timeout=2.0) as channel:
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
        channel = EmailChannel(
            host="127.0.0.1", port=port, sender="m@example.org", username=name, password=secret, timeout=5
        )
        problem = failure(lambda: channel.send(message(), now=NOW))

    told = f"{problem} {problem.answer.decode()} {channel!r}"
    assert "5.7.8 what is" in told
    assert not [form for form in forms if form in told]


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
