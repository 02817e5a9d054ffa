"""The table [registries."clinicaltrialsregister.eu"] of config.toml."""

from monitor.registries.settings import PoliteSettings
from monitor.settings import setting, values


class EuctrSettings(PoliteSettings):
    """How to talk to the EU Clinical Trials Register."""

    base_url: str = setting(
        values.web_address,
        default="https://www.clinicaltrialsregister.eu/ctr-search",
        description='an http(s) address without "?" and "#", such as '
        '"https://www.clinicaltrialsregister.eu/ctr-search"',
    )


TABLES = {"clinicaltrialsregister.eu": EuctrSettings}
