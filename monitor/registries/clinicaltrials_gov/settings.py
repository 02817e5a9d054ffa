"""The keys of `[registries."clinicaltrials.gov"]` in config.toml."""

from pydantic import Field

from monitor.registries.adapter import PoliteSettings
from monitor.settings.values import WebAddress


class ClinicalTrialsGovSettings(PoliteSettings):
    """How to talk to ClinicalTrials.gov."""

    base_url: WebAddress = Field(
        default="https://clinicaltrials.gov/api/v2",
        description='an http(s) address without "?" and "#", such as "https://clinicaltrials.gov/api/v2"',
    )
