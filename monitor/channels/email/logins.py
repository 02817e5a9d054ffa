"""Logging in to a mail server: with a password, or with a token (XOAUTH2), as Microsoft 365 and Google want it.

https://developers.google.com/workspace/gmail/imap/xoauth2-protocol
"""

import json
import smtplib
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass, field

from monitor.channels.email.smtp import Connection, Reply, is_yes

BY_PASSWORD = ("CRAM-MD5", "PLAIN", "LOGIN")
"""What `smtplib` can."""
BY_TOKEN = ("XOAUTH2",)
GO_ON = 334


class LoginImpossible(Exception):
    """There is no way to log in to this server as things are: *str* says why, as what follows the server's name."""


class LoginRefused(Exception):
    """The server does not let us in. *reply* is what it says, without what was secret."""

    def __init__(self, reply: Reply) -> None:
        super().__init__("refused")
        self.reply = reply


@dataclass(frozen=True, slots=True)
class Login:
    """Who we are to the server, and by what. *fetch_token* gives a token, and is asked before each connection."""

    username: str
    password: str = field(default="", repr=False)
    fetch_token: Callable[[], str] | None = field(default=None, repr=False)

    def secret(self) -> str:
        """What proves it. Raise ConfigurationInvalid where a token cannot be had."""
        return self.fetch_token() if self.fetch_token else self.password

    @property
    def remedy(self) -> str:
        """What to look at where the server refuses it."""
        if self.fetch_token:
            return "refuses the token: check smtp.username, and what smtp.token_file or smtp.token_command gives"
        return "refuses the login: check smtp.username and its password"

    def log_in(self, connection: Connection, secret: str) -> None:
        """Raise LoginImpossible or LoginRefused, and what `smtplib` raises of connections."""
        self._check_methods(methods_of(connection))
        if self.fetch_token:
            reply = _by_token(connection, self.username, secret)
        else:
            reply = _by_password(connection, self.username, secret)
        if not is_yes(reply):
            raise LoginRefused((reply[0], _without(reply[1], self.username, secret)))

    def _check_methods(self, offered: list[str]) -> None:
        ours = BY_TOKEN if self.fetch_token else BY_PASSWORD
        if not offered:
            raise LoginImpossible("offers no login: leave smtp.username empty, or check smtp.security")
        if set(ours) & set(offered):
            return
        remedy = "ask for one of these there"
        if not self.fetch_token and set(BY_TOKEN) & set(offered):
            remedy = 'set smtp.auth to "xoauth2", with a token'
        elif self.fetch_token and set(BY_PASSWORD) & set(offered):
            remedy = 'set smtp.auth to "password"'
        raise LoginImpossible(f"offers {_listed(offered)}, and this program can use {_listed(ours)}: {remedy}")


def methods_of(connection: Connection) -> list[str]:
    """The ways to log in that a server offers."""
    return list(dict.fromkeys(connection.esmtp_features.get("auth", "").upper().split()))


def _by_password(connection: Connection, username: str, password: str) -> Reply:
    try:
        return connection.login(username, password)
    except smtplib.SMTPAuthenticationError as error:
        words = error.smtp_error
        return error.smtp_code, words.encode(errors="replace") if isinstance(words, str) else words
    except UnicodeError:
        raise LoginImpossible("is not told them: smtp.username and its password must be plain ASCII") from None


def _by_token(connection: Connection, username: str, token: str) -> Reply:
    words = b64encode(f"user={username}\1auth=Bearer {token}\1\1".encode()).decode()
    reply = connection.docmd("AUTH", f"XOAUTH2 {words}")
    if reply[0] != GO_ON:
        return reply
    # What is wrong comes first, in JSON, and the refusal itself after an empty line.
    code, refusal = connection.docmd("")
    return code, b" ".join(part for part in (refusal, _status_in(reply[1])) if part)


def _status_in(challenge: bytes) -> bytes:
    try:
        told = json.loads(b64decode(challenge))
        return f"(status {str(told['status'])[:20]})".encode()
    except (ValueError, KeyError, TypeError):
        return b""


def _without(words: bytes, username: str, secret: str) -> bytes:
    """A server may repeat what it did not like."""
    name, key = username.encode(), secret.encode()
    whole = b64encode(b"user=" + name + b"\1auth=Bearer " + key + b"\1\1")
    for form in (key, b64encode(key), b64encode(b"\0" + name + b"\0" + key), whole):
        words = words.replace(form, "…".encode()) if form else words
    return words


def _listed(methods: "list[str] | tuple[str, ...]") -> str:
    """The beginning of a list may be anybody's words."""
    *most, last = [method[:20] for method in methods[:8]]
    return f"{', '.join(most)} and {last}" if most else last
