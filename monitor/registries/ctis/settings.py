"""The table [registries."euclinicaltrials.eu"] of config.toml."""

from monitor.registries.settings import PoliteSettings
from monitor.settings import setting, values


class CtisSettings(PoliteSettings):
    """How to talk to CTIS."""

    base_url: str = setting(
        values.web_address,
        default="https://euclinicaltrials.eu/ctis-public-api",
        description='an http(s) address without "?" and "#", such as "https://euclinicaltrials.eu/ctis-public-api"',
    )


TABLES = {"euclinicaltrials.eu": CtisSettings}
