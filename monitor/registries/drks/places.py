"""Countries by their names, of the codes that DRKS gives. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

_NAMES = """
AE United Arab Emirates|AR Argentina|AT Austria|AU Australia|BA Bosnia and Herzegovina|BD Bangladesh
BE Belgium|BG Bulgaria|BR Brazil|BY Belarus|CA Canada|CH Switzerland|CL Chile|CM Cameroon|CN China|CO Colombia
CY Cyprus|CZ Czechia|DE Germany|DK Denmark|EE Estonia|EG Egypt|ES Spain|ET Ethiopia|FI Finland|FR France
GB United Kingdom|GE Georgia|GH Ghana|GR Greece|HK Hong Kong|HR Croatia|HU Hungary|ID Indonesia|IE Ireland
IL Israel|IN India|IQ Iraq|IR Iran|IS Iceland|IT Italy|JO Jordan|JP Japan|KE Kenya|KR South Korea
KZ Kazakhstan|LB Lebanon|LI Liechtenstein|LT Lithuania|LU Luxembourg|LV Latvia|MA Morocco|MD Moldova
ME Montenegro|MK North Macedonia|MT Malta|MX Mexico|MY Malaysia|NG Nigeria|NL Netherlands|NO Norway|NP Nepal
NZ New Zealand|PE Peru|PH Philippines|PK Pakistan|PL Poland|PT Portugal|RO Romania|RS Serbia|RU Russia
RW Rwanda|SA Saudi Arabia|SE Sweden|SG Singapore|SI Slovenia|SK Slovakia|SN Senegal|SY Syria|TH Thailand
TN Tunisia|TR Turkey|TW Taiwan|TZ Tanzania|UA Ukraine|UG Uganda|US United States|VN Vietnam|ZA South Africa
ZM Zambia|ZW Zimbabwe
"""
_BY_CODE: Mapping[str, str] = MappingProxyType(
    {each[:2]: each[3:] for line in _NAMES.strip().splitlines() for each in line.split("|")}
)


def country(code: str) -> str:
    """The name of a country; the code itself for one without a name here."""
    return _BY_CODE.get(code, code)
