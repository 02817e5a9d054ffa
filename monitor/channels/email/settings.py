"""The table [smtp] of config.toml, and the key for a mail address."""

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


TABLES = {"smtp": SmtpSettings}
ADDRESS = Setting(values.mailbox, default=None, description='a mail address, such as "ops@example.org"')
