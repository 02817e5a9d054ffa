"""The tables [smtp] and [bounces] of config.toml, and the key for a mail address."""

import re
from urllib.parse import SplitResult, unquote, urlsplit

from monitor.settings import Section, Setting, secret, setting, values
from monitor.settings.refused import RuleBroken


class SmtpSettings(Section):
    """The mail server that takes our mails, and who they come from."""

    host: str = setting(
        values.host, default="localhost", description='a host name or an address, such as "smtp.example.org"'
    )
    port: int = setting(values.whole(1, 65535), default=25, description="a port from 1 to 65535")
    security: values.Security = setting(values.security, default="none", description='"none", "starttls" or "tls"')
    username: str = setting(values.text, default="", description='a text, or "" for no login')
    password: str = secret(description="a text")
    auth: values.LoginKind = setting(values.login_kind, default="password", description='"password" or "xoauth2"')
    token_file: str = setting(
        values.text, default="", description='the path of a file that holds an access token, or ""'
    )
    token_command: str = setting(
        values.optional(values.shell_command),
        default="",
        shown=False,
        description='a command that prints an access token, with its arguments, or ""',
    )
    sender: str = setting(
        values.sender,
        default="Trial monitor <monitor@example.org>",
        description='a mail address, such as "Trial monitor <monitor@example.org>"',
    )
    dkim_selector: str = setting(
        values.optional(values.host), default="", description='the selector of a DKIM key, such as "2026", or ""'
    )
    dkim_domain: str = setting(
        values.optional(values.host), default="", description='a domain, such as "example.org", or ""'
    )
    dkim_key: str = secret(description="a private key as a PEM text")

    def check(self) -> None:
        """A login and a signature are whole."""
        tokens = [key for key in ("token_file", "token_command") if getattr(self, key)]
        if self.auth == "password" and tokens:
            raise RuleBroken(f'has {tokens[0]} and no auth = "xoauth2"; give both or neither')
        if self.auth == "xoauth2" and (len(tokens) != 1 or not self.username or self.password):
            raise RuleBroken(
                'has auth = "xoauth2", which needs a username, no password, and token_file or token_command'
            )
        given = (self.dkim_selector, self.dkim_domain, self.dkim_key)
        if any(given) and not all(given):
            raise RuleBroken("has a part of dkim_selector, dkim_domain and dkim_key only; give all three or none")


LONGEST_NAME = 21
"""Characters before the @ of an address that mails come back to: the rest is for `return_paths`."""
SHORTEST_TOKEN = 16


def _return_address(value: object) -> str:
    found = values.mailbox(value)
    name, _, _ = found.partition("@")
    if not found.isascii() or len(name) > LONGEST_NAME or "+" in name:
        raise ValueError
    return found


def _imap_address(value: object) -> str:
    """Whose TLS is off only on this machine: the password goes that way."""
    found = values.text(value)
    parts = urlsplit(found)
    host, user = parts.hostname or "", unquote(parts.username or "")
    local = parts.scheme == "imap" and host in ("127.0.0.1", "localhost", "::1")
    # Reading the port raises where it is none. The rest goes into IMAP commands as it is.
    usable = (local or parts.scheme == "imaps") and parts.port != 0 and not (parts.query or parts.fragment)
    folder = unquote(parts.path.lstrip("/"))
    if not usable or not host or not user or parts.password or not re.fullmatch(r"[ !#-\[\]-~]*", user + folder):
        raise ValueError
    return found


class BounceSettings(Section):
    """Where mails come back to, and how they are read."""

    address: str = setting(
        values.optional(_return_address),
        default="",
        description=f'a mail address with at most {LONGEST_NAME} characters before the @ and no "+", such as '
        '"bounces@example.org", or ""',
    )
    maildir: str = setting(values.text, default="", description='the path of a Maildir, or ""')
    imap: str = setting(
        values.optional(_imap_address),
        default="",
        description='an address without its password, such as "imaps://bounces%40example.org@imap.example.org", or ""',
    )
    password: str = secret(description="a text")
    hook: bool = setting(values.boolean, default=False, description="true or false")
    token: str = secret(description=f"a text of at least {SHORTEST_TOKEN} characters")

    def check(self) -> None:
        """There is one mailbox at most, and what opens it."""
        if self.maildir and self.imap:
            raise RuleBroken("has maildir and imap; give one of them")
        if self.imap and not self.password:
            raise RuleBroken("has imap, which needs a password: MONITOR_BOUNCES__PASSWORD or …_FILE gives it")
        if self.hook and len(self.token) < SHORTEST_TOKEN:
            raise RuleBroken(
                f"has hook = true, which needs a token of at least {SHORTEST_TOKEN} characters: MONITOR_BOUNCES__TOKEN "
                "or …_FILE gives it"
            )

    @property
    def server(self) -> SplitResult:
        """The parts of `imap`."""
        return urlsplit(self.imap)

    @property
    def has_mailbox(self) -> bool:
        """Whether there is a mailbox to read."""
        return bool(self.maildir or self.imap)


TABLES = {"smtp": SmtpSettings, "bounces": BounceSettings}
ADDRESS = Setting(values.mailbox, default=None, description='a mail address, such as "ops@example.org"')
