"""Countries and cities that have several names. Pure.

Registries rename countries for all trials at once, as ClinicalTrials.gov did with Turkey in 2024, and look cities up on
a map that has them in English.
"""

from functools import lru_cache

from monitor.changes.spelling import fold_place

_COUNTRIES = """
Turkey|Türkiye|Turkiye|Republic of Türkiye|Republic of Turkey
Czechia|Czech Republic
South Korea|Korea, Republic of|Republic of Korea|Korea, South|Korea (South)
North Korea|Korea, Democratic People's Republic of|Democratic People's Republic of Korea
Russia|Russian Federation
Vietnam|Viet Nam
Iran|Iran, Islamic Republic of|Islamic Republic of Iran
North Macedonia|Macedonia|Macedonia, The Former Yugoslav Republic of|Former Yugoslav Republic of Macedonia
Moldova|Moldova, Republic of|Republic of Moldova
Taiwan|Taiwan, Province of China|Chinese Taipei
Hong Kong|Hong Kong SAR|Hong Kong, China
Macau|Macao|Macao SAR
Syria|Syrian Arab Republic
Laos|Lao People's Democratic Republic|Lao PDR
Libya|Libyan Arab Jamahiriya
Tanzania|Tanzania, United Republic of|United Republic of Tanzania
Bolivia|Bolivia, Plurinational State of|Plurinational State of Bolivia
Venezuela|Venezuela, Bolivarian Republic of|Bolivarian Republic of Venezuela
Palestine|Palestinian Territory, occupied|Palestinian Territories|State of Palestine|Palestine, State of
Eswatini|Swaziland
Myanmar|Burma
Cabo Verde|Cape Verde
Ivory Coast|Côte d'Ivoire
Democratic Republic of the Congo|Congo, The Democratic Republic of the|DR Congo|Congo (Kinshasa)
Congo|Republic of the Congo|Congo, Republic of the|Congo (Brazzaville)
Gambia|The Gambia|Gambia, The
Bahamas|The Bahamas|Bahamas, The
Brunei|Brunei Darussalam
Timor-Leste|East Timor
United States|United States of America|USA|US|U.S.A.
United Kingdom|Great Britain|UK|United Kingdom of Great Britain and Northern Ireland
United Arab Emirates|UAE
Netherlands|The Netherlands|Holland
China|People's Republic of China|China, People's Republic of
Slovakia|Slovak Republic
Kyrgyzstan|Kyrgyz Republic
Belarus|Byelarus
Bosnia and Herzegovina|Bosnia & Herzegovina|Bosnia-Herzegovina
Serbia|Republic of Serbia
Micronesia|Micronesia, Federated States of|Federated States of Micronesia
Vatican|Holy See|Holy See (Vatican City State)
Virgin Islands (U.S.)|U.S. Virgin Islands
"""
"""A line a country. Former federations, such as Serbia and Montenegro, are none of their successors."""

_CITIES = """
Munich|München
Cologne|Köln
Nuremberg|Nürnberg
Hanover|Hannover
Brunswick|Braunschweig
Vienna|Wien
Zurich|Zürich
Geneva|Genève|Genf
Basel|Basle|Bâle
Bern|Berne
Lucerne|Luzern
Rome|Roma
Milan|Milano
Naples|Napoli
Turin|Torino
Florence|Firenze
Genoa|Genova
Venice|Venezia
Padua|Padova
Prague|Praha
Pilsen|Plzeň
Warsaw|Warszawa
Cracow|Kraków|Krakow
Lodz|Łódź
Wroclaw|Wrocław|Breslau
Lisbon|Lisboa
Porto|Oporto
Seville|Sevilla
Saragossa|Zaragoza
Brussels|Bruxelles|Brussel
Antwerp|Antwerpen|Anvers
Ghent|Gent|Gand
Bruges|Brugge
Leuven|Louvain
Liège|Luik
The Hague|Den Haag|'s-Gravenhage
Copenhagen|København
Gothenburg|Göteborg
Bucharest|București
Athens|Athina|Athinai
Thessaloniki|Salonica
Belgrade|Beograd
Moscow|Moskva
Saint Petersburg|St. Petersburg|Sankt-Peterburg
Kyiv|Kiev
Kharkiv|Kharkov
Odesa|Odessa
Lviv|Lvov
Cairo|Al Qahirah
Mexico City|Ciudad de México|México D.F.
Beijing|Peking
Guangzhou|Canton
Ho Chi Minh City|Saigon|Ho Chi Minh
Mumbai|Bombay
Kolkata|Calcutta
Chennai|Madras
Bengaluru|Bangalore
Pune|Poona
Yangon|Rangoon
"""


def _keys(lines: str) -> dict[str, str]:
    """By each name folded, the first name on its line folded."""
    names = [[fold_place(name) for name in line.split("|")] for line in lines.strip().splitlines()]
    return {name: every[0] for every in names for name in every}


_COUNTRY_KEYS = _keys(_COUNTRIES)
_CITY_KEYS = _keys(_CITIES)


@lru_cache(maxsize=1024)
def country_key(name: str | None) -> str:
    """What is equal for all names of one country: Turkey, Türkiye and Turkey (Türkiye)."""
    key = fold_place(name)
    if key not in _COUNTRY_KEYS and name and "(" in name:
        key = fold_place(name[: name.index("(")]) or key
    return _COUNTRY_KEYS.get(key, key)


def city_key(name: str | None) -> str:
    """What is equal for all names of one city, where it is known to have several."""
    key = fold_place(name)
    return _CITY_KEYS.get(key, key)
