"""The table [webhooks] of config.toml."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from monitor.settings import Section
from monitor.settings.values import A_DEADLINE, Deadline, Listed, Network


class WebhookSettings(Section):
    """How webhooks are called."""

    timeout: Deadline = Field(default=timedelta(seconds=15), description=A_DEADLINE)
    allow_networks: Annotated[tuple[Network, ...], Listed] = Field(
        default=(), description='a list of networks, such as ["127.0.0.0/8", "fd00::/8"]'
    )
