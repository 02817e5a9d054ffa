"""Mail by SMTP: the port `monitor.ports.Transport` over real connections, and the signature that goes on before.

What is sent are the bytes of the message, exactly: `smtplib.SMTP.send_message` would rewrite lines that begin with
"From ", and a signature would no longer hold.

| the server                                                   | what comes of it                            |
|--------------------------------------------------------------|---------------------------------------------|
| takes it                                                     | `Accepted`                                  |
| answers 4xx to MAIL, RCPT, DATA or the message: greylisting  | deferred                                    |
| answers 5xx there                                            | rejected; 5.1.1 ends the subscription       |
| answers 53x there: it wants a login, or TLS                  | deferred: that is the operator's to mend    |
| cannot be reached, greets, encrypts or logs in with anything | deferred: it says nothing of this receiver  |
| but success; drops the connection, or says nothing           |                                             |
| drops the connection after the final dot                     | deferred: the same Message-ID goes again    |
| offers no SMTPUTF8, and the receiver's address needs it      | rejected; where the sender's does, deferred |
| knows no EHLO                                                | is greeted with HELO                        |

Connections wait for the next message, each with one thread at a time. The rule: whatever goes wrong with a connection,
it is not used again, no word that is passed on holds a password or a token, and a fault of ours is told as ours.
"""

import re
import smtplib
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from email.utils import parseaddr
from threading import Lock
from typing import Literal

from monitor.channels.email.address import with_ascii_domain
from monitor.channels.email.logins import Login, LoginImpossible, LoginRefused
from monitor.channels.email.smtp import (
    CLOSING,
    DONE,
    WANTS_LOGIN,
    Connection,
    Reply,
    code_of,
    is_no,
    is_nobody,
    is_not_now,
    is_yes,
    printable,
    said,
)
from monitor.errors import ConfigurationInvalid, DeliveryDeferred, DeliveryFailed, DeliveryRejected
from monitor.http.network import Network
from monitor.model import Endpoint, Message
from monitor.ports import Accepted
from monitor.text import one_line

Security = Literal["none", "starttls", "tls"]

TIMEOUT = 30.0
DEADLINE = 180.0
"""Seconds: of silence, and for one message in all. Some servers look at a mail for minutes before they take it."""

IMPLICIT_TLS = 465
NOT_KNOWN = frozenset((500, 501, 502, 503, 504))
"""What a server says to a command that it does not have, or not like that: RFC 5321 4.2.4."""
MESSAGES_PER_CONNECTION = 100
"""Servers commonly refuse more than that."""

_THE_SENDER = "the sender"
_SIGNED = (
    b"From To Subject Date Message-ID In-Reply-To References Auto-Submitted List-Id List-Unsubscribe "
    b"List-Unsubscribe-Post MIME-Version Content-Type"
).split()
"""RFC 8058 wants both List-Unsubscribe headers under the signature."""


class EmailTransport:
    """Sends through one SMTP server, of which no proxy is asked. *sender* may have a display name.

    *return_path* gives the address that the mail of a delivery comes back to, by its id; else that is the sender's.
    """

    def __init__(
        self,
        *,
        host: str,
        port: int,
        sender: str,
        return_path: Callable[[str], str] | None = None,
        security: Security = "none",
        username: str = "",
        password: str = "",
        fetch_token: Callable[[], str] | None = None,
        network: Network | None = None,
        timeout: float = TIMEOUT,
        deadline: float = DEADLINE,
    ) -> None:
        self._host = host
        self._port = port
        own = with_ascii_domain(parseaddr(sender)[1])
        self._return_path = return_path or (lambda _: own)
        self._security = security
        self._login = Login(username, password, fetch_token) if username else None
        self._network = network or Network()
        self._tls: ssl.SSLContext | None = None
        self._timeout = timeout
        self._deadline = deadline
        self._idle: list[Connection] = []
        self._lock = Lock()
        self._closed = False

    def send(self, message: Message, *, now: datetime) -> Accepted:  # noqa: ARG002 - the port's; mail has its date already
        """Hand the bytes over for the endpoint's address. Raise DeliveryDeferred or DeliveryRejected."""
        connection = self._ready_connection()
        try:
            with connection.within(self._deadline):
                answer = self._transact(connection, message)
        except DeliveryFailed:
            self._put_back(connection)
            raise
        except (OSError, smtplib.SMTPException) as error:
            connection.close()
            raise DeliveryDeferred(f"{self._named} {connection.why(error)}") from error
        except ValueError as error:
            connection.close()
            raise DeliveryDeferred(_ours(error, "smtp.sender")) from error
        self._put_back(connection)
        return answer

    def receiver(self, endpoint: Endpoint) -> str:  # noqa: ARG002 - all mail goes through the same server
        """The SMTP server."""
        return self._named

    def close(self) -> None:
        """Say goodbye on all connections that wait; one that is in use closes when its message is through."""
        with self._lock:
            self._closed, waiting, self._idle = True, self._idle, []
        for connection in waiting:
            with suppress(OSError, smtplib.SMTPException), connection.within(self._timeout):
                connection.quit()
            connection.close()

    def greet(self) -> None:
        """Connect, encrypt and log in as before a mail, and send none. Raise DeliveryDeferred with what is wrong."""
        connection = self._new_connection()
        with suppress(OSError, smtplib.SMTPException), connection.within(self._timeout):
            connection.quit()
        connection.close()

    @property
    def _named(self) -> str:
        return f"{self._host}:{self._port}"

    # Connections

    def _ready_connection(self) -> Connection:
        """One that waits and still answers, else a new one."""
        while True:
            with self._lock:
                connection = self._idle.pop() if self._idle else None
            if connection is None:
                return self._new_connection()
            with suppress(OSError, smtplib.SMTPException), connection.within(self._timeout):
                if connection.messages < MESSAGES_PER_CONNECTION and connection.rset()[0] == DONE:
                    return connection
            connection.close()

    def _put_back(self, connection: Connection) -> None:
        connection.messages += 1
        with self._lock:
            if not self._closed:
                self._idle.append(connection)
                return
        connection.close()

    def _new_connection(self) -> Connection:
        try:
            # Before the connection: what takes long here should keep no server waiting.
            secret = self._login.secret() if self._login else ""
            wrapping = self._context() if self._security == "tls" else None
        except ConfigurationInvalid as error:
            raise DeliveryDeferred(f"no mail can be sent: {error}") from None
        try:
            connection = Connection(self._host, timeout=self._timeout, wrapping=wrapping)
        except ValueError as error:
            raise DeliveryDeferred(_ours(error, "smtp.host")) from None
        try:
            with connection.within(self._deadline):
                self._open(connection, secret)
        except DeliveryFailed:
            connection.close()
            raise
        except smtplib.SMTPResponseException as error:
            connection.close()
            raise self._failed(DeliveryDeferred, "does not let us in", _reply_of(error)) from None
        except (OSError, smtplib.SMTPException) as error:
            connection.close()
            raise DeliveryDeferred(f"{self._named} {connection.why(error)}{self._hint(connection, error)}") from error
        except ValueError as error:
            connection.close()
            raise DeliveryDeferred(_ours(error, "smtp.host")) from None
        return connection

    def _hint(self, connection: Connection, error: Exception) -> str:
        """What is plain of a port that is spoken to in the wrong way."""
        if self._port == IMPLICIT_TLS and self._security != "tls" and not isinstance(error, ConnectionRefusedError):
            return '; port 465 speaks TLS from the first byte: set smtp.security to "tls"'
        if self._security == "tls" and connection.speaks_no_tls(error):
            return '; where TLS begins later, as on ports 587 and 25, set smtp.security to "starttls"'
        return ""

    def _context(self) -> ssl.SSLContext:
        """Reading all certificates takes a while: once, and only where TLS is asked for."""
        with self._lock:
            if self._tls is None:
                self._tls = self._network.trust()
            return self._tls

    def _open(self, connection: Connection, secret: str) -> None:
        self._expect(connection.connect(self._host, self._port), "does not greet us")
        self._greet(connection)
        if self._security == "starttls":
            if not connection.has_extn("starttls"):
                raise DeliveryDeferred(f"{self._named} offers no STARTTLS: check smtp.security and smtp.port")
            connection.starttls(context=self._context())
            self._greet(connection)
        if self._login:
            self._log_in(self._login, connection, secret)

    def _greet(self, connection: Connection) -> None:
        """EHLO; HELO, RFC 5321 3.2, where the server does not know it."""
        reply = connection.ehlo()
        if reply[0] in NOT_KNOWN:
            reply = connection.helo()
        self._expect(reply, f"does not take our greeting as {one_line(connection.local_hostname)}")

    def _log_in(self, login: Login, connection: Connection, secret: str) -> None:
        try:
            login.log_in(connection, secret)
        except LoginImpossible as error:
            raise DeliveryDeferred(f"{self._named} {error}") from None
        except LoginRefused as error:
            raise self._failed(DeliveryDeferred, login.remedy, error.reply) from None

    def _expect(self, reply: Reply, otherwise: str) -> None:
        """Go on where the server says yes; while there is no message yet, anything else is a matter of the server."""
        if not is_yes(reply):
            raise self._failed(DeliveryDeferred, otherwise, reply)

    # One message

    def _transact(self, connection: Connection, message: Message) -> Accepted:
        address = message.endpoint.address
        if any(sign in address for sign in "\r\n\0<> "):
            raise DeliveryRejected("the address cannot stand in an SMTP command: subscribe it again")
        sender = self._return_path(message.delivery_id)
        self._check(connection.mail(sender, self._options(connection, message, sender)), _THE_SENDER, connection)
        self._check(connection.rcpt(address), f"mail for {one_line(address)}", connection)
        try:
            reply = connection.data(message.body)
        except smtplib.SMTPDataError as error:
            # A server that says 250 instead of 354 has not taken what it was not sent.
            reply = _reply_of(error) if error.smtp_code >= 400 else (-1, _reply_of(error)[1])
        self._check(reply, "the message", connection)
        return Accepted(f"{self._named} took it: {said(reply)}", reply[0], printable(reply[1]))

    def _options(self, connection: Connection, message: Message, sender: str) -> Sequence[str]:
        connection.command_encoding = "ascii"
        options = [f"size={len(message.body)}"] if connection.has_extn("size") else []
        receiver = message.endpoint
        if sender.isascii() and receiver.address.isascii() and message.body.partition(b"\r\n\r\n")[0].isascii():
            return options
        if not connection.has_extn("smtputf8"):
            lacking = f"{self._named} takes no international addresses (SMTPUTF8)"
            if receiver.address.isascii():
                raise DeliveryDeferred(f"{lacking}, and smtp.sender is one: give it one that is ASCII before the @")
            raise DeliveryRejected(f"{lacking}, and {receiver.shown} is one")
        connection.command_encoding = "utf-8"
        return [*options, "SMTPUTF8", "BODY=8BITMIME"]

    def _check(self, reply: Reply, what: str, connection: Connection) -> None:
        if is_yes(reply):
            return
        if reply[0] == CLOSING or not (is_no(reply) or is_not_now(reply)):
            connection.close()  # who speaks out of turn cannot be followed any more
        if reply[0] in WANTS_LOGIN:
            raise self._failed(
                DeliveryDeferred, "wants a login or encryption: check smtp.username, smtp.security", reply
            )
        if is_no(reply) and is_nobody(reply) and what != _THE_SENDER:
            raise self._failed(DeliveryRejected, f"refuses {what}", reply, ends=True)
        if is_no(reply):
            raise self._failed(DeliveryRejected, f"refuses {what}", reply)
        raise self._failed(DeliveryDeferred, f"does not take {what} now", reply)

    def _failed(self, kind: type[DeliveryFailed], what: str, reply: Reply, **more: bool) -> DeliveryFailed:
        return kind(f"{self._named} {what}: {said(reply)}", status=code_of(reply), answer=printable(reply[1]), **more)


def signed(message: bytes, *, selector: str, domain: str, key: bytes) -> bytes:
    """*message* with a DKIM signature before it, RFC 6376. *key* is a private key in PEM.

    Sign where the bytes are made: signatures hold a time, and every attempt must send the same bytes. Raise
    ConfigurationInvalid where the key cannot be used.
    """
    import dkim  # type: ignore[import-untyped]  # it has none; only who signs pays for loading it

    present = {name.lower() for name in re.findall(rb"^([!-9;-~]+):", message.partition(b"\r\n\r\n")[0], re.MULTILINE)}
    names = [name for name in _SIGNED if name.lower() in present]
    try:
        signature = dkim.sign(
            message,
            selector.encode("ascii"),
            domain.encode("idna"),
            key,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=names,
        )
    except (dkim.DKIMException, ValueError, TypeError) as error:
        raise ConfigurationInvalid(
            f"mail cannot be signed for {domain}: {type(error).__name__}; a private RSA key in PEM is expected"
        ) from None
    return bytes(signature) + message


def _ours(error: Exception, key: str) -> str:
    """A fault that no server has to do with."""
    return f"the mail could not be sent by a fault of ours, {type(error).__name__}: check {key}"


def _reply_of(error: smtplib.SMTPResponseException) -> Reply:
    words = error.smtp_error
    return error.smtp_code, words.encode(errors="replace") if isinstance(words, str) else words
