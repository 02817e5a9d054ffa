"""Put the parts of delivering together: channels, letterhead and signature, from the configuration."""

from collections.abc import Callable, Sequence
from datetime import datetime
from email.utils import parseaddr

from monitor import __version__
from monitor.channels.chat import ChatChannel
from monitor.channels.email import EmailChannel, signed
from monitor.channels.webhook import WebhookChannel
from monitor.config import Config
from monitor.deliver import Post
from monitor.http import GuardedSession
from monitor.model import Way
from monitor.ports import Registry
from monitor.prepare import Desk, Letterhead
from monitor.storage.store import Store
from monitor.vault import Vault


def post_for(
    config: Config, *, store: Store, vault: Vault, registries: Sequence[Registry], clock: Callable[[], datetime]
) -> Post:
    """What delivering needs."""
    desk = Desk(
        store=store,
        vault=vault,
        registries={registry.key: registry for registry in registries},
        letterhead=_letterhead(config),
    )
    return Post(
        desk=desk,
        channels={
            Way.EMAIL: EmailChannel(
                host=config.smtp.host,
                port=config.smtp.port,
                security=config.smtp.security,
                username=config.smtp.username,
                password=config.smtp.password,
                sender=config.smtp.sender,
            ),
            Way.WEBHOOK: WebhookChannel(
                GuardedSession(
                    user_agent=f"registry-monitor/{__version__}",
                    deadline=config.webhooks.timeout.total_seconds(),
                    allow_networks=[str(network) for network in config.webhooks.allow_networks],
                )
            ),
            Way.CHAT: ChatChannel(config.chat.schemas),
        },
        clock=clock,
        settle=config.schedule.settle,
    )


def _letterhead(config: Config) -> Letterhead:
    smtp = config.smtp
    sender = parseaddr(smtp.sender)[1]

    def sign(message: bytes) -> bytes:
        if not smtp.dkim_key:
            return message
        return signed(message, selector=smtp.dkim_selector, domain=smtp.dkim_domain, key=smtp.dkim_key.encode())

    return Letterhead(
        sender=smtp.sender,
        list_host=sender.rpartition("@")[2],
        unsubscribe=f"mailto:{config.operator.email or sender}",
        signed=sign,
    )
