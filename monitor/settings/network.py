"""The table [network] of config.toml."""

from monitor.settings import Section, setting, values


class NetworkSettings(Section):
    """The way out of the operator's network, and whom it trusts."""

    ca_bundle: str = setting(values.text, default="", description='the path of a file of certificates in PEM, or ""')
    proxy: str = setting(
        values.optional(values.proxy_address),
        default="",
        shown=False,
        description='an address such as "http://proxy.example.org:3128" or "socks5h://proxy.example.org:1080", or ""',
    )
