"""How the trial stands in each country, for registries that say so: one difference for all that moved alike. Pure.

A country is known by its name, whatever the spelling; order means nothing.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from monitor.changes.diff.comparison import Comparison
from monitor.changes.diff.places import country_key
from monitor.model import CountryStatus, Difference
from monitor.text import fold, natural_list, quote

_NAMED = 6
"""Countries that a sentence names."""

_Move = tuple[CountryStatus, CountryStatus]


def differences(pair: Comparison) -> Iterator[Difference]:
    """Tell moves, then countries that came, then countries that went."""
    before, after = _by_country(pair.before.country_statuses), _by_country(pair.after.country_statuses)
    for moves in _alike([(before[key], after[key]) for key in before if key in after]):
        yield _moved(pair, moves)
    if come := [after[key] for key in after if key not in before]:
        yield pair.difference(
            "country_statuses", "country.added", before=None, after=come, summary=f"{_listed('added', come)}."
        )
    if gone := [before[key] for key in before if key not in after]:
        yield pair.difference(
            "country_statuses", "country.removed", before=gone, after=None, summary=f"{_listed('removed', gone)}."
        )


def _by_country(statuses: Sequence[CountryStatus]) -> dict[str, CountryStatus]:
    return {country_key(one.country): one for one in sorted(statuses, key=lambda one: fold(one.country))}


def _alike(pairs: Sequence[_Move]) -> list[list[_Move]]:
    """The pairs that differ in their status, those together that moved from the same to the same."""
    groups: defaultdict[tuple[str, ...], list[_Move]] = defaultdict(list)
    for one, other in pairs:
        move = one.status, fold(one.words), other.status, fold(other.words)
        if move[:2] != move[2:]:
            groups[move].append((one, other))
    return list(groups.values())


def _moved(pair: Comparison, moves: Sequence[_Move]) -> Difference:
    before, after = [one for one, _ in moves], [other for _, other in moves]
    countries = natural_list([one.country for one in after], _NAMED)
    return pair.difference(
        "country_statuses",
        "status.country",
        before=before,
        after=after,
        summary=f"In {countries} the status went from {quote(before[0].words)} to {quote(after[0].words)}.",
    )


def _listed(how: str, countries: Sequence[CountryStatus]) -> str:
    noun = "Country" if len(countries) == 1 else "Countries"
    named = natural_list([f"{one.country} ({one.words})" if one.words else one.country for one in countries], _NAMED)
    return f"{noun} {how}: {named}"
