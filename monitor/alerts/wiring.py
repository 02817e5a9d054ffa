"""Put the parts of delivering together, from the configuration."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from monitor.alerts.links import Links
from monitor.alerts.outbox import Outbox
from monitor.alerts.prepare import RenderContext
from monitor.channels.channel import Configuration
from monitor.channels.declared import CHANNELS
from monitor.ports import Registry
from monitor.storage.store import Store
from monitor.vault import Vault


def outbox_for(
    config: Configuration,
    *,
    settle: timedelta,
    store: Store,
    vault: Vault,
    registries: Sequence[Registry],
    clock: Callable[[], datetime],
    links: Links | None = None,
    public_url: str = "",
) -> Outbox:
    """What delivering needs; *settle* is how long a change waits before it is told.

    *links* go into mails, and so do addresses below *public_url*, where anybody may read the pages.
    """
    context = RenderContext(
        store=store,
        vault=vault,
        registries={registry.key: registry for registry in registries},
        config=config,
        links=links,
        public_url=public_url,
    )
    transports = {name: channel.transport(config, vault) for name, channel in CHANNELS.items()}
    return Outbox(context=context, transports=transports, clock=clock, settle=settle)
