"""Mails to send through a channel, servers to send them to, and what comes of it."""

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from monitor.channels.channel import Envelope, EventContext
from monitor.channels.email.configured import MailSender
from monitor.channels.email.rendering import EventMail
from monitor.channels.email.transport import EmailTransport
from monitor.config import load
from monitor.errors import DeliveryFailed
from monitor.model import Change, Endpoint, Event, Message
from monitor.sandbox.mailbox import Mailbox

NOW = datetime(2026, 11, 22, 17, tzinfo=UTC)
CONFIG = load(None, {})
INES, OMAR, LI = "ines@example.org", "omar@example.org", "li@example.org"
BODY = b"From: monitor@example.org\r\nTo: ines@example.org\r\nSubject: Withdrawn\r\n\r\nFrom here on\r\n.\r\n..\r\n"


def message(to: str = INES, body: bytes = BODY) -> Message:
    endpoint = Endpoint(id="mailbox", channel="email", shown=to, address=to)
    return Message(delivery_id="a99784b4-dd31-5116-a527-772e9599bfbb", endpoint=endpoint, body=body)


def mail_bytes(
    event: Event, *, title: str, url: str, changes: Sequence[Change], registry_name: str = "", **own: object
) -> bytes:
    """The mail about these changes, for the reader whom *own* is of."""
    mail = EventMail(EventContext(event, title, None, url, registry_name=registry_name), changes)
    return mail.for_subscriber(*addressed(**own))


def addressed(
    *,
    sender: str = "Trial monitor <monitor@example.org>",
    list_host: str = "example.org",
    unsubscribe: str = "mailto:operator@example.org",
    **own: object,
) -> tuple[Envelope, MailSender]:
    """What a mail is made for: the reader whom *own* is of, and who sends it, who signs nothing."""
    return (
        Envelope(config=CONFIG, **own),
        MailSender(sender=sender, list_host=list_host, unsubscribe=unsubscribe, signed=lambda message: message),
    )


@contextmanager
def channel_to(mailbox: Mailbox, **options) -> Iterator[EmailTransport]:
    channel = EmailTransport(
        host=mailbox.host,
        port=mailbox.port,
        **{"sender": "Trial monitor <monitor@example.org>", "timeout": 20.0, **options},
    )
    try:
        yield channel
    finally:
        channel.close()


def failure(send: Callable[[], object]) -> DeliveryFailed:
    with pytest.raises(DeliveryFailed) as raised:
        send()
    assert str(raised.value).isprintable()
    return raised.value


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
