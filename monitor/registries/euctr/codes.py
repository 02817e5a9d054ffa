"""The register's words with the codes that they mean, and its countries with their names. Pure.

A status that says nothing of recruitment is UNKNOWN with the register's own words: "Ongoing" may be either.
"""

from types import MappingProxyType

from monitor.model.vocabulary import CodeWords
from monitor.text import fold_wording

WORDS = MappingProxyType(
    {
        "COMMERCIAL": CodeWords("Commercial"),
        "NON_COMMERCIAL": CodeWords("Non-commercial"),
        "TEST": CodeWords("Test"),
        "COMPARATOR": CodeWords("Comparator"),
        "PLACEBO": CodeWords("Placebo"),
    }
)

TRANSITIONED = "Trial now transitioned"
FROZEN = "GB - no longer in EU/EEA"

_STATUSES = {
    "Ongoing": "UNKNOWN",
    "Restarted": "UNKNOWN",
    "Completed": "COMPLETED",
    "Prematurely Ended": "TERMINATED",
    "Temporarily Halted": "SUSPENDED",
    "Suspended by CA": "SUSPENDED",
    "Not Authorised": "WITHDRAWN",
    "Prohibited by CA": "WITHDRAWN",
    "Withdrawn": "WITHDRAWN",
    TRANSITIONED: "UNKNOWN",
    FROZEN: "UNKNOWN",
}
STATUSES = MappingProxyType({fold_wording(words): code for words, code in _STATUSES.items()})
"""By the words folded."""

COUNTRIES = MappingProxyType(
    {
        "AT": "Austria",
        "BE": "Belgium",
        "BG": "Bulgaria",
        "CY": "Cyprus",
        "CZ": "Czechia",
        "DE": "Germany",
        "DK": "Denmark",
        "EE": "Estonia",
        "ES": "Spain",
        "FI": "Finland",
        "FR": "France",
        "GB": "United Kingdom",
        "GR": "Greece",
        "HR": "Croatia",
        "HU": "Hungary",
        "IE": "Ireland",
        "IS": "Iceland",
        "IT": "Italy",
        "LI": "Liechtenstein",
        "LT": "Lithuania",
        "LU": "Luxembourg",
        "LV": "Latvia",
        "MT": "Malta",
        "NL": "Netherlands",
        "NO": "Norway",
        "PL": "Poland",
        "PT": "Portugal",
        "RO": "Romania",
        "SE": "Sweden",
        "SI": "Slovenia",
        "SK": "Slovakia",
        "3RD": "Outside EU/EEA",
    }
)


def is_transitioned(words: str) -> bool:
    """Whether the trial goes on in CTIS."""
    return fold_wording(words) == fold_wording(TRANSITIONED)


def is_frozen(words: str) -> bool:
    """Whether nobody keeps this country's record any more."""
    return fold_wording(words) == fold_wording(FROZEN)
