"""One SMTP connection: what a server says, why a connection fails, and how a wait is cut short."""

import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from monitor.http.answers import certificate_words
from monitor.http.deadline import Deadline
from monitor.text import one_line

MOST_ANSWER = 4_096

Reply = tuple[int, bytes]
"""A code, and the server's words without the codes, a line each."""

DONE = 250
CLOSING = 421
WANTS_LOGIN = frozenset((530, 534, 535, 538))
"""RFC 4954 6 and RFC 3207 4: authentication or encryption is required, too weak, or was refused."""


def is_yes(reply: Reply) -> bool:
    """2xx."""
    return 200 <= reply[0] <= 299


def is_no(reply: Reply) -> bool:
    """5xx: for good."""
    return 500 <= reply[0] <= 599


def is_not_now(reply: Reply) -> bool:
    """4xx: try again."""
    return 400 <= reply[0] <= 499


def is_nobody(reply: Reply) -> bool:
    """Whether the server says that there is no such mailbox: 5.1.1, RFC 3463."""
    return re.match(rb"\s*5\.1\.1\b", reply[1]) is not None


def code_of(reply: Reply) -> int | None:
    """The code; None where the answer had none, or one that means nothing at that point."""
    return reply[0] if is_yes(reply) or is_not_now(reply) or is_no(reply) else None


def said(reply: Reply) -> str:
    """The code and the beginning of the words, on one line."""
    if code_of(reply) is None:
        return "its answer is not SMTP"
    return one_line(f"{reply[0]} {reply[1][:300].decode(errors='replace')}")


def printable(words: bytes) -> bytes:
    """The server's words as they may be kept and shown, at most 4 kB."""
    return one_line(words[:MOST_ANSWER].decode(errors="replace")).encode()[:MOST_ANSWER]


class Connection(smtplib.SMTP):
    """`smtplib.SMTP` that is made before it connects, so that a wait can be cut short from the first byte on.

    With *wrapping*, TLS comes before the first word.
    """

    def __init__(self, host: str, *, timeout: float, wrapping: ssl.SSLContext | None = None) -> None:
        super().__init__(timeout=timeout)
        self._host = host  # STARTTLS checks the certificate against it
        self.messages = 0
        self._deadline: Deadline | None = None
        self._wrapping = wrapping

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Shut it down when the time for what happens within is over. Of a TLS handshake only silence ends."""
        with Deadline(seconds) as self._deadline:
            self._deadline.watch(lambda: self.sock)
            yield

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain = socket.create_connection((host, port), timeout)
        if self._wrapping is None:
            return plain
        try:
            return self._wrapping.wrap_socket(plain, server_hostname=host)
        except BaseException:
            plain.close()
            raise

    def why(self, error: Exception) -> str:
        """What went wrong with the connection, in a person's words."""
        by_class: tuple[tuple[type[Exception], str], ...] = (
            (ssl.SSLCertVerificationError, _about_the_certificate(error)),
            (ssl.SSLError, "does not speak TLS as it should: check smtp.security and smtp.port"),
            (socket.gaierror, "cannot be found: its name does not resolve"),
            (ConnectionRefusedError, "refuses connections"),
            (TimeoutError, "did not answer in time"),
            (smtplib.SMTPServerDisconnected, "dropped the connection"),
            (ConnectionError, "dropped the connection"),
            (smtplib.SMTPException, "does not answer in proper SMTP"),
            (OSError, "cannot be reached"),
        )
        if self._deadline and self._deadline.is_over:
            return "did not answer in time"
        # smtplib reports a time-out as a disconnection, and has the truth in its context.
        chain = (error, error.__context__)
        found = (words for kind, words in by_class if any(isinstance(cause, kind) for cause in chain))
        return next(found, "does not answer in proper SMTP")

    def speaks_no_tls(self, error: Exception) -> bool:
        """Whether a handshake came to nothing because the other side began in clear."""
        return isinstance(error, ssl.SSLError) and error.reason in ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE")


def _about_the_certificate(error: Exception) -> str:
    words = certificate_words(error) or "is not trusted"
    return f"has a certificate that {words}"
