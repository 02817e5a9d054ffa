"""The table [network] of config.toml."""

from pydantic import Field

from monitor.settings import Section
from monitor.settings.values import ProxyAddress, Text


class NetworkSettings(Section):
    """The way out of the operator's network, and whom it trusts."""

    ca_bundle: Text = Field(default="", description='the path of a file of certificates in PEM, or ""')
    proxy: ProxyAddress = Field(
        default="",
        repr=False,
        description='an address such as "http://proxy.example.org:3128" or "socks5h://proxy.example.org:1080", or ""',
    )
