"""The table [smtp] of config.toml."""

from typing import Self

from pydantic import Field, model_validator

from monitor.settings import Secret, Section
from monitor.settings.values import Host, LoginKind, OptionalHost, Security, Sender, ShellCommand, Text, broken


class SmtpSettings(Section):
    """The mail server that takes our mails, and who they come from."""

    host: Host = Field(default="localhost", description='a host name or an address, such as "smtp.example.org"')
    port: int = Field(default=25, ge=1, le=65535, description="a port from 1 to 65535")
    security: Security = Field(default="none", description='"none", "starttls" or "tls"')
    username: Text = Field(default="", description='a text, or "" for no login')
    password: Secret = Field(default="", repr=False, description="a text")
    auth: LoginKind = Field(default="password", description='"password" or "xoauth2"')
    token_file: Text = Field(default="", description='the path of a file that holds an access token, or ""')
    token_command: ShellCommand = Field(
        default="", repr=False, description='a command that prints an access token, with its arguments, or ""'
    )
    sender: Sender = Field(
        default="Trial monitor <monitor@example.org>",
        description='a mail address, such as "Trial monitor <monitor@example.org>"',
    )
    dkim_selector: OptionalHost = Field(default="", description='the selector of a DKIM key, such as "2026", or ""')
    dkim_domain: OptionalHost = Field(default="", description='a domain, such as "example.org", or ""')
    dkim_key: Secret = Field(default="", repr=False, description="a private key as a PEM text")

    @model_validator(mode="after")
    def _login_is_whole(self) -> Self:
        tokens = [key for key in ("token_file", "token_command") if getattr(self, key)]
        if self.auth == "password" and tokens:
            raise broken(f'has {tokens[0]} and no auth = "xoauth2"; give both or neither')
        if self.auth == "xoauth2" and (len(tokens) != 1 or not self.username or self.password):
            raise broken('has auth = "xoauth2", which needs a username, no password, and token_file or token_command')
        return self

    @model_validator(mode="after")
    def _dkim_is_whole(self) -> Self:
        given = (self.dkim_selector, self.dkim_domain, self.dkim_key)
        if any(given) and not all(given):
            raise broken("has a part of dkim_selector, dkim_domain and dkim_key only; give all three or none")
        return self
