"""The table [registries."drks.de"] of config.toml."""

from monitor.registries.settings import PoliteSettings
from monitor.settings import setting, values


class DrksSettings(PoliteSettings):
    """How to talk to DRKS."""

    base_url: str = setting(
        values.web_address,
        default="https://drks.de/search",
        description='an http(s) address without "?" and "#", such as "https://drks.de/search"',
    )
    once_a_day: bool = setting(values.boolean, default=True, description="true or false")


TABLES = {"drks.de": DrksSettings}
