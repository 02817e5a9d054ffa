"""The table [registries."clinicaltrials.gov"] of config.toml."""

from monitor.registries.settings import PoliteSettings
from monitor.settings import setting, values


class ClinicalTrialsGovSettings(PoliteSettings):
    """How to talk to ClinicalTrials.gov."""

    base_url: str = setting(
        values.web_address,
        default="https://clinicaltrials.gov/api/v2",
        description='an http(s) address without "?" and "#", such as "https://clinicaltrials.gov/api/v2"',
    )
    history: bool = setting(values.boolean, default=False, description="true or false")


TABLES = {"clinicaltrials.gov": ClinicalTrialsGovSettings}
