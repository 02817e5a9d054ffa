"""The mail server and the sender of mail, as configured."""

from collections.abc import Callable
from email.utils import parseaddr
from functools import partial

from monitor.channels.channel import Configuration, MailSender
from monitor.channels.email.address import with_ascii_domain
from monitor.channels.email.settings import SmtpSettings
from monitor.channels.email.tokens import token_from_command, token_from_file
from monitor.channels.email.transport import EmailTransport, signed
from monitor.http import Network
from monitor.settings.network import NetworkSettings


def email_transport(config: Configuration, **limits: float) -> EmailTransport:
    """What hands mail to the server."""
    smtp, network = config.section(SmtpSettings), config.section(NetworkSettings)
    return EmailTransport(
        host=smtp.host,
        port=smtp.port,
        security=smtp.security,
        username=smtp.username,
        password=smtp.password,
        sender=smtp.sender,
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


def mail_sender(config: Configuration, *, operator: str) -> MailSender:
    """Who sends mail; *operator* is the address to write to for leaving, empty where that is the sender itself."""
    smtp = config.section(SmtpSettings)
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
