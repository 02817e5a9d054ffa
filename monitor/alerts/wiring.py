"""Put the parts of delivering together, from the configuration."""

from collections.abc import Callable, Sequence
from datetime import datetime

from monitor.alerts.outbox import Outbox
from monitor.alerts.prepare import RenderContext
from monitor.channels import CHANNELS
from monitor.channels.email.configured import mail_sender
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
        mail_sender=mail_sender(config, operator=config.operator.email),
    )
    transports = {name: channel.transport(config) for name, channel in CHANNELS.items()}
    return Outbox(context=context, transports=transports, clock=clock, settle=config.schedule.settle)
