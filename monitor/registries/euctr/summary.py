"""Which countries have a record of a trial, by the register's summary in text form. Pure.

EudraCT Number: 2014-002606-20
…
Trial protocol: DE(Completed) GB(GB - no longer in EU/EEA) Outside EU/EEA
Trial results: View results
"""

import re
from dataclasses import dataclass
from itertools import pairwise

_LABEL = re.compile(r"[A-Z][A-Za-z' ]{2,40}\*?:")
_STATUS = re.compile(r"\([^()]*\)")
_COUNTRY = re.compile("[A-Z]{2}")
_THIRD = re.compile("Outside EU/EEA|\\b3RD\\b", re.IGNORECASE)
_NO_RESULTS = re.compile(r"\(?no results", re.IGNORECASE)
MOST_COUNTRIES = 60


@dataclass(frozen=True)
class Summary:
    """A trial's countries, sorted, and what is said of its results; None where nothing is."""

    countries: tuple[str, ...]
    results: str | None

    @property
    def has_results(self) -> bool | None:
        """Whether results are posted; None where the summary does not say."""
        return None if self.results is None else not _NO_RESULTS.match(self.results)


def summaries(lines: list[str]) -> dict[str, Summary]:
    """By its number, each trial that a summary lists; one without a list of countries is left out.

    Raise ValueError where that list is not in the known form: a country would be missed.
    """
    found: dict[str, Summary] = {}
    starts = [
        number
        for number, line in enumerate(lines)
        if line.startswith("EudraCT Number:") and (number == 0 or lines[number - 1] != "Summary")
    ]
    for start, end in pairwise((*starts, len(lines))):
        block = lines[start:end]
        protocol = _value(block, "Trial protocol:")
        if protocol is not None and (countries := _countries(protocol)):
            found[block[0].partition(":")[2].strip()] = Summary(countries, _value(block, "Trial results:"))
    return found


def _value(block: list[str], label: str) -> str | None:
    """What follows a label, and on the lines below it up to the next label or blank line."""
    for number, line in enumerate(block):
        if line.startswith(label):
            value = [line[len(label) :]]
            for following in block[number + 1 :]:
                if not following or following == "Summary" or _LABEL.match(following):
                    break
                value.append(following)
            return " ".join(" ".join(value).split())
    return None


def _countries(protocol: str) -> tuple[str, ...]:
    """The countries' codes; 3RD is that of countries outside the European Economic Area."""
    without = _STATUS.sub(" ", protocol)
    named = ["3RD"] if _THIRD.search(without) else []
    for word in _THIRD.sub(" ", without).replace(",", " ").split():
        if not _COUNTRY.fullmatch(word):
            raise ValueError(f"its list of countries holds “{word[:40]}”")
        named.append(word)
    if len(set(named)) > MOST_COUNTRIES:
        raise ValueError(f"its list of countries names {len(set(named))}")
    return tuple(sorted(set(named)))
