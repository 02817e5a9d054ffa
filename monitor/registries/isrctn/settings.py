"""The table [registries."isrctn.com"] of config.toml."""

from monitor.registries.settings import PoliteSettings
from monitor.settings import setting, values


class IsrctnSettings(PoliteSettings):
    """How to talk to ISRCTN."""

    base_url: str = setting(
        values.web_address,
        default="https://www.isrctn.com",
        description='an http(s) address without "?" and "#", such as "https://www.isrctn.com"',
    )


TABLES = {"isrctn.com": IsrctnSettings}
