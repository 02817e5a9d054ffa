"""How a trial stands in each country, and as a whole. Pure.

As a whole it stands as where it is least finished: "Ongoing" in one country, "Completed" in another is ongoing. Records
that nobody keeps any more say nothing: those of the United Kingdom, and those that went to CTIS. Where all others are
finished, a trial of which a part went to CTIS is not: it goes on there.
"""

from collections.abc import Mapping

from monitor.model import Coded, CountryStatus
from monitor.registries.euctr.codes import COUNTRIES, STATUSES, is_frozen, is_transitioned
from monitor.text import fold_wording

_ORDER = ("UNKNOWN", "SUSPENDED", "COMPLETED", "TERMINATED", "WITHDRAWN")
"""The least finished first."""


def coded_status(words: str) -> Coded:
    """The shared code of a status, with the register's words."""
    return Coded(STATUSES.get(fold_wording(words), "UNKNOWN"), words)


def country_name(country: str) -> str:
    """What people call the country of this code."""
    return COUNTRIES.get(country, country)


def country_statuses(said: Mapping[str, str]) -> tuple[CountryStatus, ...]:
    """How the trial stands in each country, by what its records say."""
    return tuple(CountryStatus(country_name(each), coded_status(said[each]).code, said[each]) for each in sorted(said))


def overall_status(said: Mapping[str, str]) -> Coded | None:
    """How the trial stands as a whole; None where no record says."""
    kept = [words for _, words in sorted(said.items()) if words and not is_frozen(words)]
    running = [coded_status(words) for words in kept if not is_transitioned(words)]
    least = min(running, key=_rank, default=None)
    if len(running) < len(kept) and (least is None or least.code not in ("UNKNOWN", "SUSPENDED")):
        return coded_status(next(words for words in kept if is_transitioned(words)))
    if least is None and said:
        return next((coded_status(words) for _, words in sorted(said.items()) if words), None)
    return least


def has_transitioned(said: Mapping[str, str]) -> bool:
    """Whether some country's record went to CTIS."""
    return any(map(is_transitioned, said.values()))


def _rank(status: Coded) -> int:
    return _ORDER.index(status.code)
