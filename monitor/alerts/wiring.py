"""Put the parts of delivering together: the outbox with its channels and the sender of mail, from the configuration."""

from collections.abc import Callable, Sequence
from datetime import datetime
from email.utils import parseaddr

from monitor.alerts.deliver import Outbox
from monitor.alerts.prepare import MailSender, RenderContext
from monitor.channels.configured import channels_of
from monitor.channels.email.address import with_ascii_domain
from monitor.channels.email.transport import signed
from monitor.config import Config
from monitor.ports import Registry
from monitor.storage.store import Store
from monitor.vault import Vault


def outbox_for(
    config: Config, *, store: Store, vault: Vault, registries: Sequence[Registry], clock: Callable[[], datetime]
) -> Outbox:
    """What delivering needs."""
    context = RenderContext(
        store=store,
        vault=vault,
        registries={registry.key: registry for registry in registries},
        mail_sender=_mail_sender(config),
    )
    return Outbox(context=context, channels=channels_of(config), clock=clock, settle=config.schedule.settle)


def _mail_sender(config: Config) -> MailSender:
    smtp = config.smtp
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
        unsubscribe=f"mailto:{with_ascii_domain(config.operator.email) if config.operator.email else sender}",
        signed=sign,
    )
