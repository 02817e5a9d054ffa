"""A local SMTP server that keeps the mails it accepts, and can misbehave at every stage. For trying things out.

    with Mailbox() as mailbox:
        mailbox.answer(Stage.RECIPIENT, "451 4.7.1 Greylisted, try again later", times=1)
        …
        mailbox.messages[0].email["Subject"]

It listens on 127.0.0.1 only. It keeps what came over the wire, byte for byte, but without SMTP's dot-stuffing.
"""

# ruff: noqa: ARG002, N802 - aiosmtpd calls hooks by these names, and gives each all that it has
import asyncio
import email
import email.policy
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from enum import StrEnum
from functools import cached_property
from threading import Lock
from typing import Any, Literal

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from aiosmtpd.smtp import Envelope as Wire
from aiosmtpd.smtp import Session as Talk

from monitor.sandbox.listening import Listening

LARGEST_MAIL = 8 * 2**20
"""Bytes; a larger one is answered with 552."""

DROP = "drop"
"""An answer: the connection is lost instead."""


class Stage(StrEnum):
    """The stage of an SMTP session at which something can go wrong."""

    GREETING = "greeting"
    HELLO = "hello"
    SENDER = "sender"
    RECIPIENT = "recipient"
    DATA = "data"
    """Before the message is sent."""
    MESSAGE = "message"
    """After the final dot. With `DROP` the message is kept, and nobody is told."""


@dataclass(frozen=True)
class Mail:
    """A message as it came, counted from 1."""

    number: int
    sender: str
    recipients: tuple[str, ...]
    raw: bytes

    @cached_property
    def email(self) -> EmailMessage:
        """The message, parsed."""
        return email.message_from_bytes(self.raw, policy=email.policy.default)


@dataclass
class _Order:
    stage: Stage
    answer: str
    times: int | None
    recipient: str | None


class Mailbox(Listening):
    """The server. *context* holds a certificate, *security* as in the configuration; *login* is a name and a password.

    It keeps the *latest* messages; all, where that is None. *on_arrival* is called with each, in the server's thread.
    Everything here may be called from any thread.
    """

    name = "mailbox"

    def __init__(
        self,
        port: int = 0,
        *,
        latest: int | None = None,
        on_arrival: Callable[[Mail], None] = lambda _: None,
        security: Literal["none", "starttls", "tls"] = "none",
        context: ssl.SSLContext | None = None,
        login: tuple[str, str] | None = None,
        smtputf8: bool = True,
    ) -> None:
        super().__init__(port)
        self.messages: list[Mail] = []
        """What was taken, the eldest first; clear it as you like."""
        self.report: Callable[[Mail], None] | None = None
        """Called with each message that was taken, to report on it afterwards; see `monitor.sandbox.bouncing`."""
        self.sessions = 0
        """How many connections have said hello."""
        self._latest = latest
        self._on_arrival = on_arrival
        self._came = 0
        self._orders: list[_Order] = []
        self._lock = Lock()
        self._login = login
        self._controller: _Controller | None = None
        self._parameters: dict[str, Any] = {
            "data_size_limit": LARGEST_MAIL,
            "ssl_context": context if security == "tls" else None,
            "tls_context": context if security == "starttls" else None,
            "enable_SMTPUTF8": smtputf8,
            "authenticator": self._authenticate if login else None,
            "auth_require_tls": False,
        }

    def _listen(self, port: int) -> int:
        listener = socket.create_server((self.host, port))
        listener.setblocking(False)
        self._controller = _Controller(self, listener, **self._parameters)
        self._controller.start()
        return int(self._controller.port)

    def stop(self) -> None:
        """Stop listening and end all connections."""
        if self._controller:
            self._controller.stop(no_assert=True)
            self._controller.listener.close()
            self._controller = None

    @property
    def host(self) -> str:
        """The address that it listens on."""
        return "127.0.0.1"

    def answer(self, stage: Stage, answer: str, *, times: int | None = None, recipient: str | None = None) -> None:
        """Say *answer* at *stage*, such as "550 5.1.1 No such mailbox" or `DROP`, the next *times* or until `behave`.

        With *recipient*, only in conversations about that address; that is known from RECIPIENT on.
        """
        with self._lock:
            self._orders.append(_Order(stage, answer, times, recipient))

    def behave(self) -> None:
        """Accept everything again."""
        with self._lock:
            self._orders.clear()

    def ordered(self, stage: Stage, *, recipients: tuple[str, ...] = ()) -> str | None:
        """What to say at *stage* instead of the usual; it counts as said."""
        with self._lock:
            for order in self._orders:
                if order.stage is not stage or order.times == 0:
                    continue
                if order.recipient is None or order.recipient in recipients:
                    order.times = order.times - 1 if order.times else order.times
                    return order.answer
        return None

    def keep(self, sender: str, recipients: tuple[str, ...], raw: bytes) -> None:
        """Keep a message."""
        with self._lock:
            self._came += 1
            mail = Mail(self._came, sender, recipients, raw)
            self.messages.append(mail)
            del self.messages[: -self._latest if self._latest else 0]
            report = self.report
        self._on_arrival(mail)
        if report:
            report(mail)

    def greet(self) -> None:
        """Count a connection."""
        with self._lock:
            self.sessions += 1

    def _authenticate(self, server: SMTP, talk: Talk, wire: Wire, mechanism: str, given: Any) -> AuthResult:
        known = isinstance(given, LoginPassword) and self._login
        matches = bool(known) and (given.login.decode(), given.password.decode()) == self._login
        return AuthResult(success=matches, handled=False)


class _Handler:
    """What aiosmtpd asks at each stage but the first, and before the message."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_EHLO(
        self, server: "_Conversation", talk: Talk, wire: Wire, hostname: str, responses: list[str]
    ) -> list[str]:
        if not server.is_met:  # after STARTTLS it says hello again
            server.is_met = True
            self._mailbox.greet()
        talk.host_name = hostname
        answer = self._mailbox.ordered(Stage.HELLO)
        return responses if answer is None else [server.spoken(answer)]

    async def handle_MAIL(
        self, server: "_Conversation", talk: Talk, wire: Wire, address: str, options: list[str]
    ) -> str:
        if answer := self._mailbox.ordered(Stage.SENDER):
            return server.spoken(answer)
        wire.mail_from = address
        wire.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(
        self, server: "_Conversation", talk: Talk, wire: Wire, address: str, options: list[str]
    ) -> str:
        if answer := self._mailbox.ordered(Stage.RECIPIENT, recipients=(address,)):
            return server.spoken(answer)
        wire.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: "_Conversation", talk: Talk, wire: Wire) -> str:
        recipients = tuple(wire.rcpt_tos)
        answer = self._mailbox.ordered(Stage.MESSAGE, recipients=recipients)
        if answer is None or answer == DROP or answer.startswith("2"):
            content = wire.content if isinstance(wire.content, bytes) else b""
            self._mailbox.keep(wire.mail_from or "", recipients, content)
        return "250 2.0.0 Kept" if answer is None else server.spoken(answer)


class _Conversation(SMTP):
    """aiosmtpd's own, which leaves the greeting and the word before the message to nobody else."""

    def __init__(self, mailbox: Mailbox, handler: _Handler, **parameters: Any) -> None:
        super().__init__(handler, **parameters)
        self._mailbox = mailbox
        self._is_greeted = False
        self.is_met = False
        """Whether it has said hello."""

    def spoken(self, answer: str) -> str:
        """The answer, or nothing at all any more."""
        if answer == DROP and isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()
        return answer

    async def push(self, status: Any) -> None:
        if not self._is_greeted:
            self._is_greeted = True
            status = self.spoken(self._mailbox.ordered(Stage.GREETING) or status)
        if status != DROP:
            await super().push(status)

    async def smtp_DATA(self, arg: str) -> None:
        recipients = tuple(self.envelope.rcpt_tos) if self.envelope else ()
        if recipients and (answer := self._mailbox.ordered(Stage.DATA, recipients=recipients)):
            await self.push(self.spoken(answer))
        else:
            await super().smtp_DATA(arg)


class _Controller(Controller):
    """aiosmtpd's own on a socket that listens already: its own way finds no free port by itself."""

    def __init__(self, mailbox: Mailbox, listener: socket.socket, **parameters: Any) -> None:
        self._mailbox = mailbox
        self.listener = listener
        host, port = listener.getsockname()
        super().__init__(_Handler(mailbox), hostname=host, port=port, **parameters)

    def factory(self) -> SMTP:
        return _Conversation(self._mailbox, self.handler, **self.SMTP_kwargs)

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self.listener, ssl=self.ssl_context)
