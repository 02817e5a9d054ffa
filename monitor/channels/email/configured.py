"""The mail server and the sender of mail, as configured."""

from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parseaddr
from functools import partial

from monitor.channels.channel import Configuration
from monitor.channels.email.address import with_ascii_domain
from monitor.channels.email.return_paths import ReturnPaths
from monitor.channels.email.settings import BounceSettings, SmtpSettings
from monitor.channels.email.tokens import token_from_command, token_from_file
from monitor.channels.email.transport import EmailTransport, signed
from monitor.http.network import Network
from monitor.settings.network import NetworkSettings
from monitor.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSender:
    """What every mail says of who sent it."""

    sender: str
    list_host: str
    """The domain of Message-ID and List-Id."""
    unsubscribe: str
    """Where people unsubscribe: a mailto: or an https: address."""
    signed: Callable[[bytes], bytes]
    """Adds a DKIM signature, or nothing."""


def email_transport(config: Configuration, vault: Vault | None = None, **limits: float) -> EmailTransport:
    """What hands mail to the server. It comes back to the sender, or to addresses that *vault* signs."""
    smtp, network = config.section(SmtpSettings), config.section(NetworkSettings)
    back = config.section(BounceSettings).address
    return EmailTransport(
        host=smtp.host,
        port=smtp.port,
        security=smtp.security,
        username=smtp.username,
        password=smtp.password,
        sender=smtp.sender,
        return_path=ReturnPaths(back, vault).of if back and vault else None,
        fetch_token=_token_of(smtp),
        network=Network(network.ca_bundle, network.proxy),
        **limits,
    )


def _token_of(smtp: SmtpSettings) -> Callable[[], str] | None:
    if smtp.auth == "password":
        return None
    if smtp.token_file:
        return partial(token_from_file, smtp.token_file)
    return partial(token_from_command, smtp.token_command)


def mail_sender(config: Configuration) -> MailSender:
    """Who sends mail. People unsubscribe by writing to the operator, or to the sender if there is no operator."""
    smtp, operator = config.section(SmtpSettings), config.operator_address("email")
    address = parseaddr(smtp.sender)[1]
    sender = with_ascii_domain(address)
    before, _, after = smtp.sender.rpartition(address)

    def sign(message: bytes) -> bytes:
        if not smtp.dkim_key:
            return message
        return signed(message, selector=smtp.dkim_selector, domain=smtp.dkim_domain, key=smtp.dkim_key.encode())

    return MailSender(
        sender=f"{before}{sender}{after}",
        list_host=sender.rpartition("@")[2],
        unsubscribe=f"mailto:{with_ascii_domain(operator) if operator else sender}",
        signed=sign,
    )
