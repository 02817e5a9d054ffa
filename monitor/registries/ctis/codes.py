"""CTIS's codes with its own words, and the shared codes that they stand for. Pure."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from monitor.model import Coded, Json
from monitor.model.vocabulary import shared_words

ENDED = 8
EARLY_WORDS = "Ended (early termination)"
"""What code 8 is called where an early end was notified: the registry has one word for both."""

_STATUSES: Mapping[int, tuple[str, str]] = MappingProxyType(
    {
        1: ("NOT_YET_RECRUITING", "Under evaluation"),
        2: ("NOT_YET_RECRUITING", "Authorised, recruitment pending"),
        3: ("RECRUITING", "Authorised, recruiting"),
        4: ("RECRUITING", "Ongoing, recruiting"),
        5: ("ACTIVE_NOT_RECRUITING", "Ongoing, recruitment ended"),
        6: ("SUSPENDED", "Temporarily halted"),
        7: ("SUSPENDED", "Suspended"),
        ENDED: ("COMPLETED", "Ended"),
        9: ("WITHDRAWN", "Expired"),
        10: ("TERMINATED", "Revoked"),
        11: ("WITHDRAWN", "Not authorised"),
        12: ("WITHDRAWN", "Cancelled"),
        13: ("WITHDRAWN", "Withdrawn"),
        14: ("WITHDRAWN", "Lapsed"),
        15: ("WITHDRAWN", "Not valid"),
        16: ("NOT_YET_RECRUITING", "Authorised"),
        17: ("UNKNOWN", "Pending"),
        18: ("UNKNOWN", "No status"),
    }
)
"""By the code of the public status. 1 to 12 are the registry's own list, the others were seen elsewhere."""

UNSUBMITTED = frozenset((9, 11, 12, 13, 14, 15))
"""Statuses after which an application may be submitted again, under the next id."""
STOPPED = tuple(code for code, (shared, _) in _STATUSES.items() if shared in ("SUSPENDED", "TERMINATED", "WITHDRAWN"))

_FORMER_WORDS = {"authorised, not started": 2, "ongoing, not recruiting": 5, "halted": 6}
"""What the portal called them before June 2024."""
_BY_WORDS = {words.casefold(): code for code, (_, words) in _STATUSES.items()} | _FORMER_WORDS

_PHASES: Mapping[int, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        1: ("Human Pharmacology (Phase I)- First administration to humans", ("PHASE1",)),
        2: ("Human Pharmacology (Phase I)- Bioequivalence Study", ("PHASE1",)),
        3: ("Human Pharmacology (Phase I)- Other", ("PHASE1",)),
        4: ("Therapeutic exploratory (Phase II)", ("PHASE2",)),
        5: ("Therapeutic confirmatory (Phase III)", ("PHASE3",)),
        6: ("Therapeutic use (Phase IV)", ("PHASE4",)),
        7: ("Phase I and Phase II (Integrated)- First administration to humans", ("PHASE1", "PHASE2")),
        8: ("Phase I and Phase II (Integrated)- Bioequivalence Study", ("PHASE1", "PHASE2")),
        9: ("Phase I and Phase II (Integrated)- Other", ("PHASE1", "PHASE2")),
        10: ("Phase II and Phase III (Integrated)", ("PHASE2", "PHASE3")),
        11: ("Phase III and phase IV (Integrated)", ("PHASE3", "PHASE4")),
    }
)
_PHASE_BY_WORDS = {"".join(words.casefold().split()): code for code, (words, _) in _PHASES.items()}

_COUNTRIES = dict(
    pair.split(" ", 1)
    for pair in re.split(
        r"\|",
        "AT Austria|BE Belgium|BG Bulgaria|CY Cyprus|CZ Czechia|DE Germany|DK Denmark|EE Estonia|EL Greece|ES Spain|"
        "FI Finland|FR France|GR Greece|HR Croatia|HU Hungary|IE Ireland|IS Iceland|IT Italy|LI Liechtenstein|"
        "LT Lithuania|LU Luxembourg|LV Latvia|MT Malta|NL Netherlands|NO Norway|PL Poland|PT Portugal|RO Romania|"
        "SE Sweden|SI Slovenia|SK Slovakia",
    )
)
_IN_COUNTRY = re.compile(r"([^:,]{2,60}):\s*(.+?)(?=,\s*[A-Z]{2}:|$)")

AGES: Mapping[str, tuple[str | None, str | None]] = MappingProxyType(
    {"1": (None, "0 Years"), "2": ("0 Years", "17 Years"), "3": ("18 Years", "64 Years"), "4": ("65 Years", None)}
)
"""The youngest and the oldest by the code of an age range, the youngest range first."""


def code_in(value: Json) -> int | None:
    """The status code that *value* is: a number, one in text, or the registry's words, also its former ones."""
    if type(value) is int:
        return value if 0 < value < 1000 else None
    if type(value) is not str:
        return None
    words = " ".join(value.split())
    return int(words) if re.fullmatch("[0-9]{1,3}", words) else _BY_WORDS.get(words.casefold())


def is_known_status(code: int) -> bool:
    """Whether it is in the registry's list."""
    return code in _STATUSES


def status(code: int, *, ended_early: bool = False, words: str | None = None) -> Coded:
    """The public status of this code; *words* are what the record calls it, for a code that is not known here."""
    if code == ENDED and ended_early:
        return Coded("TERMINATED", EARLY_WORDS)
    shared, own = _STATUSES.get(code, ("UNKNOWN", words or f"Status {code}"))
    return Coded(shared, own)


def phases(value: Json) -> tuple[Coded, ...] | None:
    """The phases that a code, or the registry's words, stand for; None for what is neither."""
    text = str(value) if type(value) in (int, str) else ""
    words = "".join(text.casefold().split())
    code = int(words) if re.fullmatch("[0-9]{1,2}", words) else _PHASE_BY_WORDS.get(words)
    found = _PHASES.get(code or 0)
    if found is None:
        return None
    own, shared = found
    return tuple(Coded(phase, own if len(shared) == 1 else shared_words(phase)) for phase in shared)


def countries(value: Json) -> list[tuple[str, int]]:
    """Each country and its status code, of a search row: a list such as "Spain:4", or formerly a text with words."""
    texts = value if isinstance(value, list) else [value]
    found = [
        pair for text in texts if isinstance(text, str) for pair in _IN_COUNTRY.findall(" ".join(text[:5000].split()))
    ]
    told = [(_COUNTRIES.get(name.strip(), name.strip()), code_in(words)) for name, words in found]
    return [(country, code) for country, code in told if code is not None]
