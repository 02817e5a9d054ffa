"""Who a delivery goes to, so that its owner recognises the address and nobody else learns it. Pure."""

import re

from monitor.channels.declared import CHANNELS
from monitor.model import Endpoint
from monitor.text import one_line

_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
"""RFC 5321, 4.5.3.1: without these bounds, a long text that has no address takes for ever."""


def masked(address: str) -> str:
    """A mail address that its owner recognises, and nobody else."""
    local, at, domain = one_line(address).rpartition("@")
    return f"{local[:1]}…@{domain}" if at else "…"


def receiver(endpoint: Endpoint) -> str:
    """How it is reached and where, such as `mail a…@example.org` or `webhook https://hooks.example.net`."""
    way = CHANNELS[endpoint.channel].server_of or endpoint.channel if endpoint.channel in CHANNELS else endpoint.channel
    return f"{way} {shown(endpoint)}"


def shown(endpoint: Endpoint) -> str:
    """The address alone: of a mailbox masked, of what else there is as it may be shown."""
    return masked(endpoint.shown) if endpoint.channel == "email" else one_line(endpoint.shown)


def without_addresses(text: str) -> str:
    """A text with every mail address in it masked: servers repeat them in what they answer."""
    return _ADDRESS.sub(lambda found: masked(found[0]), text)
